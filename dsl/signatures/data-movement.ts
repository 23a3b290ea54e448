/** Options of operators that move elements. Dimensions are counted without the batch; negative ones from the last. */

import type { CommonOptions } from "../signatures.js";

type Sides = readonly (readonly [before: number, after: number])[];

export interface ConcatenateOptions extends CommonOptions {
  /** The dimension along which the tensors follow each other; default -1, the last. */
  readonly axis?: number;
}

/** With `size`, or with `end` and perhaps `strides`. */
export interface SliceOptions extends CommonOptions {
  /** First element in every dimension. */
  readonly begin: readonly number[];
  /** How many elements; -1: all that are left. */
  readonly size?: readonly number[];
  /** The element behind the last. */
  readonly end?: readonly number[];
  readonly strides?: readonly number[];
}

export interface AxisOptions extends CommonOptions {
  readonly axis: number;
}

/** One of the results of `split`. */
export interface SplitPart extends AxisOptions {
  /** How many equal parts, or the size of each. */
  readonly parts: number | readonly number[];
  readonly index: number;
}

export interface GatherOptions extends AxisOptions {
  readonly indices: readonly number[];
}

export interface TileOptions extends CommonOptions {
  /** How often, in every dimension. */
  readonly repeats: readonly number[];
}

export interface BroadcastToOptions extends CommonOptions {
  readonly shape: readonly number[];
}

export interface MirrorPadOptions extends CommonOptions {
  /** `[before, after]` for every dimension. */
  readonly paddings: Sides;
  /** `"reflect"`: edge elements are not repeated; `"symmetric"`: they are. */
  readonly mode: "reflect" | "symmetric";
}

export interface BlockSizeOptions extends CommonOptions {
  /** Height and width of a block. */
  readonly blockSize: number;
}

export interface SpaceToBatchOptions extends CommonOptions {
  /** Sizes of a block, for dimension 1 and on. */
  readonly block: readonly number[];
  /** `[before, after]` for each of these dimensions; default none. */
  readonly paddings?: Sides;
}

export interface BatchToSpaceOptions extends CommonOptions {
  /** Sizes of a block, for dimension 1 and on. */
  readonly block: readonly number[];
  /** What to cut off: `[before, after]` for each of these dimensions; default nothing. */
  readonly crops?: Sides;
}

export interface ExpandDimsOptions extends AxisOptions {}

export interface SqueezeOptions extends CommonOptions {
  /** Default: all of size 1. */
  readonly axes?: readonly number[];
}

export interface ResizeOptions extends CommonOptions {
  /** `[height, width]` of the result. */
  readonly size: readonly [height: number, width: number];
  /** The corner pixels of input and result have the same centres; default false. */
  readonly alignCorners?: boolean;
  /** Pixels have their centres at 0.5, as in PyTorch and tf.image.resize; default false, as TensorFlow Lite's own. */
  readonly halfPixelCenters?: boolean;
}
