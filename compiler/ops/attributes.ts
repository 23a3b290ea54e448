/** The attributes of every operator after 2-check: explicit, canonical, with their constants. */

import type { Constant } from "../ir/graph.js";
import type { Activation } from "../../dsl/tensor.js";

export interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Vertical, horizontal. */
export type Two = readonly [number, number];

export interface Window {
  readonly kernel: Two;
  readonly stride: Two;
  readonly dilation: Two;
  readonly padding: Sides;
}

export interface Conv2D extends Window {
  readonly activation: Activation;
  /** [out, kernel height, kernel width, in]. */
  readonly weights: Constant;
  /** [out]: int32 with scale input * weight, or float32. */
  readonly bias?: Constant;
}

export interface Conv2DTranspose {
  readonly kernel: Two;
  readonly stride: Two;
  /** Rows and columns that the full result has before this one; after it, they follow from its size. */
  readonly padding: Pick<Sides, "top" | "left">;
  readonly activation: Activation;
  /** [out, kernel height, kernel width, in]. */
  readonly weights: Constant;
  readonly bias?: Constant;
}

export interface DepthwiseConv2D extends Window {
  readonly activation: Activation;
  readonly depthMultiplier: number;
  /** [kernel height, kernel width, channels * depthMultiplier]. */
  readonly weights: Constant;
  readonly bias?: Constant;
}

export interface Dense {
  readonly activation: Activation;
  /** [out, in]. */
  readonly weights: Constant;
  readonly bias?: Constant;
}

export interface Pool2D extends Window {
  readonly activation: Activation;
}

export interface Reduction {
  /** In ascending order. */
  readonly axes: readonly number[];
  readonly keepDimensions: boolean;
}

/** A part of a tensor: in every dimension as many elements as the result has, from `begin` on. */
export interface Slice {
  readonly begin: readonly number[];
  /** Not 0; below 0: backwards. */
  readonly strides: readonly number[];
}

/** At most one of both. */
export interface Resize {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

export interface Lstm {
  /** int8 [4 * units, features]: rows of the input gate, the forget gate, the cell, the output gate. */
  readonly inputWeights: Constant;
  /** int8 [4 * units, units]. */
  readonly recurrentWeights: Constant;
  /** int32 [4 * units]. */
  readonly bias?: Constant;
  /** The cell counts in steps of 2^cellExponent, -15 to -9. */
  readonly cellExponent: number;
  /** Its largest magnitude in steps; 2^15: all of int16. */
  readonly cellLimit: number;
}

export interface Svdf {
  readonly rank: number;
  /** int8 [units * rank, features]. */
  readonly featureWeights: Constant;
  /** int16 [units * rank, memory], the oldest first. */
  readonly timeWeights: Constant;
  /** int32 [units]. */
  readonly bias?: Constant;
  readonly stateScale: number;
}

/** Attributes of every operator. `input` is not an operation: inputs are values. */
export interface OperatorAttributes {
  conv2d: Conv2D;
  conv2dTranspose: Conv2DTranspose;
  depthwiseConv2d: DepthwiseConv2D;
  dense: Dense;
  add: { readonly activation: Activation };
  subtract: { readonly activation: Activation };
  multiply: { readonly activation: Activation };
  maximum: Record<never, never>;
  minimum: Record<never, never>;
  squaredDifference: Record<never, never>;
  matmul: {
    /** true: the operand's last two dimensions change places first. */
    readonly transposeA: boolean;
    readonly transposeB: boolean;
  };
  averagePool2d: Pool2D;
  maxPool2d: Pool2D;
  mean: Reduction;
  reduceMax: Reduction;
  reduceMin: Reduction;
  argMax: { readonly axis: number };
  argMin: { readonly axis: number };
  /** `value`: real. */
  pad: { readonly paddings: readonly Two[]; readonly value: number };
  reshape: Record<never, never>;
  transpose: { readonly permutation: readonly number[] };
  concatenate: { readonly axis: number };
  slice: Slice;
  split: Slice;
  gather: { readonly axis: number; readonly indices: readonly number[] };
  tile: { readonly repeats: readonly number[] };
  broadcastTo: Record<never, never>;
  mirrorPad: { readonly paddings: readonly Two[]; readonly repeatsEdge: boolean };
  spaceToDepth: { readonly blockSize: number };
  depthToSpace: { readonly blockSize: number };
  spaceToBatch: { readonly block: readonly number[]; readonly paddings: readonly Two[] };
  batchToSpace: { readonly block: readonly number[]; readonly crops: readonly Two[] };
  expandDims: Record<never, never>;
  squeeze: Record<never, never>;
  resizeNearest: Resize;
  resizeBilinear: Resize;
  softmax: { readonly beta: number };
  relu: Record<never, never>;
  relu6: Record<never, never>;
  reluN1To1: Record<never, never>;
  leakyRelu: { readonly alpha: number };
  prelu: Record<never, never>;
  elu: Record<never, never>;
  gelu: { readonly approximate: boolean };
  hardSwish: Record<never, never>;
  sigmoid: Record<never, never>;
  tanh: Record<never, never>;
  exp: Record<never, never>;
  log: Record<never, never>;
  sqrt: Record<never, never>;
  rsqrt: Record<never, never>;
  abs: Record<never, never>;
  logSoftmax: Record<never, never>;
  l2Normalize: Record<never, never>;
  batchNorm: {
    readonly activation: Activation;
    readonly epsilon: number;
    /** Each [channels], float32. */
    readonly scale: Constant;
    readonly shift: Constant;
    readonly mean: Constant;
    readonly variance: Constant;
  };
  lstm: Lstm;
  svdf: Svdf;
  quantize: Record<never, never>;
  dequantize: Record<never, never>;
}

export type OperatorKind = keyof OperatorAttributes;

/** Operators with `weights`, an optional `bias` and an `activation`: the dimension of `weights` that counts output channels. */
export const outputChannelAxis = { conv2d: 0, conv2dTranspose: 0, depthwiseConv2d: 2, dense: 0 } as const;

export type WeightedKind = keyof typeof outputChannelAxis;
