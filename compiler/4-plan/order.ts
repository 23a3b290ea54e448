/** The order of execution with the least peak: dynamic programming over the sets of units that may have run. */

import { bytes, type Simplified, type ValueId } from "../ir/graph.js";
import { Homes, placeViews } from "./homes.js";
import { leastScratch } from "./overlaps.js";
import type { Unit } from "./units.js";

/** Sets kept per count of operations; beyond it the author's order stands (wide graphs of many equal branches). */
const MOST_SETS = 4000;

/** A set of units that have run, with the best way into it. */
interface State {
  /** Bit i % 32 of word i / 32. */
  readonly done: Int32Array;
  /** Bytes of what is needed afterwards, and the most that there were on the way. */
  readonly live: number;
  readonly peak: number;
  /** Units whose inputs exist and which have not run, in the author's order. */
  readonly ready: readonly number[];
  readonly last: number;
  readonly before?: State;
}

/**
 * An order of the units whose peak of live bytes (results, inputs, least scratch) is the smallest, as in Serenity
 * (Ahn et al., MLSys 2020): states are the sets of executed operations, the best way into each is kept. Among equals the
 * author's order wins. Exact unless more than MOST_SETS sets are reachable at once. Results over their inputs, and in place of
 * them, count with what they need beside those.
 */
export function orderUnits(net: Simplified, units: readonly Unit[]): readonly Unit[] {
  const graph = new Dependencies(net, units);
  let states: readonly State[] = [graph.start()];
  for (let count = 0; count < units.length; count++) {
    // Most networks are chains, with no more than one way on.
    if (states.length === 1 && states[0].ready.length === 1) {
      states = [graph.run(states[0], states[0].ready[0])];
      continue;
    }
    const next = new Map<string, State>();
    for (const state of states) {
      for (const index of state.ready) {
        const after = graph.run(state, index);
        const key = after.done.join();
        const known = next.get(key);
        if (!known || after.peak < known.peak) next.set(key, after);
      }
    }
    if (next.size > MOST_SETS) return units;
    states = [...next.values()];
  }
  const order: Unit[] = [];
  for (let state: State | undefined = states[0]; state?.before; state = state.before) {
    order.push(units[state.last]);
  }
  return order.reverse();
}

/** What units wait for, and the memory of sets of them. Views and joins count with the values they are made of. */
class Dependencies {
  readonly #producer: ReadonlyMap<ValueId, number>;
  /** By unit: those that read its result, once each. */
  readonly #next: readonly number[][];
  /** By unit: the values in whose memory its operands are, if it computes anything. */
  readonly #reads: readonly (readonly ValueId[])[];
  /** By value: the units that read its memory. */
  readonly #users = new Map<ValueId, number[]>();
  readonly #isOutput: ReadonlySet<ValueId>;
  readonly #scratch: readonly number[];

  constructor(
    private readonly net: Simplified,
    private readonly units: readonly Unit[],
  ) {
    this.#producer = new Map(units.map(({ output }, index) => [output, index]));
    this.#next = units.map(() => []);
    const computed = new Set(placeViews(net, units, new Homes()));
    const shown = new Map<ValueId, readonly ValueId[]>();
    const sources = (value: ValueId): readonly ValueId[] => shown.get(value) ?? [value];
    this.#reads = units.map((unit, index) => {
      for (const input of new Set(unit.inputs)) {
        const producer = this.#producer.get(input);
        if (producer !== undefined) this.#next[producer].push(index);
      }
      const read = [...new Set(unit.inputs.flatMap(sources))].filter((value) => !net.values[value].constant);
      if (!computed.has(unit)) {
        shown.set(unit.output, unit.inputs.flatMap(sources));
        return [];
      }
      for (const value of read) this.#users.set(value, [...(this.#users.get(value) ?? []), index]);
      return read;
    });
    this.#isOutput = new Set(net.outputs.flatMap(({ value }) => sources(value)));
    this.#scratch = units.map((unit) => (computed.has(unit) ? leastScratch(unit.kernel!, false) : -1));
  }

  start(): State {
    const { net, units } = this;
    const needed = net.inputs.filter((value) => this.#isOutput.has(value) || this.#users.has(value));
    const live = needed.reduce((sum, value) => sum + this.#sizeOf(value), 0);
    const done = new Int32Array((units.length + 31) >> 5);
    const ready = units.flatMap((_, index) => (this.#isReady(index, done) ? [index] : []));
    return { done, live, peak: 0, ready, last: -1 };
  }

  /** One unit more; it is ready. */
  run(state: State, index: number): State {
    const { output } = this.units[index];
    const done = state.done.slice();
    done[index >> 5] |= 1 << (index & 31);
    const others = state.ready.filter((one) => one !== index);
    const unlocked = this.#next[index].filter((one) => this.#isReady(one, done));
    const ready = unlocked.length === 0 ? others : [...others, ...unlocked].sort((a, b) => a - b);
    const base = { done, ready, last: index, before: state };
    // Views and joins are nothing by themselves.
    if (this.#scratch[index] < 0) return { ...base, live: state.live, peak: state.peak };
    const dying = this.#reads[index].filter((value) => !this.#isNeeded(value, done));
    const size = this.#sizeOf(output);
    const peak = state.live + size + this.#scratch[index] - this.#saving(index, dying);
    const freed = dying.reduce((sum, value) => sum + this.#sizeOf(value), 0);
    const kept = this.#isNeeded(output, done) ? size : 0;
    return { ...base, live: state.live - freed + kept, peak: Math.max(state.peak, peak) };
  }

  /** Bytes that a unit does not need because its result lies over one of its operands, or in place of it. */
  #saving(index: number, dying: readonly ValueId[]): number {
    const { inputs, output, kernel } = this.units[index];
    const size = this.#sizeOf(output);
    const own = dying.filter((value) => inputs.includes(value));
    const savings = own.map((value) => {
      const most = kernel!.overlap?.(value);
      const before = this.#sizeOf(value);
      const over = most === undefined ? 0 : before + size - Math.max(before + Math.max(0, -most), size);
      const fits = kernel!.inPlace.includes(value) && before >= size;
      const place = fits ? size + this.#scratch[index] - leastScratch(kernel!, true) : 0;
      return Math.max(0, over, place);
    });
    return Math.max(0, ...savings);
  }

  #sizeOf(value: ValueId): number {
    const type = this.net.values[value];
    return type.constant || type.feed ? 0 : bytes(type);
  }

  #isReady(index: number, done: Int32Array): boolean {
    return this.units[index].inputs.every((value) => {
      const producer = this.#producer.get(value);
      return producer === undefined || isIn(done, producer);
    });
  }

  #isNeeded(value: ValueId, done: Int32Array): boolean {
    return this.#isOutput.has(value) || !(this.#users.get(value) ?? []).every((user) => isIn(done, user));
  }
}

function isIn(done: Int32Array, index: number): boolean {
  return ((done[index >> 5] >> (index & 31)) & 1) === 1;
}
