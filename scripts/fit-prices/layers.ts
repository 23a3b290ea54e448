/** Random layers like those of networks, with nominal numbers: what prices are fitted to, and tested on. */

import type { Activation } from "../../dsl/tensor.js";
import { quantizeNominally } from "../../compiler/3-simplify/nominal.js";
import type { Constant, DType, Graph, Operation, Value } from "../../compiler/ir/graph.js";
import type { Random } from "../random.js";

/** A network of one operation. */
type Draw = (random: Random) => Graph;

/** Most of a layer. */
const WEIGHTS = 150000;

/** By what they are; several an operator where its kernels differ. */
export const layers: Readonly<Record<string, Draw>> = {
  pointwise: (random) => convolution(random, [1, 1], random.chance(0.1) ? 2 : 1, false),
  convolution(random) {
    const side = random.pick([3, 3, 3, 5, 7]);
    const kernel = random.chance(0.15) ? ([side, random.pick([1, 3, 5])] as const) : ([side, side] as const);
    return convolution(random, kernel, random.pick([1, 1, 2]), random.chance(0.3));
  },
  depthwise,
  dense(random) {
    const [units, depth] = [logarithmic(random, 2, 1000), width(random, 8, 1024)];
    const shape = random.chance(0.85) ? [depth] : [logarithmic(random, 2, 64), depth];
    const result = [...shape.slice(0, -1), units];
    const attributes = {
      activation: activation(random),
      weights: constant([units, depth], "int8"),
      bias: constant([units], "int32"),
    };
    return layer("dense", attributes, [shape], result);
  },
  add(random) {
    const shape = image(random, 400000);
    return layer("add", { activation: "linear" }, [shape, shape], shape);
  },
  mean(random) {
    const shape = image(random, 60000, 16);
    const attributes = { axes: [0, 1], keepDimensions: random.chance(0.5) };
    return layer("mean", attributes, [shape], attributes.keepDimensions ? [1, 1, shape[2]] : [shape[2]]);
  },
  "average pooling": (random) => pooling(random, "averagePool2d"),
  "maximum pooling": (random) => pooling(random, "maxPool2d"),
  "element-wise"(random) {
    const shape = image(random, 400000);
    return layer("hardSwish", {}, [shape], shape);
  },
};

function convolution(
  random: Random,
  kernel: readonly [number, number],
  stride: number,
  narrow: boolean,
): Graph {
  const input = image(random, 400000);
  if (narrow) input[2] = random.pick([1, 1, 2, 3, 3, 3]);
  // Larger windows over many channels are rare, and their code takes long to price.
  else if (kernel[0] * kernel[1] > 1) input[2] = Math.min(input[2], width(random, 4, 96));
  const most = Math.floor(WEIGHTS / (kernel[0] * kernel[1] * input[2]));
  const filters = Math.max(2, Math.min(most, width(random, 4, 1024)));
  const { attributes, output } = windowed(random, input, kernel, stride);
  const weights = constant([filters, ...kernel, input[2]], "int8");
  return layer(
    "conv2d",
    { ...attributes, weights, bias: constant([filters], "int32"), activation: activation(random) },
    [input],
    [...output, filters],
  );
}

function depthwise(random: Random): Graph {
  const input = image(random, 400000);
  const side = random.pick([3, 5, 7]);
  const kernel = random.chance(0.1) ? ([side, random.pick([1, 3, 5])] as const) : ([side, side] as const);
  const { attributes, output } = windowed(random, input, kernel, random.pick([1, 2]));
  const weights = constant([...kernel, input[2]], "int8");
  const bias = constant([input[2]], "int32");
  return layer(
    "depthwiseConv2d",
    { ...attributes, depthMultiplier: 1, weights, bias, activation: activation(random) },
    [input],
    [...output, input[2]],
  );
}

function pooling(random: Random, kind: "averagePool2d" | "maxPool2d"): Graph {
  const input = image(random, 200000);
  const whole = random.chance(0.4);
  const side = random.pick([2, 2, 3]);
  const kernel = whole ? ([input[0], input[1]] as const) : ([side, side] as const);
  const { attributes, output } = windowed(random, input, kernel, whole ? 1 : random.pick([1, 2]), whole);
  return layer(kind, { ...attributes, activation: "linear" }, [input], [...output, input[2]]);
}

/** Padded as "same", mostly. */
function windowed(
  random: Random,
  [height, columns]: readonly number[],
  kernel: readonly [number, number],
  stride: number,
  valid = false,
) {
  const isSame = !valid && (random.chance(0.8) || kernel[0] > height || kernel[1] > columns);
  const along = (size: number, taps: number) => {
    const result = isSame ? Math.ceil(size / stride) : Math.floor((size - taps) / stride) + 1;
    const all = isSame ? Math.max(0, (result - 1) * stride + taps - size) : 0;
    return { result, before: all >> 1, after: all - (all >> 1) };
  };
  const [down, right] = [along(height, kernel[0]), along(columns, kernel[1])];
  const padding = { top: down.before, bottom: down.after, left: right.before, right: right.after };
  const attributes = { kernel, stride: [stride, stride], dilation: [1, 1], padding };
  return { attributes, output: [down.result, right.result] };
}

function layer(
  kind: string,
  attributes: object,
  shapes: readonly (readonly number[])[],
  result: readonly number[],
): Graph {
  const value = (name: string, shape: readonly number[]): Value => ({ name, shape, dtype: "int8" });
  const operation = {
    kind,
    name: "layer",
    inputs: shapes.map((_, i) => i),
    output: shapes.length,
    attributes,
  } as unknown as Operation;
  const graph: Graph = quantizeNominally({
    name: "one",
    values: [...shapes.map((shape, i) => value(`x${i}`, shape)), value("y", result)],
    operations: [operation],
    inputs: operation.inputs,
    outputs: [{ name: "y", value: operation.output }],
  });
  return { ...graph, operations: graph.operations.map(withSpreadScales) };
}

/** Channels of trained layers have scales that are farther apart than nominal ones. */
function withSpreadScales(operation: Operation): Operation {
  const attributes = operation.attributes as { readonly weights?: Constant };
  const { weights } = attributes;
  if (!weights?.scales) return operation;
  const scales = weights.scales.map((scale, channel) =>
    Math.fround(scale * (1 + ((channel * 29) % 64) / 16)),
  );
  return {
    ...operation,
    attributes: { ...attributes, weights: { ...weights, scales } },
  } as unknown as Operation;
}

function constant(shape: readonly number[], dtype: DType): Constant {
  return { shape, dtype };
}

const activation = (random: Random): Activation =>
  random.pick(["linear", "linear", "relu", "relu", "relu", "relu6"]);

function logarithmic(random: Random, least: number, most: number): number {
  return Math.round(least * (most / least) ** random.next());
}

/** Channels: mostly a multiple of 8; few of them as often as many. */
function width(random: Random, least: number, most: number): number {
  if (random.chance(0.35)) return Math.max(least, Math.min(most, 4 * random.int(1, 20)));
  const unit = random.pick([8, 8, 8, 8, 4, 4, 2, 1]);
  return Math.max(least, Math.round(logarithmic(random, least, most) / unit) * unit);
}

/** Most are square. */
function image(random: Random, elements: number, side = 112): number[] {
  const height = logarithmic(random, 1, side);
  const columns = random.chance(0.75) ? height : logarithmic(random, 1, side);
  const most = Math.max(4, Math.floor(elements / (height * columns)));
  return [height, columns, Math.max(1, Math.min(most, width(random, 4, 768)))];
}
