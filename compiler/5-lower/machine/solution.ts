/** What blocks of one structure have in common once one of them is machine code. */

import type { Assembly, Operand, Timing } from "../../ir/assembly.js";
import type { Expr } from "../../ir/loop.js";
import { describe } from "./describe.js";
import type { Emitter, Thrift } from "./emitter.js";
import { operationsOf, type Code } from "./operation.js";
import type { Assignment } from "./registers.js";
import { timingOf } from "./timing.js";

export interface Solution {
  readonly thrift: Thrift;
  /** Indices of registers that are operands of their own. */
  readonly temporaries: readonly number[];
  /** Indices of operands whose values on entry nobody reads. */
  readonly unread: ReadonlySet<number>;
  /** Its loops turn as often as those of the first block. */
  readonly timing: readonly Timing[];
  readonly comment: string;
  readonly bytes: number;
}

interface Solved {
  readonly thrift: Thrift;
  readonly selected: Emitter;
  readonly code: readonly Code[];
  readonly assignment: Assignment;
}

export function solutionOf({ thrift, selected, code, assignment }: Solved): Solution {
  const timing = timingOf(code, selected.registers.length);
  const unread = [...selected.operands.keys()].filter((i) => assignment.unread.has(selected.operands[i]));
  return {
    thrift,
    temporaries: assignment.temporaries.map(({ index }) => index),
    unread: new Set(unread),
    timing,
    comment: describe(code, timing),
    bytes: 4 * operationsOf(code).length,
  };
}

/** The solution for a block as it was selected. @param lines prints it: most candidates of a layer's kernels never are */
export function assemblyOf(solution: Solution, selected: Emitter, lines: () => readonly string[]): Assembly {
  const { temporaries, unread, timing, comment, bytes } = solution;
  const operands = selected.operands.map((one, i): Operand => {
    return one.kind === "outer" && unread.has(i) ? { ...one, read: false } : one;
  });
  for (const index of temporaries) operands.push({ kind: "temporary", name: selected.registers[index].name });
  return {
    operands,
    get lines() {
      return lines();
    },
    comment,
    timing: withTurns(timing, turnsIn(selected.code)),
    bytes,
  };
}

/** Of the loops, from the first line to the last. */
const turnsIn = (code: readonly Code[]): Expr[] =>
  code.flatMap((one) => (one.kind === "loop" ? [one.turns, ...turnsIn(one.body)] : []));

/** @param turns of its loops, which are taken from it */
function withTurns(timing: readonly Timing[], turns: Expr[]): Timing[] {
  return timing.map((one) => {
    if (one.kind === "straight") return one;
    const own = turns.shift()!;
    return { ...one, turns: own, body: withTurns(one.body, turns) };
  });
}
