/** Machine operations over virtual registers: what select.ts makes of scheduled statements. */

import type { Expr } from "../../ir/loop.js";
import type { Kind, Use } from "./pipes.js";

/** A value that needs a register; registers.ts gives it one. It may be written several times. */
export interface Register {
  /** 0, 1, 2 ... within a block. */
  readonly index: number;
  readonly name: string;
}

/** Memory that a load or store touches. */
export interface Access {
  readonly kind: "load" | "store";
  /** Undefined: an operand in memory, which is alone in its class. */
  readonly base?: Register;
  /** From the base, bytes; undefined with an index register. */
  readonly offset?: number;
  readonly bytes: number;
  /** Accesses of different classes never overlap. */
  readonly aliases: number;
}

export interface Operation {
  /** `%0` the result, `%1`, `%2` ... the sources; `%[name]` an operand in memory; `%o` the offset of the access. */
  readonly text: string;
  readonly result?: Register;
  readonly sources: readonly Register[];
  /** How each source is taken. */
  readonly uses: readonly Use[];
  /** How the result becomes available. */
  readonly kind: Kind;
  /** Bits of `Trait`. */
  readonly traits: number;
  readonly access?: Access;
  /** The result is the first source plus so many: pointers that move on. */
  readonly plus?: number;
}

export interface Stretch {
  readonly kind: "straight";
  readonly operations: readonly Operation[];
}

/** Ends with its branch, the last operation of the last stretch of its body. */
export interface Loop {
  readonly kind: "loop";
  /** Of the assembler, unique within the block. */
  readonly label: number;
  /** At least one; evaluates outside of the block. */
  readonly turns: Expr;
  readonly body: readonly Code[];
}

export type Code = Stretch | Loop;

/** The operations in the order of the text. */
export function operationsOf(code: readonly Code[]): Operation[] {
  return code.flatMap((one) => (one.kind === "straight" ? one.operations : operationsOf(one.body)));
}
