/** What a value of the network is to the type checker: rank and dtype; sizes are checked by the compiler. */

declare const rank: unique symbol;
declare const dtype: unique symbol;

/**
 * Element types. Networks compute in `int8` (quantised explicitly, or by calibration from float weights). The others occur at
 * the edges only: `float32` and `uint8` before `quantize` and behind `dequantize` or `quantize`, `int32` and `int64` as
 * indices that `argMax` and `argMin` give.
 */
export type DType = "int8" | "uint8" | "int32" | "int64" | "float32";

/**
 * A value of the network. The batch dimension is left out; images are height x width x channels (NHWC).
 * @typeParam Rank number of dimensions; left out, any
 */
// `any` lets `Tensor` without arguments stand for every rank, in both directions.
export interface Tensor<Rank extends number = any, Type extends DType = "int8"> {
  readonly [rank]: Rank;
  readonly [dtype]: Type;
}

/** real = scale * (q - zeroPoint). */
export interface Quantization {
  /** Real value of one step, > 0; taken to float32. */
  readonly scale: number;
  /** The value that stands for 0: -128 to 127 of int8, 0 to 255 of uint8. */
  readonly zeroPoint: number;
}

/** Applied to an operator's result. `relu`: max(x, 0); `relu6`: min(max(x, 0), 6); `reluN1To1`: min(max(x, -1), 1). */
export type Activation = "linear" | "relu" | "relu6" | "reluN1To1";

/**
 * Zeros around height and width. `"valid"`: none. `"same"`: as TensorFlow, output = ceil(input / stride), the odd one
 * below and right. A number or `[vertical, horizontal]`: on both sides, as PyTorch.
 */
export type Padding =
  | "same"
  | "valid"
  | number
  | readonly [vertical: number, horizontal: number]
  | { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };

/** One number for both, or `[vertical, horizontal]`. */
export type Pair = number | readonly [vertical: number, horizontal: number];
