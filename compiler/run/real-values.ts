/** Real numbers to the values that a network's inputs take, and back from those of its outputs. */

import type { CallableTensor, TensorArray } from "./callable.js";

/** value / scale in float32, rounded half away from zero, plus the zero point, limited to the input's type. */
export function quantized(values: Float32Array, { dtype, scale, zeroPoint }: CallableTensor): TensorArray {
  const step = Math.fround(scale!);
  const least = dtype === "uint8" ? 0 : -128;
  const quantize = (value: number) => {
    const steps = Math.fround(value / step);
    const rounded = steps < 0 ? -Math.floor(0.5 - steps) : Math.floor(0.5 + steps);
    // NaN becomes the least value, as in the C runtime.
    return Number.isNaN(rounded) ? least : Math.max(least, Math.min(least + 255, rounded + zeroPoint!));
  };
  return dtype === "uint8" ? Uint8Array.from(values, quantize) : Int8Array.from(values, quantize);
}

/** scale * (q - zeroPoint); outputs without a scale, floats and indices, are what they say. */
export function dequantized(data: TensorArray, { scale, zeroPoint }: CallableTensor): Float32Array {
  if (scale === undefined) return Float32Array.from(data);
  const step = Math.fround(scale);
  return Float32Array.from(data, (value) => step * (value - zeroPoint!));
}
