/** An instruction is one object: its C, its meaning in JavaScript, and what it costs. */

import type { Element, Scalar } from "../ir/loop.js";

/** A pointer parameter reads or writes memory of that element type. */
export type ParameterType = Scalar | { readonly pointer: Element; readonly writable?: boolean };

/** The emulated memory: one address space, addresses in bytes. */
export interface Memory {
  readonly int8: Int8Array;
  readonly view: DataView;
}

/**
 * How an instruction goes through the Cortex-M7's pipeline; latencies and pairing of each are in 5-lower/machine/pipes.ts.
 * multiply-accumulate: the last operand is added, and needed late. extend, parallel: DSP instructions, older slot only.
 * extend-add: SXTAB16 and its like. saturate: SSAT, USAT. pack: PKHBT, PKHTB. alu: late or early. shift: LSL, ASR.
 */
export type Pipe =
  | "multiply-accumulate"
  | "multiply"
  | "extend"
  | "extend-add"
  | "parallel"
  | "saturate"
  | "pack"
  | "alu"
  | "alu-shifted"
  | "shift"
  | "load-word"
  | "load-part"
  | "store";

/** The single machine instruction that an `Instruction` is. */
export interface Machine {
  /** GNU assembly, `%0` the result (none for stores), then the parameters: "smlad %0, %1, %2, %3". Addresses print as `[rn, #offset]`. */
  readonly text: string;
  readonly pipe: Pipe;
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
  /** Set where it is one instruction, so that scheduled code may use it. */
  readonly machine?: Machine;
  /** Index of the argument that counts elements, for functions such as fill and copy whose cost grows with it. */
  readonly perElement?: number;
}
