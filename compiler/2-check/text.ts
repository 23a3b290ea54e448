/** Dtypes as messages write them. */

import type { StoredDType } from "../files/tensor-file.js";

const dtypes: Record<StoredDType, string> = {
  F32: "float32",
  F64: "float64",
  F16: "float16",
  BF16: "bfloat16",
  I8: "int8",
  I16: "int16",
  I32: "int32",
  I64: "int64",
  U8: "uint8",
  U16: "uint16",
  U32: "uint32",
  U64: "uint64",
  BOOL: "bool",
};

export function dtypeName(dtype: StoredDType): string {
  return dtypes[dtype];
}
