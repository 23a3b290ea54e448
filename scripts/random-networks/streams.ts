/** Networks of layers that can run row by row: what image networks are made of, on images that are wide, tall, or both. */

import * as t from "../../dsl/index.js";
import type { Drawer, Drawn, Shape } from "./drawer.js";
import { elementWiseMoves } from "./element-wise.js";

type Sides = { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };

interface Window {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: t.Padding;
  /** Height and width of the result. */
  readonly size: readonly [number, number];
}

/** An image to a small classifier, or to an image. */
export function drawStream(draw: Drawer): void {
  const { random } = draw;
  let x = record(draw, drawImage(draw));
  for (let count = random.int(1, 4); count > 0; count--) x = random.pick(blocks)(draw, x) ?? x;
  if (random.chance(0.4)) end(draw, x);
}

/** Wide, tall, or both; few channels, as streams begin. */
function drawImage(draw: Drawer): Drawn {
  const { random } = draw;
  const [short, long] = [random.int(3, 14), random.int(12, 40)];
  const size = random.pick([
    [short, long],
    [long, short],
    [random.int(12, 24), random.int(12, 24)],
  ]);
  const shape = [...size, random.pick([1, 1, 2, 3, 3, 4, 8])];
  return { tensor: t.input("image", shape, draw.own()), shape };
}

/** Makes it a value of the network, whose operands are read. */
function record(draw: Drawer, made: Drawn): Drawn {
  draw.values.push(made);
  draw.settle(true);
  return made;
}

/** Larger ones take long to evaluate. */
const mostElements = 6000;

type Block = (draw: Drawer, x: Drawn) => Drawn | undefined;

const convolution: Block = (draw, x) => {
  const { random } = draw;
  const window = drawWindow(
    draw,
    x.shape,
    random.pick([
      [3, 3],
      [3, 3],
      [5, 5],
      [1, 3],
      [3, 1],
      [2, 2],
      [7, 3],
    ]),
  );
  if (!window) return undefined;
  const filters = random.pick([random.int(1, 8), 4 * random.int(1, 4)]);
  const { size, kernel, ...options } = window;
  const shape = [...size, filters];
  if (!isSmall(shape)) return undefined;
  const layer = { ...draw.layer([filters, ...kernel, x.shape[2]], filters), activation: draw.activation() };
  return record(draw, { tensor: t.conv2d(draw.use(x), { ...layer, ...options }), shape });
};

function pointwise(draw: Drawer, x: Drawn, filters: number): Drawn {
  const layer = draw.layer([filters, 1, 1, x.shape[2]], filters);
  const tensor = t.conv2d(draw.use(x), { ...layer, activation: draw.activation() });
  return record(draw, { tensor, shape: [...x.shape.slice(0, 2), filters] });
}

function depthwise(draw: Drawer, x: Drawn, keepsSize: boolean): Drawn | undefined {
  const { random } = draw;
  const kernel = random.pick([
    [3, 3],
    [3, 3],
    [5, 5],
    [7, 7],
    [3, 1],
    [1, 5],
    [2, 2],
    [4, 3],
  ]);
  const channels = x.shape[2];
  const window: Window | undefined = keepsSize
    ? { kernel: pair(kernel), stride: [1, 1], padding: "same", size: pair(x.shape) }
    : drawWindow(draw, x.shape, kernel);
  if (!window) return undefined;
  const { size, kernel: taps, ...options } = window;
  const layer = { ...draw.layer([...taps, channels], channels), activation: draw.activation() };
  const tensor = t.depthwiseConv2d(draw.use(x), { ...layer, ...options });
  return record(draw, { tensor, shape: [...size, channels] });
}

/** Expansion, depthwise, projection, each sometimes left out; with a residual where it goes. */
const bottleneck: Block = (draw, x) => {
  const { random } = draw;
  const isResidual = random.chance(0.5);
  const expanded = x.shape[2] * random.int(1, 4);
  const wide =
    random.chance(0.75) && isSmall([...x.shape.slice(0, 2), expanded]) ? pointwise(draw, x, expanded) : x;
  const filtered = depthwise(draw, wide, isResidual) ?? wide;
  const isProjected = isResidual || random.chance(0.8);
  const narrow = isProjected
    ? pointwise(draw, filtered, isResidual ? x.shape[2] : random.int(1, 12))
    : filtered;
  return isResidual ? join(draw, x, narrow) : narrow;
};

