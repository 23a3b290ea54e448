/** 4-plan's result: a list of steps over buffers with lifetimes, placed in the memories of the board. */

import type { Work } from "../kernels/work.js";
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
  /** Region of the board, which names the arena that holds it. */
  readonly memory: string;
  /** Offset in that arena, bytes. */
  readonly offset: number;
}

/** Memory that the caller gives to a run. */
export interface Arena {
  readonly bytes: number;
  /** Region of the board that holds it; no two arenas of a network are in one. */
  readonly memory: string;
  readonly align: number;
}

/** Holds inputs, outputs, activations and state, and all scratch that is not in `Planned.fast`. */
export interface MainArena extends Arena {
  /** Most bytes live in it at one step: in this order no placement needs less. */
  readonly lowerBound: number;
  /** The step at which most of its bytes are live. */
  readonly peakStep: number;
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
  /**
   * How far the result may reach into an input that nobody needs afterwards (vMCU, MLSys 2024, section 4): the most bytes by which
   * the result may begin behind the input's begin, below 0: so many before it. It follows from the order in which the kernel reads and
   * writes. undefined: they must be apart. Results that begin in the very place (`inPlace`) are another matter.
   */
  overlap?(input: ValueId): number | undefined;
  /** What it reads and writes: their encodings are part of the grant. */
  readonly values: readonly ValueId[];
  /** Inputs that it can read biased, and whether it can write its result so (ir/encoding.ts). */
  readonly readsBiased: readonly ValueId[];
  readonly writesBiased: boolean;
  lower(granted: Granted): KernelFunction;
  /** What its price is a formula over (4-plan/prices). Left out, or undefined: there is none. */
  work?(granted: Granted): Work | undefined;
}

/** What the planner gives a step. */
export interface Granted {
  readonly scratch: number;
  readonly inPlace: boolean;
  /** Values that are stored biased; absent: none. */
  readonly biased?: ReadonlySet<ValueId>;
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
  /** An input that never exists as a whole (`Value.feed`): the step runs once a row of it, in order, before the run. Its first parameter is the row. */
  readonly feeds?: ValueId;
}

export interface Planned extends Simplified {
  readonly steps: readonly Step[];
  readonly buffers: readonly Buffer[];
  readonly storage: ReadonlyMap<ValueId, Storage>;
  /** Values stored biased; all others are plain. */
  readonly biased: ReadonlySet<ValueId>;
  readonly arena: MainArena;
  /** In tightly coupled memory, for scratch; absent where everything fits there, and where the board has none. */
  readonly fast?: Arena;
}

/** What the planner gave a step. */
export function grantOf({ buffers, biased }: Pick<Planned, "buffers" | "biased">, step: Step): Granted {
  const { scratch, inPlace } = step;
  return { scratch: scratch === undefined ? 0 : buffers[scratch].bytes, inPlace, biased };
}

/** Bytes of all arenas. */
export function arenaBytes(planned: Pick<Planned, "arena" | "fast">): number {
  return arenasOf(planned).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** All arenas, the main one first; the order in which `<net>_run` takes them. */
export function arenasOf({ arena, fast }: Pick<Planned, "arena" | "fast">): readonly Arena[] {
  return fast ? [arena, fast] : [arena];
}
