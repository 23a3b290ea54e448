/** What an order of a stretch costs. */

import type { Operation } from "./operation.js";
import { Pipeline } from "./pipeline.js";
import { Trait } from "./pipes.js";

/** How a stretch is run: once, or as the whole body of a loop. */
export type Setting = "once" | "loop";

/** Turns in which a loop's steady state is found. */
const TURNS = 3;

/** Judges many orders of the same operations: as places in the kernel's own. */
export class Judge {
  readonly #pipeline: Pipeline;
  /** When each operation issued in the last turn. */
  readonly #issued: number[] = [];

  constructor(
    private readonly operations: readonly Operation[],
    registers: number,
    private readonly setting: Setting,
  ) {
    this.#pipeline = new Pipeline(registers);
  }

  /** Cycles; of a turn in the steady state. */
  cost(order: readonly number[]): number {
    const pipeline = this.#pipeline;
    pipeline.reset();
    if (this.setting === "once") return this.#run(order);
    let cycles = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const start = pipeline.closed;
      this.#run(order);
      pipeline.taken();
      const last = cycles;
      cycles = pipeline.closed - start;
      if (turn > 0 && cycles === last) break;
    }
    return cycles;
  }

  /** Positions of operations that issue alone in their cycle, in the order judged last. */
  alone(): number[] {
    const cycles = this.#issued;
    const places: number[] = [];
    for (let at = 0; at < cycles.length; at++) {
      if (cycles[at - 1] !== cycles[at] && cycles[at + 1] !== cycles[at]) places.push(at);
    }
    return places;
  }

  #run(order: readonly number[]): number {
    for (let i = 0; i < order.length; i++) this.#issued[i] = this.#pipeline.issue(this.operations[order[i]]);
    return this.#pipeline.cycles;
  }
}

/** So near the bound an order is left as it is. */
const CLOSE = 1.02;

/** Cycles that are not worth the search for fewer. */
export const enoughFor = (operations: readonly Operation[]): number => bound(operations) * CLOSE;

/** Fewer cycles than this no order takes. */
function bound(operations: readonly Operation[]): number {
  const count = (trait: number): number => operations.filter(({ traits }) => traits & trait).length;
  const { multiplier, store, shifter, olderOnly } = Trait;
  return Math.max(
    Math.ceil(operations.length / 2),
    count(multiplier),
    count(store),
    count(shifter),
    count(olderOnly),
    operations.filter(({ traits }) => traits & (multiplier | store)).length,
  );
}
