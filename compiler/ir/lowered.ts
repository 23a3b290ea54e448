/** 5-lower's result: one generated function a step, with its cost, and the calls that run the network. */

import type { KernelFunction } from "./loop.js";
import type { Planned, Step } from "./plan.js";

export interface LoweredStep {
  readonly step: Step;
  /** The layer's own name, free of clashes; of its C function, too, unless it shares that of a layer before it. */
  readonly name: string;
  readonly code: KernelFunction;
  /** Where every parameter points, in order; undefined: to the row that the caller feeds. */
  readonly places: readonly (Place | undefined)[];
  readonly macs: number;
  /** Predicted on the board: the core's, and what it waits for memory; of fed steps: of all rows. */
  readonly cycles: number;
  /** Predicted with memory as fast as the core. */
  readonly coreCycles: number;
  /** Bytes of constants in flash. */
  readonly constantBytes: number;
  /** Estimated machine code, bytes: of a function that layers share with the first, with the others of their calls. */
  readonly codeBytes: number;
  /** Estimated stack of `<net>_run` down to this function, bytes. */
  readonly stackBytes: number;
  /** Bytes live in all arenas during the step, scratch included. */
  readonly liveBytes: number;
  readonly scratchBytes: number;
}

/** A byte of an arena. */
export interface Place {
  /** The arena's. */
  readonly memory: string;
  readonly offset: number;
}

/** A stretch of the main arena that lasts from run to run, and what a reset writes there. */
export interface StateRange {
  readonly offset: number;
  readonly bytes: number;
  /** The value of every byte. */
  readonly fill: number;
}

export interface Lowered extends Planned {
  /** Empty for most networks; otherwise `<net>_reset` must be called before the first run, or the first row that is fed. */
  readonly state: readonly StateRange[];
  readonly lowered: readonly LoweredStep[];
  readonly totals: {
    readonly macs: number;
    /** On the board, and of its core alone. */
    readonly cycles: number;
    readonly coreCycles: number;
    readonly seconds: number;
    readonly constantBytes: number;
    readonly codeBytes: number;
    /** Estimated stack of `<net>_run`, bytes. */
    readonly stackBytes: number;
  };
}
