/** 4-plan's result: a list of steps over buffers with lifetimes, placed in the memories of the board. */

import type { KernelFunction } from "./loop.js";
import type { Operation, Simplified, ValueId } from "./graph.js";

export type BufferId = number;

/** A range of an arena. Several values may share one (views, in-place results). */
export interface Buffer {
  readonly id: BufferId;
  /** What lives there, for the report: the first value's name, or "<layer> scratch". */
  readonly name: string;
  readonly bytes: number;
  /** Power of two. */
  readonly align: number;
  /** Alive from the start of step `first` to the end of step `last`. Inputs: from 0. Outputs: to the last step. */
  readonly first: number;
  readonly last: number;
  readonly kind: "input" | "output" | "activation" | "scratch" | "state";
  /** Offset in the arena, bytes. */
  readonly offset: number;
}

/** Where a value is: `offset` bytes into a buffer. */
export interface Storage {
  readonly buffer: BufferId;
  readonly offset: number;
}

/** A kernel bound to what it computes. */
export interface StepKernel {
  /** As the report prints it. */
  readonly name: string;
  /** Scratch in the arena, bytes: the least it can do with, and the most it can make use of; both 0 where it needs none. */
  scratch(inPlace: boolean): { readonly least: number; readonly most: number };
  /** Values whose memory the output may take, if nobody else needs them. */
  readonly inPlace: readonly ValueId[];
  lower(granted: { readonly scratch: number; readonly inPlace: boolean }): KernelFunction;
}

/** One call of a generated function. It may cover several operations (streamed segments). */
export interface Step {
  readonly operations: readonly Operation[];
  readonly kernel: StepKernel;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Memory that lasts from run to run, in the order of the operator's `state()`. */
  readonly state: readonly BufferId[];
  readonly scratch?: BufferId;
  readonly inPlace: boolean;
}

export interface Planned extends Simplified {
  readonly steps: readonly Step[];
  readonly buffers: readonly Buffer[];
  readonly storage: ReadonlyMap<ValueId, Storage>;
  readonly arena: {
    /** Size of the arena, bytes. */
    readonly bytes: number;
    /** Most bytes live at one step: in this order no placement needs less. */
    readonly lowerBound: number;
    /** The step at which most bytes are live. */
    readonly peakStep: number;
    /** Region of the board that holds it. */
    readonly memory: string;
    readonly align: number;
  };
}
