/** The quantisation of tensors whose quantisation must be known by now, and the factors between scales. */

import type { Constant, Quantization, Value } from "../../ir/graph.js";
import type { TensorData, Typed } from "../operator.js";
import { clamp, quantizeMultiplier, roundHalfAway, type QuantizedMultiplier } from "./fixed-point.js";

/** The quantisation, its scale rounded to float32 as TFLite holds it. */
export function quantizationOf(type: Typed): Quantization {
  if (!type.quantization) throw new Error("the quantisation of a tensor is not known yet");
  return { scale: Math.fround(type.quantization.scale), zeroPoint: type.quantization.zeroPoint };
}

/** Equal, or both still unknown. */
export function sameQuantization(a: Quantization | undefined, b: Quantization | undefined): boolean {
  return a?.scale === b?.scale && a?.zeroPoint === b?.zeroPoint;
}

export function int8Data(data: TensorData): Int8Array {
  if (data instanceof Int8Array) return data;
  throw new Error("the operator computes in int8, its input is of another type");
}

/** input scale * weight scale / output scale of every channel, in double. `scales`: one for all or one a channel. */
export function realMultipliers(
  weights: Constant,
  channels: number,
  input: Quantization,
  output: Quantization,
): number[] {
  const scales = weights.scales;
  if (!scales) throw new Error("the scales of the weights are not known yet");
  return Array.from({ length: channels }, (_, channel) => {
    const scale = Math.fround(scales.length === 1 ? scales[0] : scales[channel]);
    return (Math.fround(input.scale) * scale) / Math.fround(output.scale);
  });
}

/** The same as fixed-point multipliers, for all convolutions. */
export function convMultipliers(
  weights: Constant,
  channels: number,
  input: Quantization,
  output: Quantization,
): QuantizedMultiplier[] {
  return realMultipliers(weights, channels, input, output).map(quantizeMultiplier);
}

/** Real numbers. */
export type Range = readonly [least: number, most: number];

/**
 * Asymmetric int8 over the range, which is widened to hold 0: 0 is then exact, as padding and ReLU need it
 * (Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018).
 */
export function quantizationFor([least, most]: Range): Quantization {
  const low = Math.min(least, 0);
  const high = Math.max(most, 0);
  const scale = Math.fround((high - low) / 255);
  // All zeros, or too small for float32: any scale represents 0.
  if (!(scale > 2 ** -100)) return { scale: Math.fround(1 / 128), zeroPoint: 0 };
  return { scale, zeroPoint: Math.max(-128, Math.min(127, Math.round(-128 - low / scale))) };
}

/**
 * That of all inputs where they agree, else one over the ranges of all. undefined where one is not known yet. Constants that are not
 * quantised yet do not count: they take what the others have.
 */
export function coveringQuantization(
  inputs: readonly (Typed & Pick<Value, "constant">)[],
): Quantization | undefined {
  const known = inputs.filter(({ constant, quantization }) => !constant || quantization);
  const [first] = known;
  if (!first || known.some(({ quantization }) => !quantization)) return undefined;
  const all = known.map((type) => quantizationOf(type));
  const { scale, zeroPoint } = all[0];
  if (all.every((one) => one.scale === scale && one.zeroPoint === zeroPoint)) return first.quantization;
  const least = Math.min(...all.map((one) => one.scale * (-128 - one.zeroPoint)));
  return quantizationFor([least, Math.max(...all.map((one) => one.scale * (127 - one.zeroPoint)))]);
}

/** round(x / scale) + zero point in float32, a half away from zero, within int8; not a number becomes -128. */
export function quantizeReals(data: Float32Array, to: Quantization, size = data.length): Int8Array {
  const result = new Int8Array(size);
  const scale = Math.fround(to.scale);
  for (let i = 0; i < size; i++) {
    const steps = Math.fround(data[i] / scale);
    result[i] = Number.isNaN(steps) ? -128 : clamp(roundHalfAway(steps) + to.zeroPoint, -128, 127);
  }
  return result;
}
