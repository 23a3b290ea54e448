/** Moves that rearrange, and those that take dimensions away. */

import { elements } from "../../compiler/ir/graph.js";
import * as t from "../../dsl/index.js";
import type { Drawer, Drawn, Move, Shape } from "./drawer.js";

const isImage = (shape: Shape): boolean => shape.length === 3;
const axisOf = ({ random }: Drawer, { shape }: Drawn): number => random.below(shape.length);
const replaced = (shape: Shape, axis: number, size: number): number[] =>
  shape.map((one, i) => (i === axis ? size : one));

const reshape: Move = (draw, x) => {
  const { random } = draw;
  const count = elements(x.shape);
  const first = random.pick([1, 2, 3, ...x.shape].filter((size) => count % size === 0));
  const rest = count / first;
  const second = random.pick([1, 2, 3, rest].filter((size) => rest % size === 0));
  const shape = random.pick([[count], [first, rest], [first, second, rest / second], [1, first, rest]]);
  return { tensor: t.reshape(draw.use(x), shape), shape };
};

const transpose: Move = (draw, x) => {
  const permutation = x.shape.map((_, axis) => axis);
  for (let i = permutation.length - 1; i > 0; i--) {
    const j = draw.random.below(i + 1);
    [permutation[i], permutation[j]] = [permutation[j], permutation[i]];
  }
  return { tensor: t.transpose(draw.use(x), permutation), shape: permutation.map((axis) => x.shape[axis]) };
};

const pad: Move = (draw, x) => {
  const { random } = draw;
  const paddings = x.shape.map((): [number, number] => [random.below(3), random.below(3)]);
  const value = random.pick([undefined, undefined, 0.25, -1]);
  const shape = x.shape.map((size, i) => size + paddings[i][0] + paddings[i][1]);
  return { tensor: t.pad(draw.use(x), { paddings, value }), shape };
};

const mirrorPad: Move = (draw, x) => {
  const { random } = draw;
  const mode = random.pick(["reflect", "symmetric"] as const);
  const most = (size: number): number => (mode === "reflect" ? size - 1 : size);
  const paddings = x.shape.map((size): [number, number] => [
    random.below(most(size) + 1),
    random.below(most(size) + 1),
  ]);
  const shape = x.shape.map((size, i) => size + paddings[i][0] + paddings[i][1]);
  return { tensor: t.mirrorPad(draw.use(x), { paddings, mode }), shape };
};

const concatenate: Move = (draw, x) => {
  const { random } = draw;
  const axis = axisOf(draw, x);
  const fits = (shape: Shape): boolean =>
    shape.length === x.shape.length && shape.every((size, i) => i === axis || size === x.shape[i]);
  const parts = [x, ...Array.from({ length: random.int(0, 3) }, () => draw.another(fits)!)];
  if (random.chance(0.2)) parts.push(draw.constant(replaced(x.shape, axis, random.int(1, 3))));
  // Of one quantisation, as converters have it, or of several.
  const { quantization } = draw.own();
  const quantized = parts.map((part) =>
    random.chance(0.7) ? t.quantize(draw.use(part), { quantization }) : draw.use(part),
  );
  const shape = replaced(
    x.shape,
    axis,
    parts.reduce((sum, part) => sum + part.shape[axis], 0),
  );
  return { tensor: t.concatenate(quantized, { axis, quantization }), shape };
};

const stack: Move = (draw, x) => {
  const axis = draw.random.below(x.shape.length + 1);
  const other = draw.another((shape) => String(shape) === String(x.shape)) ?? x;
  const shape = [...x.shape.slice(0, axis), 2, ...x.shape.slice(axis)];
  return { tensor: t.stack([draw.use(x), draw.use(other)], { axis, ...draw.own() }), shape };
};

const slice: Move = (draw, x) => {
  const begin = x.shape.map((size) => draw.random.below(size));
  const size = x.shape.map((all, i) => draw.random.int(1, all - begin[i]));
  return { tensor: t.slice(draw.use(x), begin, size), shape: size };
};

const stridedSlice: Move = (draw, x) => {
  const { random } = draw;
  const strides = x.shape.map(() => random.pick([1, 1, 2, 3, -1, -2]));
  const begin = x.shape.map((size, i) =>
    strides[i] > 0 ? random.below(size) : random.int(Math.min(1, size - 1), size - 1),
  );
  const length = x.shape.map((size, i) =>
    strides[i] > 0 ? random.int(1, size - begin[i]) : random.int(1, begin[i] + 1),
  );
  // Backwards to the first element, the end lies before it: that is said by a number far below.
  const end = begin.map((from, i) => {
    const to = strides[i] > 0 ? from + length[i] : from - length[i];
    return to < 0 ? -1000 : to;
  });
  const shape = length.map((count, i) => Math.ceil(count / Math.abs(strides[i])));
  return { tensor: t.stridedSlice(draw.use(x), begin, end, { strides }), shape };
};

const split: Move = (draw, x) => {
  const axis = axisOf(draw, x);
  const size = x.shape[axis];
  const first = draw.random.int(1, size);
  const parts = size === first ? [size] : [first, size - first];
  const even = draw.random.pick([1, 2, 3].filter((count) => size % count === 0));
  const [given, sizes] = draw.random.chance(0.5)
    ? [parts, parts]
    : [even, Array<number>(even).fill(size / even)];
  return t
    .split(draw.use(x), given, { axis })
    .map((tensor, i) => ({ tensor, shape: replaced(x.shape, axis, sizes[i]) }));
};

