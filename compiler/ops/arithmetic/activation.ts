/** Activations: as a range of reals, and as a range of int8. */

import type { Activation, Quantization } from "../../../dsl/tensor.js";
import { roundHalfAway } from "./fixed-point.js";

export type Range = readonly [least: number, most: number];

const ranges: Record<Activation, Range> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
  reluN1To1: [-1, 1],
};

/** What the activation keeps, in reals. */
export function activationRange(activation: Activation): Range {
  return ranges[activation];
}

/** What the activation keeps, in int8: zero point + round(real / scale) in float32, within -128 to 127. */
export function activationLimits(activation: Activation, output: Quantization): Range {
  const [least, most] = ranges[activation];
  const limit = (real: number) =>
    Math.min(
      127,
      Math.max(-128, output.zeroPoint + roundHalfAway(Math.fround(real / Math.fround(output.scale)))),
    );
  return [least === -Infinity ? -128 : limit(least), most === Infinity ? 127 : limit(most)];
}

/** Applies the activation to reals, in place. */
export function activate(activation: Activation, data: Float32Array): Float32Array {
  if (activation === "linear") return data;
  const [least, most] = ranges[activation];
  for (let i = 0; i < data.length; i++) data[i] = Math.min(most, Math.max(least, data[i]));
  return data;
}
