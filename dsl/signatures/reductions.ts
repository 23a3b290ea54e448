/** Options of operators that take dimensions away. */

import type { CommonOptions } from "../signatures.js";

export interface MeanOptions extends CommonOptions {
  /** Dimensions to average over, counted without the batch: 0 is the height of an image, -1 the channels. */
  readonly axes: readonly number[];
  /** Keep averaged dimensions as 1; default false. */
  readonly keepDimensions?: boolean;
}

export interface ReduceOptions extends CommonOptions {
  /** Dimensions that go, counted without the batch: 0 is the height of an image, -1 the channels. */
  readonly axes: readonly number[];
  /** Keep them as 1; default false. */
  readonly keepDimensions?: boolean;
}

export interface ArgOptions<Type extends "int32" | "int64" = "int32" | "int64"> {
  readonly name?: string;
  /** The dimension to search along, counted without the batch; default -1, the last. */
  readonly axis?: number;
  /** Of the indices; default `"int32"`. */
  readonly dtype?: Type;
}
