/** A schedule in words: a line for the generated code, and a listing for who writes kernels. */

import { Constant } from "../../ir/loop.js";
import type { Timing } from "../../ir/assembly.js";
import { operationsOf, type Code, type Operation } from "./operation.js";
import { issueCycles, straightCycles } from "./timing.js";

/** `12 cycles a turn, 22 of 24 slots` */
export function describe(code: readonly Code[], timing: readonly Timing[]): string {
  const loops = innermost(timing);
  const bodies = innermostBodies(code);
  if (loops.length === 0) {
    const operations = operationsOf(code);
    return slots(straightCycles(timing), operations.length, "");
  }
  const turns = loops.map((cycles, i) => slots(cycles, bodies[i], " a turn"));
  const around = straightCycles(timing);
  return `${turns.join("; ")}${around > 0 ? `; ${around} cycles around` : ""}`;
}

const slots = (cycles: number, operations: number, each: string): string =>
  `${cycles} cycles${each}, ${operations} of ${2 * cycles} slots`;

function innermost(timing: readonly Timing[]): number[] {
  return timing.flatMap((one) => {
    if (one.kind === "straight") return [];
    const inner = innermost(one.body);
    return inner.length > 0 ? inner : [straightCycles(one.body)];
  });
}

function innermostBodies(code: readonly Code[]): number[] {
  return code.flatMap((one) => {
    if (one.kind === "straight") return [];
    const inner = innermostBodies(one.body);
    return inner.length > 0 ? inner : [operationsOf(one.body).length];
  });
}

/** Every operation with its cycle; two of a cycle on one line. Loops from an empty pipeline. */
export function listing(
  code: readonly Code[],
  registers: number,
  lineOf: (operation: Operation) => string,
): string {
  return code
    .map((one) => {
      if (one.kind === "loop") {
        const turns = one.turns instanceof Constant ? ` (${one.turns.value} turns)` : "";
        return `${one.label}:${turns}\n${listing(one.body, registers, lineOf)}`;
      }
      const cycles = issueCycles(one.operations, registers);
      return one.operations
        .map((operation, i) => {
          const isYounger = i > 0 && cycles[i] === cycles[i - 1];
          return isYounger
            ? `      | ${lineOf(operation)}\n`
            : `${String(cycles[i]).padStart(5)} ${lineOf(operation)}\n`;
        })
        .join("");
    })
    .join("");
}