/** Two ways from one tensor to one sum, of different lengths. */
const diamond: Block = (draw, x) => {
  const branch = (): Drawn => {
    const steps = draw.random.int(1, 2);
    let made = x;
    for (let i = 0; i < steps; i++) {
      made = draw.random.chance(0.5) ? pointwise(draw, made, x.shape[2]) : depthwise(draw, made, true)!;
    }
    return made;
  };
  return join(draw, branch(), branch());
};

/** Channels weighted by what a global average says of them. */
const excitation: Block = (draw, x) => {
  const channels = x.shape[2];
  const tensor = t.mean(draw.use(x), { ...draw.own(), axes: [0, 1], keepDimensions: true });
  const mean = record(draw, { tensor, shape: [1, 1, channels] });
  const weights = pointwise(draw, mean, channels);
  const gates = record(draw, { ...weights, tensor: t.sigmoid(draw.use(weights)) });
  const product = t.multiply(draw.use(x), draw.use(gates), draw.own());
  return record(draw, { tensor: product, shape: x.shape });
};

function join(draw: Drawer, a: Drawn, b: Drawn): Drawn {
  const apply = draw.random.pick([t.add, t.add, t.add, t.maximum, t.subtract]);
  const pairOf = draw.random.chance(0.5) ? [a, b] : [b, a];
  const [left, right] = pairOf.map((one) => draw.use(one));
  return record(draw, { tensor: apply(left, right, draw.own()), shape: a.shape });
}

const pooling: Block = (draw, x) => {
  const { random } = draw;
  const window = drawWindow(
    draw,
    x.shape,
    random.pick([
      [2, 2],
      [3, 3],
      [3, 1],
      [1, 2],
      [5, 2],
    ]),
    false,
  );
  if (!window) return undefined;
  const { kernel, size, ...options } = window;
  const apply = random.pick([t.averagePool2d, t.maxPool2d]);
  const tensor = apply(draw.use(x), { size: kernel, ...options, activation: draw.activation() });
  return record(draw, { tensor, shape: [...size, x.shape[2]] });
};

const activation: Block = (draw, x) => {
  const names = [
    "relu",
    "relu6",
    "leakyRelu",
    "hardSwish",
    "sigmoid",
    "quantize",
    "abs",
    "add",
    "multiply",
  ] as const;
  const made = elementWiseMoves[draw.random.pick(names)](draw, x) as Drawn | undefined;
  // Of two operands, an earlier one may be the larger.
  if (!made || String(made.shape) !== String(x.shape)) {
    draw.settle(false);
    return undefined;
  }
  return record(draw, made);
};

const blocks: readonly Block[] = [
  ...[convolution, convolution, bottleneck, bottleneck, bottleneck],
  ...[diamond, pooling, activation, excitation],
];

/** A global average, and perhaps a dense layer. */
function end(draw: Drawer, x: Drawn): void {
  const channels = x.shape[2];
  const pooled = record(draw, { tensor: t.globalAveragePool(draw.use(x), draw.own()), shape: [channels] });
  if (draw.random.chance(0.5)) return;
  const units = draw.random.int(1, 10);
  record(draw, { tensor: t.dense(draw.use(pooled), draw.layer([units, channels], units)), shape: [units] });
}

/** Strides and paddings, the same on all sides or not. undefined: nothing would be left. */
function drawWindow({ random }: Drawer, shape: Shape, sizes: Shape, pads = true): Window | undefined {
  const kernel = pair(sizes);
  const stride = random.pick(
    [
      [1, 1],
      [1, 1],
      [2, 2],
      [2, 2],
      [2, 1],
      [1, 2],
      [3, 2],
    ].map(pair),
  );
  const side = (axis: 0 | 1): number => random.int(0, kernel[axis] - 1);
  const sides: Sides = { top: side(0), bottom: side(0), left: side(1), right: side(1) };
  const padding = random.pick(
    pads ? (["same", "same", "valid", sides, sides] as const) : (["same", "valid"] as const),
  );
  const added = typeof padding === "string" ? [0, 0] : [sides.top + sides.bottom, sides.left + sides.right];
  const sizeOf = (axis: 0 | 1): number =>
    padding === "same"
      ? Math.ceil(shape[axis] / stride[axis])
      : Math.floor((shape[axis] + added[axis] - kernel[axis]) / stride[axis]) + 1;
  const size = [sizeOf(0), sizeOf(1)] as const;
  return size[0] < 1 || size[1] < 1 ? undefined : { kernel, stride, padding, size };
}

const pair = (list: Shape): readonly [number, number] => [list[0], list[1]];

const isSmall = (shape: Shape): boolean => shape.reduce((product, size) => product * size, 1) <= mostElements;
