/**
 * How long a plan takes on its board: by the code of its steps, since what they wait for memory follows from that alone. In a search of
 * architectures, most steps have been there before.
 */

import { generateStep } from "../5-lower/index.js";
import { grantOf, type Planned, type Step } from "../ir/plan.js";
import type { Layers } from "./layers.js";

/** Cycles on a board, by everything that a step is; all are forgotten when there are too many. */
const known = new Map<string, number>();
const MOST_STEPS = 50_000;

/** @param layers of the planned network, of which exemplars may stand for its own */
export function secondsOf(planned: Planned, layers: Layers): number {
  const { board, steps } = planned;
  const text = JSON.stringify([board.clockHz, board.icacheBytes, board.dcacheBytes, board.regions]);
  const cycles = steps.reduce((sum, step) => sum + cyclesOf(planned, step, layers, text), 0);
  return cycles / board.clockHz;
}

function cyclesOf(planned: Planned, step: Step, layers: Layers, board: string): number {
  const key = `${identityOf(planned, step, layers)} ${board}`;
  let cycles = known.get(key);
  if (cycles === undefined) {
    if (known.size >= MOST_STEPS) known.clear();
    known.set(key, (cycles = generateStep(planned, step).cycles));
  }
  return cycles;
}

/** Its kernel, its layers and how they are connected, and where its data are. */
function identityOf(planned: Planned, step: Step, layers: Layers): string {
  const { kernel, operations, inputs, outputs, state, feeds } = step;
  const { scratch, inPlace, biased } = grantOf(planned, step);
  const memoryOf = (buffer: number | undefined) =>
    buffer === undefined ? "" : planned.buffers[buffer].memory;
  const places = [...inputs, ...outputs].map((value) => {
    const memory = value === feeds ? "fed" : memoryOf(planned.storage.get(value)?.buffer);
    return `${memory}${biased?.has(value) ? "+" : ""}`;
  });
  const wires = operations.map((one) =>
    one.inputs.map((id) => {
      const stage = operations.findIndex(({ output }) => output === id);
      return stage < 0 ? `@${inputs.indexOf(id)}` : `<${stage}`;
    }),
  );
  const numbers = operations.map((one) => layers.numberOf(one));
  const memories = [...state, step.scratch].map(memoryOf);
  return [kernel.name, scratch, inPlace, places, memories, numbers, wires].join("|");
}
