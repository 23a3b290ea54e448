/** Which registers hold a value that is still needed, before each operation of a block. */

import { add, bitsFor, has, members, type Bits } from "./bits.js";
import type { Code, Operation, Register } from "./operation.js";

export interface Liveness {
  readonly operations: readonly Operation[];
  /** Before each operation, by the registers' index; one more for the end. */
  readonly before: readonly Bits[];
}

/** @param atEnd needed after the block; @param registers how many there are */
export function livenessOf(code: readonly Code[], atEnd: Iterable<Register>, registers: number): Liveness {
  const operations: Operation[] = [];
  /** Start of the loop that the branch at that place ends. */
  const backTo = new Map<number, number>();
  flatten(code, operations, backTo);
  const before = Array.from({ length: operations.length + 1 }, () => bitsFor(registers));
  for (const { index } of atEnd) add(before[operations.length], index);
  let grew = true;
  while (grew) {
    grew = false;
    for (let i = operations.length - 1; i >= 0; i--) {
      const start = backTo.get(i);
      if (extend(before[i], operations[i], before[i + 1], start === undefined ? undefined : before[start]))
        grew = true;
    }
    if (backTo.size === 0) break;
  }
  return { operations, before };
}

/** Adds what is needed before an operation. @returns whether that was more than was known */
function extend(live: Bits, { result, sources }: Operation, after: Bits, again?: Bits): boolean {
  let grew = false;
  const written = result ? result.index >> 5 : -1;
  for (let word = 0; word < live.length; word++) {
    let bits = after[word];
    if (word === written) bits &= ~(1 << (result!.index & 31));
    if (again) bits |= again[word];
    bits = (bits | live[word]) >>> 0;
    if (bits === live[word]) continue;
    live[word] = bits;
    grew = true;
  }
  for (const { index } of sources) {
    if (has(live, index)) continue;
    add(live, index);
    grew = true;
  }
  return grew;
}

export const registersIn = (bits: Bits, all: readonly Register[]): Set<Register> =>
  new Set(members(bits).map((index) => all[index]));

function flatten(code: readonly Code[], operations: Operation[], backTo: Map<number, number>): void {
  for (const one of code) {
    if (one.kind === "straight") operations.push(...one.operations);
    else {
      const start = operations.length;
      flatten(one.body, operations, backTo);
      backTo.set(operations.length - 1, start);
    }
  }
}
