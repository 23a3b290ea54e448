/** Functions of one element, or of one of each of two tensors. */

import { activated, channelsFirstAgain, channelsLast, reshaped, type Call } from "./call.js";

type Binary = "add" | "subtract" | "multiply" | "maximum" | "minimum" | "squaredDifference" | "prelu";

/** An operator of ONNX that does the same. */
export const unary =
  (operator: string) =>
  ({ inputs, builder }: Call): string =>
    builder.node(operator, inputs);

export const same = ({ inputs }: Call): string => inputs[0];

export const translateAdd = (call: Call<"add">) => arithmetic("Add", call);
export const translateSubtract = (call: Call<"subtract">) => arithmetic("Sub", call);
export const translateMultiply = (call: Call<"multiply">) => arithmetic("Mul", call);
export const translateMaximum = (call: Call<"maximum">) => call.builder.node("Max", aligned(call));
export const translateMinimum = (call: Call<"minimum">) => call.builder.node("Min", aligned(call));
export const translatePrelu = (call: Call<"prelu">) => call.builder.node("PRelu", aligned(call));

export function translateSquaredDifference(call: Call<"squaredDifference">): string {
  const difference = call.builder.node("Sub", aligned(call));
  return call.builder.node("Mul", [difference, difference]);
}

function arithmetic(operator: string, call: Call<"add" | "subtract" | "multiply">): string {
  const result = call.builder.node(operator, aligned(call));
  return activated(call.builder, result, call.operation.attributes.activation);
}

/** Both operands with as many dimensions as the result: channels are first, so that ONNX's own alignment would be wrong. */
function aligned({ inputs, types, output, builder }: Call<Binary>): string[] {
  const rank = output.shape.length;
  return inputs.map((tensor, i) => {
    const { shape } = types[i];
    if (shape.length === rank) return tensor;
    const ones = Array<number>(rank - Math.max(1, shape.length)).fill(1);
    return reshaped(builder, tensor, [shape.at(-1) ?? 1, ...ones, ...shape.slice(0, -1)]);
  });
}

export const limited =
  (least: number, most: number) =>
  ({ inputs, builder }: Call): string =>
    builder.node("Clip", [inputs[0], builder.scalar(least), builder.scalar(most)]);

export const translateElu = ({ inputs, builder }: Call<"elu">) => builder.node("Elu", inputs, { alpha: 1 });

export function translateLeakyRelu({ operation, inputs, builder }: Call<"leakyRelu">): string {
  return builder.node("LeakyRelu", inputs, { alpha: operation.attributes.alpha });
}

/** The logarithm of 0 and below is that of Keras' epsilon. */
export function translateLog({ inputs, builder }: Call<"log">): string {
  return builder.node("Log", [builder.node("Max", [inputs[0], builder.scalar(1e-7)])]);
}

/** Of negative values: 0. */
export function translateSqrt({ inputs, builder }: Call<"sqrt">): string {
  return builder.node("Sqrt", [builder.node("Relu", inputs)]);
}

/** Of 0 and negative values: 0. */
export function translateRsqrt({ inputs, builder }: Call<"rsqrt">): string {
  const zero = builder.scalar(0);
  const root = builder.node("Reciprocal", [builder.node("Sqrt", inputs)]);
  return builder.node("Where", [builder.node("Greater", [inputs[0], zero]), root, zero]);
}

/** x / 2 * (1 + erf(x / sqrt(2))), or with tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)) for erf. */
export function translateGelu({ operation, inputs: [x], builder }: Call<"gelu">): string {
  const times = (tensor: string, factor: number) => builder.node("Mul", [tensor, builder.scalar(factor)]);
  const squared = builder.node("Mul", [x, x]);
  const cubic = times(builder.node("Mul", [squared, x]), 0.044715);
  const share = operation.attributes.approximate
    ? builder.node("Tanh", [times(builder.node("Add", [x, cubic]), Math.sqrt(2 / Math.PI))])
    : builder.node("Erf", [times(x, Math.SQRT1_2)]);
  return builder.node("Mul", [times(x, 0.5), builder.node("Add", [share, builder.scalar(1)])]);
}

export function translateSoftmax({ operation, inputs, builder }: Call<"softmax">): string {
  const { beta } = operation.attributes;
  const logits = beta === 1 ? inputs[0] : builder.node("Mul", [inputs[0], builder.scalar(beta)]);
  return builder.node("Softmax", [logits], { axis: 1 });
}

export const translateLogSoftmax = ({ inputs, builder }: Call<"logSoftmax">) =>
  builder.node("LogSoftmax", inputs, { axis: 1 });

export const translateL2Normalize = ({ inputs, builder }: Call<"l2Normalize">) =>
  builder.node("LpNormalization", inputs, { axis: 1, p: 2 });

/** Matrices are the last two dimensions. */
export function translateMatmul({ operation, inputs, types, output, builder }: Call<"matmul">): string {
  const { transposeA, transposeB } = operation.attributes;
  const rank = output.shape.length;
  const [a, b] = inputs.map((tensor, i) => {
    const { shape } = types[i];
    const rows = channelsLast(builder, tensor, types[i]);
    const full = [...Array<number>(rank - shape.length).fill(1), ...shape];
    const aligned = shape.length === rank ? rows : reshaped(builder, rows, full);
    if (![transposeA, transposeB][i]) return aligned;
    const others = Array.from({ length: rank - 1 }, (_, axis) => axis);
    return builder.node("Transpose", [aligned], { perm: [...others, rank, rank - 1] });
  });
  return channelsFirstAgain(builder, builder.node("MatMul", [a, b]), output);
}
