/**
 * The attributes of every operator, as the DSL functions record them in `Node.attributes`. The compiler's table of
 * operators (compiler/ops) is typed by this one: leaving an operator out there does not compile.
 */

import type { Activation, DType, Padding, Pair, Quantization } from "./tensor.js";
import type { QuantizationReference, TensorReference } from "./weights.js";

/** Quantisation of an operator's result: given, kept in a weights file, or (left out) found by calibration. */
export type OutputQuantization = Quantization | QuantizationReference;

/** Options that every operator takes. */
export interface CommonOptions {
  /** The layer's name: of its C function, in reports and in `--show`. Default: from the weights, or the operator. */
  readonly name?: string;
  /** int8 quantisation of the result. Left out: by calibration, or as the operator prescribes. */
  readonly quantization?: OutputQuantization;
}

interface WindowOptions {
  /** Step of the window; default 1 (pooling: the window's size). */
  readonly stride?: Pair;
  /** Default `"valid"`. */
  readonly padding?: Padding;
  readonly activation?: Activation;
}

export interface Conv2DOptions extends CommonOptions, WindowOptions {
  /** Number of output channels, where no weights are given. */
  readonly filters?: number;
  /** Height and width of the window, where no weights are given. */
  readonly kernel?: Pair;
  /** Distance between taps; default 1. */
  readonly dilation?: Pair;
  readonly weights?: TensorReference;
  /** `false`: none. */
  readonly bias?: TensorReference | false;
}

export interface DepthwiseConv2DOptions extends CommonOptions, WindowOptions {
  /** Height and width of the window, where no weights are given. */
  readonly kernel?: Pair;
  /** Output channels per input channel; default 1, or as the weights say. */
  readonly depthMultiplier?: number;
  readonly dilation?: Pair;
  readonly weights?: TensorReference;
  readonly bias?: TensorReference | false;
}

export interface DenseOptions extends CommonOptions {
  /** Number of outputs, where no weights are given. */
  readonly units?: number;
  readonly activation?: Activation;
  readonly weights?: TensorReference;
  readonly bias?: TensorReference | false;
}

export interface Pool2DOptions extends CommonOptions, WindowOptions {
  /** Height and width of the window. */
  readonly size: Pair;
}

export interface AddOptions extends CommonOptions {
  readonly activation?: Activation;
}

export interface BatchNormOptions extends CommonOptions {
  readonly scale?: TensorReference;
  readonly shift?: TensorReference;
  readonly mean?: TensorReference;
  readonly variance?: TensorReference;
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  readonly activation?: Activation;
}

export interface MeanOptions extends CommonOptions {
  /** Dimensions to average over, counted without the batch: 0 is the height of an image. */
  readonly axes: readonly number[];
  /** Keep averaged dimensions as 1; default false. */
  readonly keepDimensions?: boolean;
}

export interface PadOptions extends CommonOptions {
  /** `[before, after]` for every dimension. */
  readonly paddings: readonly (readonly [before: number, after: number])[];
}

export interface ReshapeOptions extends CommonOptions {
  /** The new sizes; one may be -1. */
  readonly shape: readonly number[];
}

export interface TransposeOptions extends CommonOptions {
  /** For every dimension of the result, the input's dimension it comes from. */
  readonly permutation: readonly number[];
}

export interface SoftmaxOptions extends CommonOptions {
  /** Multiplies the input; default 1. */
  readonly beta?: number;
}

export interface InputOptions {
  readonly dtype?: DType;
  readonly quantization?: OutputQuantization;
}

export interface ConstantOptions extends CommonOptions {
  /** float32 (quantised by its own range), int8 (with `quantization`), or int32 (indices). */
  readonly tensor: TensorReference;
}

/** What each operator's node carries. */
export interface Signatures {
  input: InputOptions & { readonly shape: readonly number[] };
  constant: ConstantOptions;
  conv2d: Conv2DOptions;
  depthwiseConv2d: DepthwiseConv2DOptions;
  dense: DenseOptions;
  add: AddOptions;
  averagePool2d: Pool2DOptions;
  maxPool2d: Pool2DOptions;
  mean: MeanOptions;
  pad: PadOptions;
  reshape: ReshapeOptions;
  transpose: TransposeOptions;
  softmax: SoftmaxOptions;
  relu: CommonOptions;
  relu6: CommonOptions;
  batchNorm: BatchNormOptions;
  quantize: CommonOptions;
  dequantize: CommonOptions;
}

export type OperatorName = keyof Signatures;
