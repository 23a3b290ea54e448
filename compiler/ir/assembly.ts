/** Machine code of a scheduled block: what 5-lower/machine makes of the loop IR, and 6-emit prints as one asm statement. */

import type { Expr, Pointer, Variable } from "./expression.js";

/** An operand of the asm statement; its name is `%[name]` in the lines. */
export type Operand =
  /**
   * A value or pointer from outside: in a register, or in memory where the code only copies it. `written`: "+&r" or "+m", "=&r"
   * or "=m" where its value on entry is not `read`.
   */
  | {
      readonly kind: "outer";
      readonly name: string;
      readonly of: Variable | Pointer;
      readonly place: "register" | "memory";
      readonly written: boolean;
      readonly read: boolean;
    }
  /** A register of the block's own; `=&r`. */
  | { readonly kind: "temporary"; readonly name: string }
  /** A value on entry that the code counts down, keeps or uses up: the turns of a loop, a large constant, a pointer. */
  | {
      readonly kind: "value";
      readonly name: string;
      readonly value: Expr | Pointer;
      readonly place: "register" | "memory";
      readonly written: boolean;
    };

/** Cycles of the code, for the prediction. */
export type Timing =
  | { readonly kind: "straight"; readonly cycles: number }
  /** `turns` evaluates outside of the block. `exit`: misprediction at the end, once an execution of the loop. */
  | {
      readonly kind: "loop";
      readonly turns: Expr;
      readonly body: readonly Timing[];
      readonly exit: number;
    };

export interface Assembly {
  readonly operands: readonly Operand[];
  /** Instructions, labels (numeric local ones, `1:`) and directives, in order. */
  readonly lines: readonly string[];
  /** One line for the reader: cycles and slots of the schedule. */
  readonly comment: string;
  readonly timing: readonly Timing[];
  /** Of machine code. */
  readonly bytes: number;
}
