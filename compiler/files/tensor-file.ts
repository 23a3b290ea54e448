/** Where weights come from: a `.safetensors` file, or the buffers of an imported `.tflite`. */

export type StoredDType =
  "F32" | "I8" | "I32" | "U8" | "I16" | "I64" | "F16" | "F64" | "BF16" | "BOOL" | "U16" | "U32" | "U64";

export interface StoredTensor {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  /** Elements in C order; F32, I8, I32, U8, I16 only (others: undefined). */
  readonly data: Float32Array | Int8Array | Int32Array | Uint8Array | Int16Array | undefined;
  /** Byte offset of the data in the file, for diagnostics. */
  readonly offset?: number;
}

export interface TensorFile {
  readonly file: string;
  readonly names: readonly string[];
  get(name: string): StoredTensor | undefined;
}
