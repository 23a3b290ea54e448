/** Moves that compute element by element, or over rows. */

import * as t from "../../dsl/index.js";
import type { Drawer, Drawn, Move, Shape } from "./drawer.js";

type Unary = (x: any, options: any) => any;

const same = (x: Drawn, tensor: any): Drawn => ({ tensor, shape: x.shape });

/** The result has a quantisation of its own. */
const unary = (apply: Unary, options: (draw: Drawer) => object = () => ({})): Move => {
  return (draw, x) => same(x, apply(draw.use(x), { ...draw.own(), ...options(draw) }));
};

/** The operator prescribes the result's quantisation. */
const prescribed = (apply: Unary, options: (draw: Drawer) => object = () => ({})): Move => {
  return (draw, x) => same(x, apply(draw.use(x), options(draw)));
};

function binary(apply: (a: any, b: any, options: any) => any, options: (draw: Drawer) => object): Move {
  return (draw, x) => {
    const other = operand(draw, x);
    if (!other) return undefined;
    const shape = broadcast(x.shape, other.shape)!;
    const pair = [draw.use(x), draw.use(other)];
    const [a, b] = draw.random.chance(0.5) ? pair : pair.reverse();
    return { tensor: apply(a, b, options(draw)), shape };
  };
}

/** Something that goes with `x`: an earlier value, or a constant of fewer dimensions. */
function operand(draw: Drawer, x: Drawn): Drawn | undefined {
  const { random } = draw;
  if (random.chance(0.4)) {
    const whole = x.shape.map((size) => (random.chance(0.5) ? size : 1));
    return draw.constant(random.pick([x.shape, whole, x.shape.slice(-1), [1]]));
  }
  const size = (shape: Shape) => shape.reduce((product, one) => product * one, 1);
  return draw.another((shape) => {
    const result = broadcast(x.shape, shape);
    return result !== undefined && size(result) <= 2000;
  });
}

function broadcast(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length);
  const sizes: number[] = [];
  for (let i = 0; i < rank; i++) {
    const [one, other] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    if (one !== other && one !== 1 && other !== 1) return undefined;
    sizes.push(Math.max(one, other));
  }
  return sizes;
}

const withActivation = (draw: Drawer): object => ({ ...draw.own(), activation: draw.activation() });
const withOwn = (draw: Drawer): object => draw.own();

const prelu: Move = (draw, x) => {
  const channels = x.shape.slice(-1);
  const alpha = draw.constant(
    draw.random.pick([channels, [...x.shape.slice(0, -1).map(() => 1), ...channels]]),
  );
  return same(x, t.prelu(draw.use(x), alpha.tensor, draw.own()));
};

export const elementWiseMoves: Readonly<Record<string, Move>> = {
  add: binary(t.add, withActivation),
  subtract: binary(t.subtract, withActivation),
  multiply: binary(t.multiply, withActivation),
  maximum: binary(t.maximum, withOwn),
  minimum: binary(t.minimum, withOwn),
  squaredDifference: binary(t.squaredDifference, withOwn),
  relu: unary(t.relu),
  relu6: unary(t.relu6),
  reluN1To1: unary(t.reluN1To1),
  leakyRelu: unary(t.leakyRelu, ({ random }) => ({ alpha: random.pick([0.01, 0.3, -0.5, 1.5]) })),
  prelu,
  elu: unary(t.elu),
  gelu: unary(t.gelu, ({ random }) => ({ approximate: random.chance(0.5) })),
  hardSwish: unary(t.hardSwish),
  exp: unary(t.exp),
  log: unary(t.log),
  sqrt: unary(t.sqrt),
  rsqrt: unary(t.rsqrt),
  abs: unary(t.abs),
  quantize: unary(t.quantize),
  sigmoid: prescribed(t.sigmoid),
  tanh: prescribed(t.tanh),
  logSoftmax: prescribed(t.logSoftmax),
  l2Normalize: prescribed(t.l2Normalize),
  softmax: prescribed(t.softmax, ({ random }) => ({ beta: random.pick([1, 1, 0.5, 2]) })),
};
