import type { TensorReference } from "../../dsl/weights.js";
import { elements, type Constant } from "../ir/graph.js";
import type { Operator, ResolveContext } from "./operator.js";
import { activate } from "./arithmetic/activation.js";
import { realValues } from "./arithmetic/constants.js";
import { activationOption, int8Input, resultType, show } from "./rules/options.js";

/** Batch normalisation with fixed statistics over the last dimension: (x - mean) / sqrt(variance + epsilon) * scale + shift. */
export const batchNorm: Operator<"batchNorm"> = {
  kind: "batchNorm",
  // Not in TFLite's schema: its converter folds it, as 3-simplify does.
  tflite: "BATCH_NORM",

  resolve(context) {
    const { epsilon = 1e-5, scale, shift, mean, variance, activation } = context.node.attributes;
    const shape = int8Input(context);
    if (shape.length === 0) context.fail(undefined, "the input is a single number", "at least 1 dimension");
    if (typeof epsilon !== "number" || !(epsilon > 0 && epsilon < Infinity)) {
      context.fail("epsilon", `epsilon is ${show(epsilon)}`, "a small number above 0");
    }
    const channels = shape[shape.length - 1];
    const vector = (attribute: string, reference: TensorReference | undefined) =>
      resolveVector(context, attribute, reference, channels);
    return {
      attributes: {
        activation: activationOption(context, activation),
        epsilon,
        scale: vector("scale", scale),
        shift: vector("shift", shift),
        mean: vector("mean", mean),
        variance: vector("variance", variance),
      },
      output: resultType(context, shape),
    };
  },

  quantization: () => "calibrated",

  macs: (_operation, _inputs, output) => elements(output.shape),

  float(operation, [data], _types, output) {
    const { activation, epsilon, scale, shift, mean, variance } = operation.attributes;
    const [scales, shifts, means, variances] = [scale, shift, mean, variance].map((one) =>
      realValues(one, "last"),
    );
    const channels = scales.length;
    const factors = Float64Array.from(scales, (one, i) => one / Math.sqrt(variances[i] + epsilon));
    const offsets = Float64Array.from(shifts, (one, i) => one - means[i] * factors[i]);
    const result = new Float32Array(elements(output.shape));
    for (let first = 0; first < result.length; first += channels) {
      for (let i = 0; i < channels; i++) result[first + i] = data[first + i] * factors[i] + offsets[i];
    }
    return activate(activation, result);
  },

  reference() {
    throw new Error("batchNorm has no integer form: 3-simplify folds it or makes it a convolution");
  },

  kernels: [],
};

/** One of the four vectors; a network that is not trained yet leaves all of them out. */
function resolveVector(
  context: ResolveContext<"batchNorm">,
  attribute: string,
  reference: TensorReference | undefined,
  channels: number,
): Constant {
  const found = reference && context.constant(attribute, reference, [channels], "vector");
  if (found?.data && found.dtype !== "float32") {
    context.fail(
      attribute,
      `${attribute} is ${found.dtype}`,
      "float32: batchNorm belongs to networks with float weights",
    );
  }
  return found ?? context.untrained([channels]);
}
