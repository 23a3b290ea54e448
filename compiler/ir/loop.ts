/**
 * Loop IR: what kernels generate. Small and typed: loops, loads, stores, int32 expressions, instructions. It has several
 * readers: C (6-emit/c.ts), JavaScript (run/javascript.ts) and cycles (5-lower/cost.ts).
 *
 * All integer arithmetic is int32; kernels prove that it does not overflow. Packed words (four int8, two int16) are int32.
 */

import type { Instruction } from "../targets/instruction.js";
import type { Assembly } from "./assembly.js";
import type { Address, Element, Expr, Pointer, Variable } from "./expression.js";

export * from "./expression.js";
export { Block } from "./block.js";

export type Statement =
  | {
      readonly kind: "for";
      readonly variable: Variable;
      readonly from: Expr;
      readonly to: Expr;
      readonly step: number;
      readonly body: readonly Statement[];
    }
  | { readonly kind: "declare"; readonly variable: Variable; readonly value: Expr; readonly mutable: boolean }
  | { readonly kind: "point"; readonly pointer: Pointer; readonly to: Address; readonly mutable: boolean }
  | { readonly kind: "assign"; readonly variable: Variable; readonly value: Expr }
  | { readonly kind: "advance"; readonly pointer: Pointer; readonly by: Expr }
  /** `pointer = address` */
  | { readonly kind: "repoint"; readonly pointer: Pointer; readonly to: Address }
  | { readonly kind: "store"; readonly pointer: Pointer; readonly index: Expr; readonly value: Expr }
  | { readonly kind: "call"; readonly instruction: Instruction; readonly args: readonly (Expr | Address)[] }
  | {
      readonly kind: "if";
      readonly condition: Expr;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** A block of its own: names declared inside are not seen outside. */
  | { readonly kind: "scope"; readonly body: readonly Statement[] }
  /**
   * Hot code, restricted to what single machine instructions do (5-lower/machine/select.ts), so that it prints as one asm
   * statement with a schedule of ours as well as in C. A scope of its own. `assembly`: set by 5-lower.
   */
  | { readonly kind: "scheduled"; readonly body: readonly Statement[]; readonly assembly?: Assembly }
  | { readonly kind: "comment"; readonly text: string };

/** A constant array of the network's weights file; `name` is unique within the function. */
export interface ConstantArray {
  readonly name: string;
  readonly element: Element;
  readonly data: ArrayLike<number>;
  /** Bytes; at least the element's size. Kernels that load words ask for 4. */
  readonly align: number;
}

/** A generated function. Parameters in the order: inputs that are not constant, outputs, state, scratch (if any). */
export interface KernelFunction {
  readonly parameters: readonly Pointer[];
  readonly constants: readonly ConstantArray[];
  readonly body: readonly Statement[];
  /** Ranges and pre-conditions, printed above the function: one line each. */
  readonly notes: readonly string[];
  /** Byte offsets into the scratch of the last parameters, where they are several; default: one, at its start. */
  readonly scratch?: readonly number[];
  /** What lies where in the scratch, for the report; absent: one piece. */
  readonly parts?: readonly ScratchPart[];
  /**
   * Parameters whose memory may overlap, the result's with that of what is read: accesses keep their order. Where it is given, the
   * scratch parameters take each other's place as well, but never while one statement uses both.
   */
  readonly overlapping?: readonly Pointer[];
  /** Of a function that is called once a row: what all its calls do, as one; for its price. */
  readonly whole?: { readonly code: KernelFunction; readonly calls: number };
}

/** A piece of a step's scratch. */
export interface ScratchPart {
  /** The layer whose result or work it holds. */
  readonly name: string;
  /** ring: rows of int8, the oldest overwritten; lines: int16 that move up; rows: rows at hand; work: a kernel's own. */
  readonly kind: "ring" | "lines" | "rows" | "work";
  readonly offset: number;
  readonly bytes: number;
  /** Rows of the tensor that fit. */
  readonly rows?: number;
}
