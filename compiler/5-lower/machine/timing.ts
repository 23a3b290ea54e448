/** Cycles of a block's code in its order: the prediction of the latency, and what schedules are judged by. */

import type { Timing } from "../../ir/assembly.js";
import type { Code, Loop, Operation } from "./operation.js";
import { Pipeline } from "./pipeline.js";
import { mispredicted } from "./pipes.js";

/** Turns until a loop has found its steady state; it normally takes two. */
const MOST_TURNS = 8;

export function timingOf(code: readonly Code[], registers: number): Timing[] {
  const pipeline = new Pipeline(registers);
  const timing = run(code, pipeline);
  return pipeline.halfOpen ? [...timing, { kind: "straight", cycles: 1 }] : timing;
}

function run(code: readonly Code[], pipeline: Pipeline): Timing[] {
  return code.flatMap((one): Timing[] => {
    if (one.kind === "loop") return runLoop(one, pipeline);
    const start = pipeline.closed;
    one.operations.forEach((operation) => pipeline.issue(operation));
    return [{ kind: "straight", cycles: pipeline.closed - start }];
  });
}

/** The cycles of a turn in the steady state; what the first turns take more or less is counted once. */
function runLoop({ turns, body }: Loop, pipeline: Pipeline): Timing[] {
  const start = pipeline.closed;
  let state: string | undefined;
  let steady: Timing[] = [];
  let count = 0;
  let exit: number = mispredicted.late;
  while (count < MOST_TURNS && pipeline.state !== state) {
    state = pipeline.state;
    steady = run(body, pipeline);
    exit = pipeline.misprediction;
    if (pipeline.halfOpen) steady.push({ kind: "straight", cycles: 1 });
    pipeline.taken();
    count++;
  }
  const loop: Timing = { kind: "loop", turns, body: steady, exit };
  const isInnermost = body.every(({ kind }) => kind === "straight");
  const once = isInnermost ? pipeline.closed - start - count * straightCycles(steady) : 0;
  pipeline.drain();
  return once === 0 ? [loop] : [{ kind: "straight", cycles: once }, loop];
}

/** Without loops inside. */
export const straightCycles = (timing: readonly Timing[]): number =>
  timing.reduce((sum, one) => sum + (one.kind === "straight" ? one.cycles : 0), 0);

/** One operation after the other, from an empty pipeline: the cycle each one issues in. */
export function issueCycles(operations: readonly Operation[], registers: number): number[] {
  const pipeline = new Pipeline(registers);
  return operations.map((operation) => pipeline.issue(operation));
}
