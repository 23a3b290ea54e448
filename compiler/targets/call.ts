import { Address, Call, int, type Expr } from "../ir/loop.js";
import type { Instruction } from "./instruction.js";

/** Applies an instruction in a loop IR expression. */
export function call(instruction: Instruction, ...args: (Expr | Address | number)[]): Expr {
  if (args.length !== instruction.parameters.length) {
    throw new Error(
      `${instruction.name} takes ${instruction.parameters.length} arguments, got ${args.length}`,
    );
  }
  return new Call(
    instruction,
    args.map((one) => (typeof one === "number" ? int(one) : one)),
  );
}
