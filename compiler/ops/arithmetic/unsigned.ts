/** uint8 is int8 moved by 128, zero point and all: what is defined for int8 holds for it too. */

import type { Quantization } from "../../ir/graph.js";
import type { TensorData, Typed } from "../operator.js";
import { int8Data, quantizationOf } from "./quantization.js";

export const signOffset = 128;

/** Values of an int8 or uint8 tensor as int8. */
export function signedData(data: TensorData): Int8Array {
  return data instanceof Uint8Array ? Int8Array.from(data, (value) => value - signOffset) : int8Data(data);
}

/** The quantisation that goes with `signedData`. */
export function signedQuantization(type: Typed): Quantization {
  const { scale, zeroPoint } = quantizationOf(type);
  return { scale, zeroPoint: type.dtype === "uint8" ? zeroPoint - signOffset : zeroPoint };
}

/** int8 values as those of the tensor's type. */
export function asType(data: Int8Array, { dtype }: Typed): TensorData {
  return dtype === "uint8" ? Uint8Array.from(data, (value) => value + signOffset) : data;
}
