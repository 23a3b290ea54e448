/** 5-lower's result: one generated function a step, with its cost, and the calls that run the network. */

import type { KernelFunction } from "./loop.js";
import type { Planned, Step } from "./plan.js";

export interface LoweredStep {
  readonly step: Step;
  /** The C function: the layer's own name, free of clashes. */
  readonly name: string;
  readonly code: KernelFunction;
  /** Arena offset in bytes of every parameter, in order. */
  readonly offsets: readonly number[];
  readonly macs: number;
  /** Predicted on the board, at its clock. */
  readonly cycles: number;
  /** Bytes of constants in flash. */
  readonly constantBytes: number;
  /** Estimated machine code, bytes. */
  readonly codeBytes: number;
  /** Bytes live in the arena during the step, scratch included. */
  readonly liveBytes: number;
  readonly scratchBytes: number;
}

/** A stretch of the arena that lasts from run to run, and what a reset writes there. */
export interface StateRange {
  readonly offset: number;
  readonly bytes: number;
  /** The value of every byte. */
  readonly fill: number;
}

export interface Lowered extends Planned {
  /** Empty for most networks; otherwise `<net>_reset` must be called before the first run. */
  readonly state: readonly StateRange[];
  readonly lowered: readonly LoweredStep[];
  readonly totals: {
    readonly macs: number;
    readonly cycles: number;
    readonly seconds: number;
    readonly constantBytes: number;
    readonly codeBytes: number;
    /** Estimated stack of `<net>_run`, bytes. */
    readonly stackBytes: number;
  };
}
