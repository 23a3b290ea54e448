/** Float weights and biases to integers. */

import { reject } from "../diagnostics/diagnostic.js";
import type { Constant, Graph, Operation, Quantization } from "../ir/graph.js";
import { channelOf, isWeighted, type WeightedOperation } from "./layers.js";

/** All float weights to int8 and all float biases to int32. The quantisation of every int8 value is known, and all constants have data. */
export function quantizeWeights<G extends Graph>(graph: G): G {
  return { ...graph, operations: graph.operations.map((operation) => quantizeLayer(operation, graph)) };
}

function quantizeLayer(operation: Operation, graph: Graph): Operation {
  if (!isWeighted(operation)) return operation;
  const input = graph.values[operation.inputs[0]].quantization!;
  const output = graph.values[operation.output].quantization!;
  const { weights, bias } = operation.attributes;
  const scales = weights.dtype === "int8" ? weights.scales! : channelScales(operation, input, output);
  const attributes = {
    ...operation.attributes,
    weights: weights.dtype === "int8" ? weights : integerWeights(operation, scales),
    bias: bias?.dtype === "float32" ? integerBias(bias, scales, input) : bias,
  };
  return { ...operation, attributes } as Operation;
}

/**
 * One scale an output channel, symmetric: the largest magnitude becomes 127. Scales have a floor: the bias must fit int32 with room for
 * the sum of products (|bias| <= about 2^28), and input * weight / output must not be below 2^-30, the smallest fixed-point factor.
 * A channel of zeros has no scale of its own and takes the layer's largest, so that its bias is as fine as the others'.
 */
function channelScales(operation: WeightedOperation, input: Quantization, output: Quantization): number[] {
  const { weights, bias } = operation.attributes;
  const magnitudes = largest(operation, weights);
  const fallback = magnitudes.reduce((a, b) => Math.max(a, b), 0) / 127 || output.scale / input.scale / 128;
  return Array.from(magnitudes, (magnitude, channel) => {
    const shift = Math.abs(bias?.data?.[channel] ?? 0);
    const floor = Math.max(shift / (input.scale * 2 ** 28), (output.scale / input.scale) * 2 ** -30);
    const scale = Math.fround(Math.max(magnitude === 0 ? fallback : magnitude / 127, floor));
    if (scale > 0 && scale < Infinity) return scale;
    const what = `the weights or the bias of channel ${channel} are not finite, or too large, once folded`;
    return reject("MCU2017", operation.site?.at, { layer: operation.name, what, expected: "finite numbers" });
  });
}

/** The largest magnitude of each output channel; NaN where there is one. */
function largest(operation: WeightedOperation, { data }: Constant): Float64Array {
  const { channels, of } = channelOf(operation);
  const magnitudes = new Float64Array(channels);
  for (let i = 0; i < data!.length; i++) {
    const channel = of(i);
    magnitudes[channel] = Math.max(magnitudes[channel], Math.abs(data![i]));
  }
  return magnitudes;
}

function integerWeights(operation: WeightedOperation, scales: readonly number[]): Constant {
  const { weights } = operation.attributes;
  const { of } = channelOf(operation);
  const data = Int8Array.from(weights.data!, (w, i) =>
    Math.max(-127, Math.min(127, Math.round(w / scales[of(i)]))),
  );
  return { ...weights, dtype: "int8", data, scales };
}

/** real = input scale * weight scale * q; |q| is at most about 2^28 by the floor of the scales. */
function integerBias(bias: Constant, scales: readonly number[], input: Quantization): Constant {
  const channels = bias.data!.length;
  const biasScales = Array.from(
    { length: channels },
    (_, i) => (scales.length === 1 ? scales[0] : scales[i]) * input.scale,
  );
  const data = Int32Array.from(bias.data!, (b, i) => Math.round(b / biasScales[i]));
  return { ...bias, dtype: "int32", data, scales: biasScales };
}
