/** Cycles of a sketch: its stretches ordered as GCC's list scheduler does, and issued by the model of the pipeline. */

import type { Operation } from "../machine/operation.js";
import { Pipeline } from "../machine/pipeline.js";
import { Trait, latency, mispredicted } from "../machine/pipes.js";
import type { Node, Sketch } from "./sketch.js";

/** Turns in which a loop finds its steady state. */
const TURNS = 3;
/** Operations that the scheduler looks at once. */
const WINDOW = 48;

export function cyclesOf(nodes: readonly Node[], sketch: Sketch): number {
  return new Clock(new Pipeline(sketch.registers)).nodes(nodes);
}

class Clock {
  constructor(private readonly pipeline: Pipeline) {}

  nodes(nodes: readonly Node[]): number {
    let cycles = 0;
    let stretch: Operation[] = [];
    const flush = () => {
      cycles += this.#stretch(stretch);
      stretch = [];
    };
    for (const one of nodes) {
      if (one.kind === "operation") {
        stretch.push(one.operation);
        if (one.operation.traits & Trait.branch) flush();
        continue;
      }
      flush();
      if (one.kind === "fixed") cycles += one.cycles;
      else if (one.kind === "loop") cycles += this.#loop(one);
      else {
        const { share, missed, then, otherwise } = one;
        cycles += share * this.nodes(then) + (1 - share) * this.nodes(otherwise);
        cycles += missed * mispredicted.late;
      }
    }
    flush();
    return cycles;
  }

  #loop({ turns, body }: Extract<Node, { kind: "loop" }>): number {
    const inner = body.every((one) => one.kind === "operation");
    const each = inner
      ? this.#steady(body.map((one) => (one as { operation: Operation }).operation))
      : this.nodes(body);
    // A single turn is predicted after the first time; a loop that is entered seldom is skipped otherwise.
    const exits = turns > 1 ? 1 : 0;
    return turns * each + exits * mispredicted.late;
  }

  #stretch(operations: readonly Operation[]): number {
    if (operations.length === 0) return 0;
    this.pipeline.drain();
    const start = this.pipeline.closed;
    for (const one of ordered(operations)) this.pipeline.issue(one);
    return this.pipeline.cycles - start;
  }

  #steady(operations: readonly Operation[]): number {
    const order = ordered(operations);
    this.pipeline.drain();
    let cycles = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const start = this.pipeline.closed;
      for (const one of order) this.pipeline.issue(one);
      this.pipeline.taken();
      cycles = this.pipeline.closed - start;
    }
    return cycles;
  }
}

/** As the scheduler puts them: by the longest chain of latencies behind each. */
export function ordered(operations: readonly Operation[], window = WINDOW): readonly Operation[] {
  if (operations.length < 3) return operations;
  const parts: Operation[] = [];
  for (let i = 0; i < operations.length; i += window) parts.push(...list(operations.slice(i, i + window)));
  return parts;
}

interface Item {
  readonly operation: Operation;
  readonly after: [Item, number][];
  waits: number;
  ready: number;
  path: number;
}

function list(operations: readonly Operation[]): Operation[] {
  const items = dependences(operations);
  for (let i = items.length - 1; i >= 0; i--) {
    for (const [next, cycles] of items[i].after)
      items[i].path = Math.max(items[i].path, next.path + cycles + 0.5);
  }
  const order: Operation[] = [];
  const open = items.filter(({ waits }) => waits === 0);
  let cycle = 0;
  let older: Operation | undefined;
  while (open.length > 0) {
    const at = mostUrgent(open, cycle, older);
    if (at < 0) {
      // Nothing joins this cycle; without an older one, nothing is ready in it.
      cycle = older ? cycle + 1 : open.reduce((least, { ready }) => Math.min(least, ready), Infinity);
      older = undefined;
      continue;
    }
    const [one] = open.splice(at, 1);
    order.push(one.operation);
    for (const [next, cycles] of one.after) {
      next.ready = Math.max(next.ready, cycle + cycles);
      if (--next.waits === 0) open.push(next);
    }
    if (older) cycle++;
    older = older ? undefined : one.operation;
  }
  return order;
}

/** As GCC's description of the core has it: one access and one multiplication a cycle, all else where it likes. */
function seemToPair(older: Operation, younger: Operation): boolean {
  const [a, b] = [older.traits, younger.traits];
  const accesses = Trait.load | Trait.store;
  return !(a & b & Trait.multiplier) && !(a & accesses && b & accesses);
}

/** The place of the ready operation with the longest way to go; -1: none. */
function mostUrgent(open: readonly Item[], cycle: number, older: Operation | undefined): number {
  let best = -1;
  for (let i = 0; i < open.length; i++) {
    const { ready, path, operation } = open[i];
    if (ready > cycle || (best >= 0 && path <= open[best].path)) continue;
    if (!older || seemToPair(older, operation)) best = i;
  }
  return best;
}

function dependences(operations: readonly Operation[]): Item[] {
  const items = operations.map((operation): Item => ({ operation, after: [], waits: 0, ready: 0, path: 0 }));
  const writers = new Map<number, Item>();
  const readers = new Map<number, Item[]>();
  const link = (from: Item, to: Item, cycles: number): void => {
    if (from === to) return;
    from.after.push([to, cycles]);
    to.waits++;
  };
  let store: Item | undefined;
  for (const item of items) {
    const { sources, uses, result, access, traits } = item.operation;
    sources.forEach(({ index }, i) => {
      const from = writers.get(index);
      if (from) link(from, item, latency[from.operation.kind * 8 + uses[i]]);
      const known = readers.get(index);
      if (known) known.push(item);
      else readers.set(index, [item]);
    });
    if (result) {
      readers.get(result.index)?.forEach((one) => link(one, item, 0));
      const previous = writers.get(result.index);
      if (previous) link(previous, item, 0);
      writers.set(result.index, item);
      readers.set(result.index, []);
    }
    if (access?.kind === "store") {
      if (store) link(store, item, 0);
      store = item;
    }
    if (traits & Trait.branch) items.forEach((one) => one !== item && link(one, item, 0));
  }
  return items;
}
