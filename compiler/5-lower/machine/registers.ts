/**
 * Registers of a block, after its operations are in order: values that are never alive together share one. The assembler's
 * operands are the result; which machine register each of them is, the C compiler decides.
 */

import type { Operand } from "../../ir/assembly.js";
import type { Code, Register } from "./operation.js";
import { add, addAll, bitsFor, has, meet, members, type Bits } from "./bits.js";
import { livenessOf, registersIn, type Liveness } from "./liveness.js";

/** r0 to r12 and lr. */
export const REGISTERS = 14;

export interface Assignment {
  /** Name of the operand that each register is in. */
  readonly nameOf: ReadonlyMap<Register, string>;
  /** Registers, each standing for an operand of its name. */
  readonly temporaries: readonly Register[];
  /** Operands whose values on entry nobody reads. */
  readonly unread: ReadonlySet<Operand>;
}

export interface Outer {
  readonly operands: readonly Operand[];
  readonly registerOf: ReadonlyMap<Operand, Register>;
  /** By their index. */
  readonly registers: readonly Register[];
}

/** An operand and the places where it is taken: gaps between operations, 0 before the first. */
interface Home {
  readonly register: Register;
  readonly taken: Bits;
}

/** Registers whose values the code outside sees. */
export function outlast({ registerOf }: Outer): Register[] {
  return [...registerOf].flatMap(([operand, register]) =>
    operand.kind === "outer" && operand.written ? [register] : [],
  );
}

/** Registers that are not the block's to change. */
export function pinned({ registerOf }: Outer): ReadonlySet<Register> {
  const unwritten = [...registerOf].filter(([operand]) => operand.kind !== "temporary" && !operand.written);
  return new Set(unwritten.map(([, register]) => register));
}

/** undefined: more than `REGISTERS` are needed. */
export function assign(code: readonly Code[], outer: Outer): Assignment | undefined {
  const live = livenessOf(code, outlast(outer), outer.registers.length);
  const first = allocate(live, outer, false);
  if (first.temporaries.length + outer.registerOf.size <= REGISTERS) return first;
  const second = allocate(live, outer, true);
  return second.temporaries.length + outer.registerOf.size <= REGISTERS ? second : undefined;
}

function allocate(live: Liveness, outer: Outer, longestFirst: boolean): Assignment {
  const ranges = rangesOf(live, outer.registers.length);
  const homes: Home[] = [];
  const nameOf = new Map<Register, string>();
  const unread = new Set<Operand>();
  for (const [operand, register] of outer.registerOf) {
    const isWritten = operand.kind !== "temporary" && operand.written;
    const taken = isWritten ? ranges[register.index] : bitsFor(live.before.length).fill(-1);
    homes.push({ register, taken });
    nameOf.set(register, operand.name);
    if (isWritten && !has(live.before[0], register.index)) unread.add(operand);
  }
  const outside = homes.length;
  for (const register of inOrder(live, outer.registers, ranges, longestFirst)) {
    if (nameOf.has(register)) continue;
    const range = ranges[register.index];
    let home = homes.find(({ taken }) => !meet(range, taken));
    if (home) addAll(home.taken, range);
    else homes.push((home = { register, taken: range.slice() }));
    nameOf.set(register, home.register.name);
  }
  return { nameOf, temporaries: homes.slice(outside).map(({ register }) => register), unread };
}

/** Where each register is taken: where it is alive, and behind the operation that writes it. */
function rangesOf({ operations, before }: Liveness, registers: number): Bits[] {
  const ranges = Array.from({ length: registers }, () => bitsFor(before.length));
  before.forEach((live, at) => members(live).forEach((index) => add(ranges[index], at)));
  operations.forEach(({ result }, at) => result && add(ranges[result.index], at + 1));
  return ranges;
}

function inOrder(
  { operations, before }: Liveness,
  registers: readonly Register[],
  ranges: readonly Bits[],
  longestFirst: boolean,
): Iterable<Register> {
  const results = operations.flatMap(({ result }) => result ?? []);
  const seen = new Set([...registersIn(before[0], registers), ...results]);
  if (!longestFirst) return seen;
  const lengths = new Map([...seen].map((one) => [one, members(ranges[one.index]).length]));
  return [...seen].sort((a, b) => lengths.get(b)! - lengths.get(a)!);
}

/** What is alive where most is: for the message when it does not fit. */
export function crowded(code: readonly Code[], outer: Outer): string {
  const { operations, before } = livenessOf(code, outer.registerOf.values(), outer.registers.length);
  const sizes = before.map((live) => members(live).length);
  const worst = sizes.indexOf(Math.max(...sizes));
  const names = [...registersIn(before[worst], outer.registers)].map(({ name }) => name).join(", ");
  const { text } = operations[Math.min(worst, operations.length - 1)];
  return `${sizes[worst]} values are alive before "${text}": ${names}`;
}
