/** Tensors as they enter and leave a run. */

import type { DType } from "../ir/graph.js";

/** int64 (indices, which are small) is held as int32. */
export type TypedArray = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;

/** The tensor in the bytes of `buffer`, which is its own. */
export function arrayOf(dtype: DType, buffer: ArrayBuffer): TypedArray {
  switch (dtype) {
    case "int8":
      return new Int8Array(buffer);
    case "uint8":
      return new Uint8Array(buffer);
    case "int16":
      return new Int16Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "int64":
      return Int32Array.from(new BigInt64Array(buffer), Number);
    case "float32":
      return new Float32Array(buffer);
  }
}
