/** The Pareto front of memory and time. */

import { generate } from "../5-lower/generate.js";
import type { Simplified } from "../ir/graph.js";
import { grantOf, type Planned } from "../ir/plan.js";
import { arrange } from "./arrange.js";
import { fastest, type Path } from "./choose.js";
import type { Search } from "./search.js";

/** What two points of the front differ in at least, of their bytes. */
const LEAST_STEP = 0.002;

/** Fastest first: every path needs less memory and more cycles than the one before, and none more than `most` bytes. */
export function frontOf({ byEnd }: Pick<Search, "byEnd">, allowance: number, most = Infinity): Path[] {
  const front: Path[] = [];
  let atMost = most;
  for (;;) {
    const path = fastest(byEnd, allowance, atMost);
    // A network without layers needs nothing, whatever it may have.
    if (!path || path.bytes > atMost) return front;
    while (front.length > 0 && front[front.length - 1].cycles >= path.cycles) front.pop();
    front.push(path);
    atMost = path.bytes - Math.max(1, Math.floor(LEAST_STEP * path.bytes));
  }
}

export function arrangePath(net: Simplified, { candidates }: Path): Planned {
  return arrange(
    net,
    candidates.map((one) => one.unit()),
  );
}

/** Predicted from the code, of the core. */
export function cyclesOf(planned: Planned): number {
  return planned.steps.reduce(
    (sum, step) => sum + generate(step.kernel, grantOf(planned, step)).coreCycles,
    0,
  );
}
