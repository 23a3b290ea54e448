/**
 * What the runtime's inline functions become: a chain of instructions, each taking the result of the one before, and others
 * beside it. What takes long or loops is a number of cycles.
 */

import type { Expr } from "../../ir/loop.js";
import { Constant } from "../../ir/loop.js";
import { shapes } from "./sketch.js";

type ShapeName = keyof typeof shapes;

export interface Recipe {
  /** One after the other; the first takes the arguments. */
  readonly chain: readonly ShapeName[];
}

type Args = readonly (Expr | undefined)[];

const constantOf = (value: Expr | undefined): number | undefined =>
  value instanceof Constant ? value.value : undefined;

/** 64 bits: value + its sign + a constant, shifted back to 32. */
const roundedShift: readonly ShapeName[] = ["shift", "alu", "alu", "alu", "alu", "shift", "shifted"];
const roundedShiftBy: readonly ShapeName[] = [
  ...["alu", "alu", "shift", "shift", "logical", "shift", "shift", "alu", "alu"],
  ...["shift", "alu", "alu", "alu", "shift", "shift", "shift", "logical", "logical"],
] as ShapeName[];
/** 64 bits: the product + 2^30, shifted right by 31. */
const doubledHigh: readonly ShapeName[] = ["times", "alu", "alu", "shift", "shifted"];

const shiftBy = (shift: number | undefined): readonly ShapeName[] =>
  shift === 0 ? [] : shift === undefined ? ["compare", "branch", ...roundedShiftBy] : roundedShift;

const recipes: Readonly<Record<string, (args: Args) => readonly ShapeName[]>> = {
  mcu_requantize_right: ([, , shift]) =>
    shift instanceof Constant
      ? ["shift", "times", "shifted", "alu", "shift"]
      : ["shift", "times", "shifted", "alu", "shift", "alu", "shift"],
  mcu_requantize([, , shift]) {
    const by = constantOf(shift);
    const left: readonly ShapeName[] =
      by === undefined ? ["logical", "shift", "alu"] : by > 0 ? ["shift"] : [];
    return [...left, ...doubledHigh, ...shiftBy(by === undefined ? undefined : Math.max(0, -by))];
  },
  mcu_requantize_once: ([, , shift]) =>
    shift instanceof Constant
      ? ["alu", "accumulate", "shift", "shifted"]
      : ["alu", "alu", "shift", "accumulate", "shift", "shift", "shift", "logical", "logical"],
  mcu_srdhm: () => ["compare", "branch", ...doubledHigh],
  mcu_rounding_shift_right: ([, shift]) => shiftBy(constantOf(shift)),
  mcu_min: () => ["compare", "then", "predicated"],
  mcu_max: ([, other]) => (constantOf(other) === 0 ? ["logical"] : ["compare", "then", "predicated"]),
  mcu_clz: () => ["alu"],
  mcu_ssat16: () => ["saturate"],
  mcu_low16: () => ["alu"],
  mcu_high16: () => ["shift"],
};

/** Undefined: `Instruction.cycles` says it. */
export function recipeOf(name: string, args: Args): readonly ShapeName[] | undefined {
  return recipes[name]?.(args);
}
