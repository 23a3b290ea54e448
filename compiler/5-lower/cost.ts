/**
 * What a function costs, from its loop IR: cycles of the Cortex-M7's core with GCC -O2 (memory as fast as the core), machine code and
 * stack. Scheduled blocks bring their own cycles; for the C around them, and for kernels that are C, the code that GCC makes is
 * sketched and issued (cost/).
 */

import type { KernelFunction } from "../ir/loop.js";
import type { Region } from "./cache/accesses.js";
import { accessesOf } from "./cache/accesses.js";
import { cyclesOf } from "./cost/issue.js";
import { spilledWords } from "./cost/registers.js";
import type { Node } from "./cost/sketch.js";
import { sketchOf } from "./cost/statements.js";
import { unalignedCycles } from "./cost/unaligned.js";

export interface Cost {
  /** Of the core, one call. */
  readonly cycles: number;
  /** Of machine code. */
  readonly bytes: number;
  /** Words of the stack that hold variables; below 0: registers that are left over. */
  readonly spilled: number;
  /** What the memory model goes by. */
  readonly nodes: readonly Node[];
  readonly accesses: Region;
}

/** Call, saved registers, return. */
export const CALL_CYCLES = 20;
const CALL_BYTES = 16;

export function costOf(code: KernelFunction): Cost {
  const { sketch, nodes } = sketchOf(code);
  const accesses = accessesOf(code);
  return {
    cycles: CALL_CYCLES + cyclesOf(nodes, sketch) + unalignedCycles(accesses),
    bytes: CALL_BYTES + bytesOf(nodes),
    spilled: spilledWords(nodes),
    nodes,
    accesses,
  };
}

function bytesOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, one) => {
    if (one.kind === "loop") return sum + bytesOf(one.body);
    if (one.kind === "branch") return sum + bytesOf(one.then) + bytesOf(one.otherwise);
    return sum + one.bytes;
  }, 0);
}
