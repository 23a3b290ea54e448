/** What a member of a search space costs on its board, and which limit it breaks. */

import type { Quantity } from "../limits/limits.js";

export interface Cost {
  /** Multiply-accumulates of one inference. */
  readonly macs: number;
  /** Weights, biases and BatchNorm's scales and shifts, as trained: before anything is folded. */
  readonly parameters: number;
  /** Bytes of constants and code, estimated. */
  readonly flash: number;
  /** Bytes of all arenas of the plan that is the fastest within the limits. */
  readonly sram: number;
  /** Predicted. */
  readonly seconds: number;
  /** undefined: the board does not state its power. */
  readonly joules?: number;
  /** The first limit that it breaks, the memory of its board included; undefined: it fits. */
  readonly breaks?: Quantity;
}

/** What stage 1 asks of a member. */
export interface Verdict {
  readonly macs: number;
  /** The first limit that no plan keeps; undefined: it fits. */
  readonly breaks?: Quantity;
}