const unstack: Move = (draw, x) => {
  const axis = x.shape.findIndex((size) => size <= 4);
  if (axis < 0 || x.shape.length < 2) return undefined;
  const shape = x.shape.filter((_, i) => i !== axis);
  return t.unstack(draw.use(x), x.shape[axis], { axis }).map((tensor) => ({ tensor, shape }));
};

const gather: Move = (draw, x) => {
  const axis = axisOf(draw, x);
  const indices = Array.from({ length: draw.random.int(1, 5) }, () => draw.random.below(x.shape[axis]));
  return { tensor: t.gather(draw.use(x), indices, { axis }), shape: replaced(x.shape, axis, indices.length) };
};

const tile: Move = (draw, x) => {
  const repeats = x.shape.map(() => draw.random.pick([1, 1, 2, 3]));
  return { tensor: t.tile(draw.use(x), repeats), shape: x.shape.map((size, i) => size * repeats[i]) };
};

const broadcastTo: Move = (draw, x) => {
  const sizes = x.shape.map((size) => (size === 1 ? draw.random.int(1, 4) : size));
  const shape = draw.random.chance(0.3) ? [draw.random.int(1, 3), ...sizes] : sizes;
  return { tensor: t.broadcastTo(draw.use(x), shape), shape };
};

const expandDims: Move = (draw, x) => {
  const axis = draw.random.below(x.shape.length + 1);
  return {
    tensor: t.expandDims(draw.use(x), axis),
    shape: [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)],
  };
};

const squeeze: Move = (draw, x) => {
  const shape = x.shape.filter((size) => size !== 1);
  if (shape.length === 0 || shape.length === x.shape.length) return undefined;
  return { tensor: t.squeeze(draw.use(x)), shape };
};

const spaceToDepth: Move = (draw, x) => {
  const [height, width, channels] = x.shape;
  const block = draw.random.pick([1, 2, 3].filter((size) => height % size === 0 && width % size === 0));
  if (!isImage(x.shape)) return undefined;
  const shape = [height / block, width / block, channels * block * block];
  return { tensor: t.spaceToDepth(draw.use(x), block), shape };
};

const depthToSpace: Move = (draw, x) => {
  const [height, width, channels] = x.shape;
  if (!isImage(x.shape)) return undefined;
  const block = draw.random.pick([1, 2, 3].filter((size) => channels % (size * size) === 0));
  const shape = [height * block, width * block, channels / block / block];
  return { tensor: t.depthToSpace(draw.use(x), block), shape };
};

/** To batches and back, cropped, with something in between. */
const throughBatches: Move = (draw, x) => {
  if (!isImage(x.shape)) return undefined;
  const { random } = draw;
  const [height, width, channels] = x.shape;
  const block = [random.int(1, 3), random.int(1, 3)];
  const fill = (size: number, by: number): [number, number] => [0, (by - (size % by)) % by];
  const paddings = [fill(height, block[0]), fill(width, block[1])];
  const batches = t.spaceToBatch(t.expandDims(draw.use(x), 0), { block, paddings });
  const between = random.chance(0.5) ? batches : t.relu(batches, draw.own());
  const isCropped = random.chance(0.5);
  const back = t.batchToSpace(between, { block, crops: isCropped ? paddings : undefined });
  const shape = isCropped ? x.shape : [height + paddings[0][1], width + paddings[1][1], channels];
  return { tensor: t.squeeze(back, { axes: [0] }), shape };
};

function resize(apply: typeof t.resizeNearest): Move {
  return (draw, x) => {
    if (!isImage(x.shape)) return undefined;
    const { random } = draw;
    const size = [random.int(1, 9), random.int(1, 9)] as const;
    const mode = random.pick([{}, { alignCorners: true }, { halfPixelCenters: true }]);
    return { tensor: apply(draw.use(x), size, mode), shape: [...size, x.shape[2]] };
  };
}

/** At least one dimension stays. */
function reduce(apply: (x: any, options: any) => any, options: (draw: Drawer) => object): Move {
  return (draw, x) => {
    const axes = x.shape.flatMap((_, axis) => (draw.random.chance(0.4) ? [axis] : []));
    const keepDimensions = draw.random.chance(0.4);
    const kept = x.shape.filter((_, axis) => !axes.includes(axis));
    const shape = keepDimensions ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : kept;
    if (axes.length === 0 || shape.length === 0) return undefined;
    return { tensor: apply(draw.use(x), { ...options(draw), axes, keepDimensions }), shape };
  };
}

const globalAveragePool: Move = (draw, x) =>
  isImage(x.shape)
    ? { tensor: t.globalAveragePool(draw.use(x), draw.own()), shape: x.shape.slice(2) }
    : undefined;

export const movementMoves: Readonly<Record<string, Move>> = {
  reshape,
  transpose,
  pad,
  mirrorPad,
  concatenate,
  stack,
  slice,
  stridedSlice,
  split,
  unstack,
  gather,
  tile,
  broadcastTo,
  expandDims,
  squeeze,
  spaceToDepth,
  depthToSpace,
  spaceToBatch: throughBatches,
  resizeNearest: resize(t.resizeNearest),
  resizeBilinear: resize(t.resizeBilinear),
  mean: reduce(t.mean, (draw) => draw.own()),
  reduceMax: reduce(t.reduceMax, () => ({})),
  reduceMin: reduce(t.reduceMin, () => ({})),
  globalAveragePool,
};
