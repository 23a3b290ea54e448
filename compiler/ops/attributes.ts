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

/** Attributes of every operator. `input` is not an operation: inputs are values. */
export interface OperatorAttributes {
  conv2d: Conv2D;
  depthwiseConv2d: DepthwiseConv2D;
  dense: Dense;
  add: { readonly activation: Activation };
  averagePool2d: Pool2D;
  maxPool2d: Pool2D;
  mean: { readonly axes: readonly number[]; readonly keepDimensions: boolean };
  pad: { readonly paddings: readonly Two[] };
  reshape: Record<never, never>;
  transpose: { readonly permutation: readonly number[] };
  softmax: { readonly beta: number };
  relu: Record<never, never>;
  relu6: Record<never, never>;
  batchNorm: {
    readonly activation: Activation;
    readonly epsilon: number;
    /** Each [channels], float32. */
    readonly scale: Constant;
    readonly shift: Constant;
    readonly mean: Constant;
    readonly variance: Constant;
  };
  quantize: Record<never, never>;
  dequantize: Record<never, never>;
}

export type OperatorKind = keyof OperatorAttributes;

/** Operators with `weights`, an optional `bias` and an `activation`: the dimension of `weights` that counts output channels. */
export const outputChannelAxis = { conv2d: 0, depthwiseConv2d: 2, dense: 0 } as const;

export type WeightedKind = keyof typeof outputChannelAxis;
