/** An instruction is one object: its C, its meaning in JavaScript, and what it costs. */

import type { Element, Scalar } from "../ir/loop.js";

/** A pointer parameter reads or writes memory of that element type. */
export type ParameterType = Scalar | { readonly pointer: Element; readonly writable?: boolean };

/** The emulated memory: one address space, addresses in bytes. */
export interface Memory {
  readonly int8: Int8Array;
  readonly view: DataView;
}

export interface Instruction {
  /** The function of runtime-c/tsc_mcu.h or what it includes: `mcu_smlad`. */
  readonly name: string;
  readonly parameters: readonly ParameterType[];
  /** undefined: no result. */
  readonly result?: Scalar;
  /**
   * Its meaning, exact to the bit; pointers are byte addresses. Called as `meaning(memory)(…args)`: the memory is bound once.
   */
  readonly meaning: (memory: Memory) => (...args: number[]) => number | void;
  /** Cycles of issue on the Cortex-M7, dual issue averaged in; of a runtime function, the whole call, or per element with `perElement`. */
  readonly cycles: number;
  /** Machine instructions it stands for. */
  readonly instructions: number;
  /** Index of the argument that counts elements, for functions such as fill and copy whose cost grows with it. */
  readonly perElement?: number;
}
