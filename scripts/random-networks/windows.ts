/** Moves by operators with weights or windows. */

import * as t from "../../dsl/index.js";
import type { Drawer, Drawn, Move, Shape } from "./drawer.js";

type Two = readonly [number, number];

interface Window {
  readonly kernel: Two;
  readonly stride: Two;
  readonly dilation: Two;
  readonly padding: t.Padding;
  /** Height and width of the result. */
  readonly size: Two;
}

const isImage = (shape: Shape): boolean => shape.length === 3;

const both = (make: (axis: 0 | 1) => number): Two => [make(0), make(1)];

/** Filters or units: few mostly, and now and then as many as kernels take in blocks, with whatever remains. */
function drawFilters({ random }: Drawer): number {
  return random.pick([random.int(1, 5), random.int(1, 5), random.int(6, 40), 4 * random.int(1, 10)]);
}

/** undefined: nothing would be left. */
function drawWindow({ random }: Drawer, shape: Shape, largest: number, dilates: boolean): Window | undefined {
  const most = random.pick([largest, largest, largest, largest, 1, 7]);
  const kernel = both(() => random.int(1, most));
  const stride = random.chance(0.5) ? ([1, 1] as const) : both(() => random.int(1, 3));
  const dilation = dilates && random.chance(0.2) ? both(() => random.int(1, 2)) : ([1, 1] as const);
  const around = both((axis) => random.int(0, kernel[axis] - 1));
  const padding = random.pick([
    "same",
    "valid",
    dilates ? around : "same",
    dilates ? { top: around[0], bottom: 0, left: 0, right: around[1] } : "valid",
  ] as const);
  const size = both((axis) => {
    if (padding === "same") return Math.ceil(shape[axis] / stride[axis]);
    const extra = padding === "valid" ? 0 : padding === around ? 2 * around[axis] : around[axis];
    const extent = (kernel[axis] - 1) * dilation[axis] + 1;
    return Math.floor((shape[axis] + extra - extent) / stride[axis]) + 1;
  });
  return size[0] < 1 || size[1] < 1 ? undefined : { kernel, stride, dilation, padding, size };
}

const conv2d: Move = (draw, x) => {
  const { random } = draw;
  const window = isImage(x.shape) ? drawWindow(draw, x.shape, 4, true) : undefined;
  if (!window) return undefined;
  const { size, kernel, ...options } = window;
  const channels = x.shape[2];
  const groups = random.pick([1, 1, 1, channels, 2].filter((count) => channels % count === 0));
  const filters = groups * (groups === 1 ? drawFilters(draw) : random.int(1, 5));
  const layer = draw.layer([filters, ...kernel, channels / groups], filters);
  const activation = draw.activation();
  return {
    tensor: t.conv2d(draw.use(x), { ...layer, ...options, groups, activation }),
    shape: [...size, filters],
  };
};

const conv2dTranspose: Move = (draw, x) => {
  if (!isImage(x.shape)) return undefined;
  const { random } = draw;
  const kernel = both(() => random.int(1, 4));
  // No wider than the window, which would leave gaps at the end to define.
  const stride = both((axis) => random.int(1, Math.min(3, kernel[axis])));
  const padding = random.pick(["same", "valid"] as const);
  const filters = random.int(1, 5);
  const size = both((axis) =>
    padding === "same" ? x.shape[axis] * stride[axis] : (x.shape[axis] - 1) * stride[axis] + kernel[axis],
  );
  const layer = draw.layer([filters, ...kernel, x.shape[2]], filters);
  const options = { ...layer, stride, padding, activation: draw.activation() };
  return { tensor: t.conv2dTranspose(draw.use(x), options), shape: [...size, filters] };
};

const depthwiseConv2d: Move = (draw, x) => {
  const window = isImage(x.shape) ? drawWindow(draw, x.shape, 5, true) : undefined;
  if (!window) return undefined;
  const { size, kernel, ...options } = window;
  const channels = x.shape[2] * draw.random.pick([1, 1, 1, 2, 3]);
  const layer = draw.layer([...kernel, channels], channels);
  const activation = draw.activation();
  return {
    tensor: t.depthwiseConv2d(draw.use(x), { ...layer, ...options, activation }),
    shape: [...size, channels],
  };
};

function pool(apply: (x: any, options: t.Pool2DOptions) => any): Move {
  return (draw, x) => {
    const window = isImage(x.shape) ? drawWindow(draw, x.shape, 5, false) : undefined;
    if (!window) return undefined;
    const { kernel, stride, padding, size } = window;
    const result = apply(draw.use(x), { size: kernel, stride, padding, activation: draw.activation() });
    return { tensor: result, shape: [...size, x.shape[2]] };
  };
}

const dense: Move = (draw, x) => {
  const depth = x.shape[x.shape.length - 1];
  const units = drawFilters(draw);
  const layer = draw.layer([units, depth], units);
  const result = t.dense(draw.use(x), { ...layer, activation: draw.activation() });
  return { tensor: result, shape: [...x.shape.slice(0, -1), units] };
};

const matmul: Move = (draw, x) => {
  if (x.shape.length < 2) return undefined;
  const { random } = draw;
  const [rows, depth] = x.shape.slice(-2);
  const fits = (shape: Shape): boolean => shape.length >= 2 && shape[shape.length - 1] === depth;
  const isLeading = ({ shape }: Drawn): boolean =>
    shape.length === 2 || String(shape.slice(0, -2)) === String(x.shape.slice(0, -2));
  const other = random.chance(0.3) ? draw.constant([random.int(1, 5), depth]) : draw.another(fits);
  if (!other || !isLeading(other)) return undefined;
  const columns = other.shape[other.shape.length - 2];
  const options = { ...draw.own(), transposeB: true };
  const result = t.matmul(draw.use(x), draw.use(other), options);
  return { tensor: result, shape: [...x.shape.slice(0, -2), rows, columns] };
};

export const windowMoves: Readonly<Record<string, Move>> = {
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  averagePool2d: pool(t.averagePool2d),
  maxPool2d: pool(t.maxPool2d),
  dense,
  matmul,
};
