/** Functions of one number and of two, and those along the channels. */

import { activated, aligned, dimensionOf, type Call, type Seen } from "./call.js";
import { literal } from "./python.js";
import type { Settings } from "./layers.js";

/** Of the input's text. */
export const applied =
  (before: string, after = ")") =>
  (call: Call): string =>
    `${before}${call.x()}${after}`;

export const method =
  (text: string) =>
  (call: Call): string =>
    `${call.postfix()}${text}`;

/** The alphas and epsilons of one-argument functions. */
export const attributesOf = ({ operation }: Seen): Settings => operation.attributes as unknown as Settings;

/** TFLite's logarithm of nothing: of Keras' epsilon. */
export const log = (call: Call): string => `torch.log(${call.postfix()}.clamp(min=1e-7))`;

export const leakyRelu = (call: Call): string => `F.leaky_relu(${call.x()}, ${call.text("alpha")})`;

export const gelu = (call: Call): string =>
  call.value("approximate") ? `F.gelu(${call.x()}, approximate="tanh")` : `F.gelu(${call.x()})`;

export const rsqrt = (call: Call): string => {
  const x = call.postfix();
  return `torch.where(${x} > 0, ${x}.clamp(min=1e-30).rsqrt(), torch.zeros_like(${x}))`;
};

export const prelu = (call: Call): string => {
  const x = call.postfix();
  const alpha = aligned(call, 1, call.outputRank);
  return `torch.where(${x} >= 0, ${x}, ${x} * ${alpha})`;
};

/** Both operands, one of which may have fewer dimensions. */
const operands = (call: Call): readonly [string, string] => [
  aligned(call, 0, call.outputRank),
  aligned(call, 1, call.outputRank),
];

/** `x + y`, with the fused activation. */
export const infix =
  (operator: string) =>
  (call: Call): string =>
    activated(call, operands(call).join(` ${operator} `));

export const binary =
  (name: string) =>
  (call: Call): string =>
    `${name}(${operands(call).join(", ")})`;

export const squaredDifference = (call: Call): string => `torch.square(${operands(call).join(" - ")})`;

/** The dimension of the channels. */
const channels = (call: Call): number => (call.ranks[0] === 3 ? 1 : -1);

export const softmax = (call: Call): string => {
  const beta = call.value("beta");
  const x = beta === 1 ? call.x() : `${literal(beta)} * ${call.postfix()}`;
  return `F.softmax(${x}, dim=${channels(call)})`;
};

export const overChannels =
  (name: string) =>
  (call: Call): string =>
    `${name}(${call.x()}, dim=${channels(call)})`;

/** Reductions over some dimensions: `x.mean`. */
export const reduction =
  (name: string) =>
  (call: Call): string => {
    const axes = call.value("axes") as readonly number[];
    const [rank] = call.ranks;
    const keeps = call.value("keepDimensions") === true;
    // What is left of an image has its channels last, but where nothing else is left.
    const isDirect = rank !== 3 || keeps || axes.join() === "0,1" || axes.length === 3;
    const dimensions = axes.map((axis) => (isDirect ? dimensionOf(axis, rank) : axis + 1)).sort();
    const x = isDirect ? call.postfix() : call.last();
    const text = `${x}.${name}(dim=${literal(dimensions)}${keeps ? ", keepdim=True" : ""})`;
    return isDirect && rank === 3 ? text : keeps ? text : call.first(text);
  };

export const position =
  (name: string) =>
  (call: Call): string =>
    call.first(
      `${call.ranks[0] === 3 ? call.last() : call.postfix()}.${name}(dim=${(call.value("axis") as number) + 1})`,
    );

export const matmul = (call: Call): string => {
  const rank = Math.max(...call.ranks);
  const operand = (index: number, isTransposed: boolean) => {
    const own = call.ranks[index];
    const last = own === 3 ? call.last(index) : call.postfix(index);
    const text = own < rank ? `${last}[:${", None".repeat(rank - own)}]` : last;
    return isTransposed ? `${text}.transpose(-1, -2)` : text;
  };
  const [a, b] = [
    operand(0, call.value("transposeA") === true),
    operand(1, call.value("transposeB") === true),
  ];
  return call.first(`torch.matmul(${a}, ${b})`);
};
