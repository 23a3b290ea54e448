/** Reading constants: as integers for the exact semantics, as reals for calibration. */

import type { Constant } from "../../ir/graph.js";

/** The int8 values; the network must have been quantised. */
export function int8Values(constant: Constant): Int8Array {
  if (constant.data instanceof Int8Array) return constant.data;
  throw new Error("weights are not int8: the network was not quantised");
}

/** The int16 values: weights of recurrent layers, which exist quantised only. */
export function int16Values({ data }: Constant): Int16Array {
  if (data instanceof Int16Array) return data;
  throw new Error("weights over time are not int16");
}

/** A bias of `channels` int32 values; zeros where there is none. */
export function int32Bias(constant: Constant | undefined, channels: number): Int32Array {
  if (constant === undefined) return new Int32Array(channels);
  if (constant.data instanceof Int32Array) return constant.data;
  throw new Error("the bias is not int32: the network was not quantised");
}

/**
 * The real values: float32 as they are; integers times their scale.
 * @param channels which dimension `scales` runs along, where there is one for every channel
 */
export function realValues(constant: Constant, channels: "first" | "last", zeroPoint = 0): Float32Array {
  const { data, scales, shape } = constant;
  if (data instanceof Float32Array) return data;
  if (!data || !scales) throw new Error("a constant without data has no value");
  const count = scales.length;
  const block = channels === "first" && count > 1 ? data.length / shape[0] : 1;
  const result = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++)
    result[i] = scales[Math.floor(i / block) % count] * (data[i] - zeroPoint);
  return result;
}

/** A bias of `channels` reals; zeros where there is none. */
export function realBias(constant: Constant | undefined, channels: number): Float32Array {
  return constant === undefined ? new Float32Array(channels) : realValues(constant, "first");
}
