/**
 * The attributes of every operator, as the DSL functions record them in `Node.attributes`. The compiler's table of
 * operators (compiler/ops) is typed by this one: leaving an operator out there does not compile.
 */

import type { Activation, DType, Padding, Pair, Quantization } from "./tensor.js";
import type { QuantizationReference, TensorReference } from "./weights.js";
import type * as B from "./signatures/binary.js";
import type * as M from "./signatures/data-movement.js";
import type * as R from "./signatures/reductions.js";

export type * from "./signatures/binary.js";
export type * from "./signatures/data-movement.js";
export type * from "./signatures/reductions.js";

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
  /** Channels are split into so many groups, each convolved on its own; the weights have in / groups input channels. Default 1. */
  readonly groups?: number;
  readonly weights?: TensorReference;
  /** `false`: none. */
  readonly bias?: TensorReference | false;
}

export interface Conv2DTransposeOptions extends CommonOptions {
  readonly filters?: number;
  readonly kernel?: Pair;
  /** Distance between the windows that neighbouring pixels add to; default 1. */
  readonly stride?: Pair;
  /** What is cut off the result: `"valid"` nothing, `"same"` leaves input * stride, numbers as PyTorch. Default `"valid"`. */
  readonly padding?: Padding;
  /** With padding in numbers: rows and columns more below and right, as PyTorch. */
  readonly outputPadding?: Pair;
  readonly activation?: Activation;
  readonly weights?: TensorReference;
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

export interface BatchNormOptions extends CommonOptions {
  readonly scale?: TensorReference;
  readonly shift?: TensorReference;
  readonly mean?: TensorReference;
  readonly variance?: TensorReference;
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  readonly activation?: Activation;
}

export interface PadOptions extends CommonOptions {
  /** `[before, after]` for every dimension. */
  readonly paddings: readonly (readonly [before: number, after: number])[];
  /** The real value of what is added; default 0. */
  readonly value?: number;
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

export interface LeakyReluOptions extends CommonOptions {
  /** Slope below 0; default 0.01, as PyTorch's (Keras' is 0.3). */
  readonly alpha?: number;
}

export interface GeluOptions extends CommonOptions {
  /** By a hyperbolic tangent, as TensorFlow's and PyTorch's `approximate`; default false. */
  readonly approximate?: boolean;
}

/** Recurrent layers exist quantised only: int8 weights, and the scale of what they keep. */
export interface LstmOptions extends CommonOptions {
  /** int8 [4 * units, features]: the rows of the input gate, the forget gate, the cell and the output gate. */
  readonly weights?: TensorReference;
  /** int8 [4 * units, units], likewise. */
  readonly recurrentWeights?: TensorReference;
  /** int32 [4 * units]. */
  readonly bias?: TensorReference | false;
  /** float32 [1]: the scale of the cell, a power of two from 2^-15 to 2^-9. */
  readonly cellScale?: TensorReference;
  /** Largest magnitude of the cell; left out: none. */
  readonly cellClip?: number;
}

export interface SvdfOptions extends CommonOptions {
  /** Filters of each unit; default 1. */
  readonly rank?: number;
  /** int8 [units * rank, features]. */
  readonly weights?: TensorReference;
  /** int16 [units * rank, memory], the oldest first. */
  readonly timeWeights?: TensorReference;
  /** int32 [units]. */
  readonly bias?: TensorReference | false;
  /** float32 [1]: the scale of what the filters keep. */
  readonly stateScale?: TensorReference;
}

export interface InputOptions {
  readonly dtype?: DType;
  readonly quantization?: OutputQuantization;
  /**
   * `"rows"`: the input arrives row by row, along its first dimension, and is never stored as a whole, for cameras:
   * `<net>_feed_<name>()` takes a row of shape[1] * shape[2] * … elements. Left out: the caller writes all of it before a run.
   */
  readonly feed?: "rows";
}

export interface QuantizeOptions extends CommonOptions {
  /** Default `"int8"`; `"uint8"` needs `quantization`, with a zero point of 0 to 255. */
  readonly dtype?: "int8" | "uint8";
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
  conv2dTranspose: Conv2DTransposeOptions;
  depthwiseConv2d: DepthwiseConv2DOptions;
  dense: DenseOptions;
  add: B.AddOptions;
  subtract: B.SubtractOptions;
  multiply: B.MultiplyOptions;
  maximum: CommonOptions;
  minimum: CommonOptions;
  squaredDifference: CommonOptions;
  matmul: B.MatmulOptions;
  averagePool2d: Pool2DOptions;
  maxPool2d: Pool2DOptions;
  mean: R.MeanOptions;
  reduceMax: R.ReduceOptions;
  reduceMin: R.ReduceOptions;
  argMax: R.ArgOptions;
  argMin: R.ArgOptions;
  pad: PadOptions;
  reshape: ReshapeOptions;
  transpose: TransposeOptions;
  concatenate: M.ConcatenateOptions;
  slice: M.SliceOptions;
  split: M.SplitPart;
  gather: M.GatherOptions;
  tile: M.TileOptions;
  broadcastTo: M.BroadcastToOptions;
  mirrorPad: M.MirrorPadOptions;
  spaceToDepth: M.BlockSizeOptions;
  depthToSpace: M.BlockSizeOptions;
  spaceToBatch: M.SpaceToBatchOptions;
  batchToSpace: M.BatchToSpaceOptions;
  expandDims: M.ExpandDimsOptions;
  squeeze: M.SqueezeOptions;
  resizeNearest: M.ResizeOptions;
  resizeBilinear: M.ResizeOptions;
  softmax: SoftmaxOptions;
  relu: CommonOptions;
  relu6: CommonOptions;
  reluN1To1: CommonOptions;
  leakyRelu: LeakyReluOptions;
  prelu: CommonOptions;
  elu: CommonOptions;
  gelu: GeluOptions;
  hardSwish: CommonOptions;
  sigmoid: CommonOptions;
  tanh: CommonOptions;
  exp: CommonOptions;
  log: CommonOptions;
  sqrt: CommonOptions;
  rsqrt: CommonOptions;
  abs: CommonOptions;
  logSoftmax: CommonOptions;
  l2Normalize: CommonOptions;
  batchNorm: BatchNormOptions;
  lstm: LstmOptions;
  svdf: SvdfOptions;
  quantize: QuantizeOptions;
  dequantize: CommonOptions;
}

export type OperatorName = keyof Signatures;
