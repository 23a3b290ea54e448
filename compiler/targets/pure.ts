/** Instructions that only compute: int32 to int32. */

import type { Instruction, ParameterType, Pipe } from "./instruction.js";

type Meaning = (...args: number[]) => number;

/** An instruction without side effects on int32 values. */
export function pure(
  name: string,
  arity: number,
  cycles: number,
  meaning: Meaning,
  instructions = 1,
): Instruction {
  return {
    name,
    parameters: Array<ParameterType>(arity).fill("int32"),
    result: "int32",
    meaning: () => meaning,
    cycles,
    instructions,
  };
}

/** One that a single machine instruction computes: `text` as in `Machine`. */
export function single(name: string, arity: number, text: string, pipe: Pipe, meaning: Meaning): Instruction {
  const cycles = pipe === "multiply-accumulate" || pipe === "multiply" ? 1 : 0.5;
  return { ...pure(name, arity, cycles, meaning), machine: { text, pipe } };
}

/** Signed 32 x 32 -> 64, the high word; exact in doubles by splitting `b` into halves. */
export function highWord(a: number, b: number, addend: number): number {
  const bottom = b & 0xffff;
  const top = b >> 16;
  // a * b = a * top * 2^16 + a * bottom; each partial product is below 2^48.
  const low48 = a * bottom + addend;
  return Math.floor((a * top + Math.floor(low48 / 65536)) / 65536) | 0;
}
