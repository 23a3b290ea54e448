/** Improves an order by moving single operations, as far as the model of the pipeline sees a gain. */

import type { Dependences } from "./dependences.js";
import { enoughFor, type Judge } from "./judge.js";
import type { Operation } from "./operation.js";
import type { Order } from "./schedule.js";

/** Operations that are put through the pipeline at most, in all orders together. */
const EFFORT = 20_000;

/** How far operations are moved. */
const REACH = 40;

export function improve(
  start: Order,
  operations: readonly Operation[],
  dependences: Dependences,
  judge: Judge,
  fits: (order: readonly number[]) => boolean,
): Order {
  const enough = enoughFor(operations);
  const moves = Math.floor(EFFORT / operations.length);
  const random = generator(1);
  const order = [...start.positions];
  let cost = start.cost;
  let best = start;
  const place = new Int32Array(order.length);
  order.forEach((one, at) => (place[one] = at));
  judge.cost(order);
  let alone = judge.alone();
  for (let i = 0; i < moves && best.cost > enough && alone.length > 0; i++) {
    const hole = alone[Math.floor(random() * alone.length)];
    const from = Math.max(0, Math.min(order.length - 1, hole + Math.floor((random() - 0.5) * 2 * REACH)));
    const moved = order[from];
    let [low, high] = [0, order.length - 1];
    for (const one of dependences.before[moved]) low = Math.max(low, place[one] + 1);
    for (const one of dependences.after[moved].next) high = Math.min(high, place[one] - 1);
    const to = Math.max(
      low,
      Math.min(high, random() < 0.5 === from < hole ? hole : from < hole ? hole - 1 : hole + 1),
    );
    if (to === from) continue;
    shift(order, place, from, to);
    const next = judge.cost(order);
    if (next <= cost && fits(order)) {
      cost = next;
      alone = judge.alone();
      if (cost < best.cost) best = { positions: [...order], cost };
    } else shift(order, place, to, from);
  }
  return best;
}

/** Moves what is at one place to the other. */
function shift(order: number[], place: Int32Array, from: number, to: number): void {
  const moved = order[from];
  const step = from < to ? 1 : -1;
  for (let i = from; i !== to; i += step) {
    order[i] = order[i + step];
    place[order[i]] = i;
  }
  order[to] = moved;
  place[moved] = to;
}

/** Deterministic: a linear congruential generator, its high bits. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
