/** What the commands are given, after commander has parsed it. */

import type { EdgeOptions } from "../edges.js";
import type { MemoryName } from "../run/memories.js";

export const stages = ["1-read", "2-check", "3-simplify", "4-plan", "5-lower", "6-emit", "7-report"] as const;
export type Stage = (typeof stages)[number];

/** Options of every command. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** Options of every command that takes a model. */
export interface ModelOptions extends OutputOptions, EdgeOptions {
  readonly board?: string;
  readonly linkerScript?: string;
  /** In place of the network's own. */
  readonly limits?: string;
  readonly prefer?: "speed" | "memory" | "balance";
}

export interface CheckOptions extends ModelOptions {
  readonly show?: Stage;
  /** Prints the front of memory and time instead. */
  readonly pareto?: boolean;
}

/** Options of commands that emit C. */
export interface EmitOptions {
  /** Scheduled asm beside the C of hot loops. */
  readonly asm: boolean;
}

export interface BuildOptions extends CheckOptions, EmitOptions {
  /** Folder. */
  readonly output: string;
}

export interface ImportOptions extends OutputOptions, EdgeOptions {
  readonly output: string;
  /** Replace a net.ts that is there already. */
  readonly force?: boolean;
}

export interface ExportOptions extends OutputOptions {
  readonly to: "pytorch";
  readonly output: string;
  /** Replace files that are there already and differ. */
  readonly force?: boolean;
}

export const targets = ["host", "native", "emulator"] as const;
export type Target = (typeof targets)[number];

export interface RunOptions extends ModelOptions, EmitOptions {
  readonly on: Target;
  /** `x.npy` or `name=x.npy`, as often as there are inputs. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly float?: boolean;
  readonly labels?: string;
  /** Only the first so many. */
  readonly cases?: number;
  /** Networks with state start anew with every case. */
  readonly resetEachCase?: boolean;
}

export interface ProfileOptions extends ModelOptions, EmitOptions {
  readonly input: readonly string[];
  /** Default: the one that is most like the board's. */
  readonly memory?: MemoryName;
}
