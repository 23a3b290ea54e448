/**
 * Puts the operations of every stretch in an order that fills the pipeline: the kernel's own and several list schedules are
 * compared by the model of the pipeline, the best one is improved by moving single operations.
 */

import { dependencesOf, rebased, settled, type Dependences } from "./dependences.js";
import type { Emitter } from "./emitter.js";
import { improve } from "./improve.js";
import { Judge, enoughFor, type Setting } from "./judge.js";
import { listOrder } from "./list.js";
import { livenessOf, registersIn, type Liveness } from "./liveness.js";
import type { Code, Operation, Register } from "./operation.js";
import { structureOf } from "./structure.js";
import { Values, pressureOf, type Surroundings } from "./pressure.js";
import { REGISTERS, outlast, pinned } from "./registers.js";
import { Urgencies, type Urgency } from "./urgency.js";

const far = Number.MAX_SAFE_INTEGER;
/** Good ones for straight code, where pressure is high, and near the kernel's order. */
const urgencies: readonly Urgency[] = [
  { path: 1, order: 0, multiplier: 3, window: far, spare: 1 },
  { path: 1, order: 0.05, multiplier: 3, window: far, spare: 2 },
  { path: 1, order: 0, multiplier: 3, window: far, spare: 0 },
  { path: 1, order: 0, multiplier: 3, window: 20, spare: 1 },
  { path: 0.1, order: 1, multiplier: 0, window: far, spare: 0 },
];

/** Of long stretches the start stays as the kernel has it, and so many operations at the end are scheduled: a loop's pattern, then what is done with it. */
const ENDS = [80, 66, 54, 42, 30];

function hybrids(count: number): Urgency[] {
  return ENDS.filter((end) => end < count).flatMap((end) => [
    { path: 1, order: 0, multiplier: 3, window: far, spare: 0, kept: count - end },
    { path: 1, order: 0.05, multiplier: 3, window: far, spare: 1, kept: count - end },
  ]);
}

/** Orders of the block's code, best first, the later ones with fewer registers; the last is the kernel's own. */
export function* schedule(selected: Emitter): Generator<readonly Code[]> {
  const { code } = selected;
  const live = livenessOf(code, outlast(selected), selected.registers.length);
  for (const limit of [REGISTERS, REGISTERS - 1]) {
    yield new Scheduler(live, pinned(selected), selected.registers, limit).code(code);
  }
  yield code;
}

class Scheduler {
  /** Place of the next operation in the block. */
  #at = 0;

  constructor(
    private readonly live: Liveness,
    private readonly pinned: ReadonlySet<Register>,
    private readonly registers: readonly Register[],
    private readonly limit: number,
  ) {}

  code(code: readonly Code[], inLoop = false): readonly Code[] {
    return code.map((one): Code => {
      if (one.kind === "loop") return { ...one, body: this.code(one.body, true) };
      const { operations } = one;
      const setting = inLoop && code.length === 1 ? "loop" : "once";
      const before = this.#alive();
      this.#at += operations.length;
      const surroundings = { before, after: this.#alive(), pinned: this.pinned };
      return { kind: "straight", operations: this.#stretch(operations, surroundings, setting) };
    });
  }

  #alive(): Set<Register> {
    return registersIn(this.live.before[this.#at], this.registers);
  }

  #stretch(
    operations: readonly Operation[],
    surroundings: Surroundings,
    setting: Setting,
  ): readonly Operation[] {
    if (operations.length < 3) return operations;
    const plain = rebased(operations);
    const dependences = dependencesOf(plain);
    const key = `${this.limit}|${structureOf(plain, dependences, surroundings, setting)}`;
    let positions = known.get(key);
    if (!positions) {
      const judge = new Judge(plain, this.registers.length, setting);
      positions = bestOrder(plain, dependences, new Values(plain, surroundings), judge, this.limit);
      known.set(key, positions);
    }
    return settled(positions.map((i) => plain[i]));
  }
}

export interface Order {
  readonly positions: readonly number[];
  readonly cost: number;
}

/** Orders of stretches seen before: layers differ in offsets and counts more than in structure. */
const known = new Map<string, readonly number[]>();

function bestOrder(
  operations: readonly Operation[],
  dependences: Dependences,
  values: Values,
  judge: Judge,
  limit: number,
): readonly number[] {
  const own = operations.map((_, i) => i);
  const most = Math.max(limit, pressureOf(own, values));
  const fits = (order: readonly number[]): boolean => pressureOf(order, values) <= most;
  const judged = (positions: readonly number[]): Order => ({ positions, cost: judge.cost(positions) });
  let best = judged(own);
  const enough = enoughFor(operations);
  if (best.cost <= enough) return own;
  const ranked = new Urgencies(dependences);
  for (const urgency of [...urgencies, ...hybrids(operations.length)]) {
    if (best.cost <= enough) break;
    const positions = listOrder(operations, dependences, ranked, urgency, values, limit);
    const order = judged(positions);
    if (order.cost < best.cost && fits(positions)) best = order;
  }
  return improve(best, operations, dependences, judge, fits).positions;
}
