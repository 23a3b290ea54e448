/** List scheduling: cycle by cycle, the pair that gets the block on most. */

import type { Dependences } from "./dependences.js";
import type { Operation } from "./operation.js";
import { canPair } from "./pipeline.js";
import { Trait } from "./pipes.js";
import { Pressure, type Values } from "./pressure.js";
import type { Urgencies, Urgency } from "./urgency.js";

/** As many candidates a cycle are compared in pairs. */
const CANDIDATES = 16;

/** @returns the positions of the operations in their new order; with more registers than `limit` only if it must be */
export function listOrder(
  operations: readonly Operation[],
  dependences: Dependences,
  urgencies: Urgencies,
  urgency: Urgency,
  values: Values,
  limit: number,
): number[] {
  return new ListScheduler(operations, dependences, urgencies, urgency, new Pressure(values), limit).run();
}

class ListScheduler {
  readonly #urgency: Float64Array;
  /** Each operation's place among all of them, the most urgent first. */
  readonly #rank: Int32Array;
  readonly #waitsFor: Int32Array;
  readonly #ready: Int32Array;
  /** Those that wait for no other, the most urgent first. */
  readonly #available: number[] = [];
  readonly #order: number[] = [];
  readonly #isDone: Uint8Array;
  /** Registers more, or less, behind each operation that is looked at in this cycle. */
  readonly #change: Int32Array;
  /** The first operation of the kernel's order that is left. */
  #first = 0;
  /** The best choice so far. */
  #older = -1;
  #younger = -1;
  #score = 0;

  constructor(
    private readonly operations: readonly Operation[],
    private readonly dependences: Dependences,
    urgencies: Urgencies,
    private readonly urgency: Urgency,
    private readonly pressure: Pressure,
    private readonly limit: number,
  ) {
    const { urgencyOf, rank } = urgencies.by(urgency);
    this.#urgency = urgencyOf;
    this.#rank = rank;
    this.#waitsFor = Int32Array.from(dependences.before, ({ length }) => length);
    this.#ready = new Int32Array(operations.length);
    this.#isDone = new Uint8Array(operations.length);
    this.#change = new Int32Array(operations.length);
    operations.forEach((_, i) => this.#waitsFor[i] === 0 && this.#free(i));
  }

  run(): number[] {
    for (let cycle = this.#keep(); this.#order.length < this.operations.length; cycle++) {
      this.#choose(cycle);
      if (this.#older >= 0) this.#issue(this.#older, cycle);
      if (this.#younger >= 0) this.#issue(this.#younger, cycle);
    }
    return this.#order;
  }

  /** Issues the start as it stands, in pairs where it can be. @returns the cycle after it */
  #keep(): number {
    const { operations, urgency } = this;
    let cycle = 0;
    let older: Operation | undefined;
    for (let at = 0; at < (urgency.kept ?? 0); at++) {
      if (older && this.#ready[at] <= cycle && canPair(older, operations[at])) {
        this.#issue(at, cycle++);
        older = undefined;
        continue;
      }
      cycle = Math.max(older ? cycle + 1 : cycle, this.#ready[at]);
      this.#issue(at, cycle);
      older = operations[at];
    }
    return older ? cycle + 1 : cycle;
  }

  #free(at: number): void {
    const list = this.#available;
    let place = list.length;
    list.push(at);
    for (; place > 0 && this.#rank[list[place - 1]] > this.#rank[at]; place--) list[place] = list[place - 1];
    list[place] = at;
  }

  #issue(at: number, cycle: number): void {
    this.#order.push(at);
    this.#isDone[at] = 1;
    this.#available.splice(this.#available.indexOf(at), 1);
    this.pressure.issue(at);
    const { next, cycles } = this.dependences.after[at];
    for (let f = 0; f < next.length; f++) {
      const follower = next[f];
      if (this.#ready[follower] < cycle + cycles[f]) this.#ready[follower] = cycle + cycles[f];
      if (--this.#waitsFor[follower] === 0) this.#free(follower);
    }
  }

  /** The pair that gets on most, or one operation, or none: in `#older` and `#younger`, -1 for what is missing. */
  #choose(cycle: number): void {
    while (this.#isDone[this.#first]) this.#first++;
    this.#older = this.#younger = -1;
    this.#score = -Infinity;
    const candidates = this.#candidates(cycle);
    if (candidates.length === 0) this.#older = this.#forced(cycle);
    for (const older of candidates) {
      const alone = this.#urgency[older] + this.#bonus(older);
      if (alone > this.#score) {
        this.#older = older;
        this.#younger = -1;
        this.#score = alone;
      }
      const growth = Math.max(0, this.#change[older]);
      this.#partners(older, candidates, growth);
      this.#enabled(older, cycle, growth);
    }
  }

  #consider(older: number, younger: number): void {
    const score =
      1e6 + this.#urgency[older] + this.#urgency[younger] + this.#bonus(older) + this.#bonus(younger);
    if (score <= this.#score) return;
    this.#older = older;
    this.#younger = younger;
    this.#score = score;
  }

  /** The most urgent of those that can issue. */
  #candidates(cycle: number): readonly number[] {
    const last = this.#first + this.urgency.window;
    const list: number[] = [];
    for (const one of this.#available) {
      if (this.#ready[one] > cycle || one > last) continue;
      this.#change[one] = this.pressure.change(one);
      if (this.#fits(one, 0)) list.push(one);
      if (list.length === CANDIDATES) break;
    }
    return list;
  }

  /** Nothing fits the registers: the first of the kernel's order, which is known to fit, or none (-1) while all wait. */
  #forced(cycle: number): number {
    const last = this.#first + this.urgency.window;
    let first = -1;
    for (const one of this.#available) {
      if (this.#ready[one] > cycle) {
        this.#change[one] = this.pressure.change(one);
        if (this.#fits(one, 0)) return -1;
      } else if (one <= last && (first < 0 || one < first)) first = one;
    }
    return first;
  }

  /** With its `#change`. @param more registers that another one takes in the same cycle */
  #fits(at: number, more: number): boolean {
    const change = this.#change[at];
    const limit = at === this.#first ? this.limit : this.limit - this.urgency.spare;
    return change <= 0 || this.pressure.alive + more + change <= limit;
  }

  #bonus(at: number): number {
    return this.operations[at].traits & Trait.multiplier ? this.urgency.multiplier : 0;
  }

  /** Other candidates that can go beside `older`: only the most urgent multiplication and what is before it matter. */
  #partners(older: number, candidates: readonly number[], growth: number): void {
    const { operations } = this;
    let hasPlain = false;
    for (const one of candidates) {
      const isMultiplier = (operations[one].traits & Trait.multiplier) !== 0;
      if (one === older || (hasPlain && !isMultiplier)) continue;
      if (!canPair(operations[older], operations[one]) || !this.#fits(one, growth)) continue;
      this.#consider(older, one);
      if (isMultiplier) return;
      hasPlain = true;
    }
  }

  /** What can go beside `older` as soon as that has issued. */
  #enabled(older: number, cycle: number, growth: number): void {
    const { next, cycles } = this.dependences.after[older];
    for (let f = 0; f < next.length; f++) {
      const one = next[f];
      if (cycles[f] !== 0 || this.#waitsFor[one] !== 1 || this.#ready[one] > cycle) continue;
      if (!canPair(this.operations[older], this.operations[one])) continue;
      this.#change[one] = this.pressure.change(one);
      if (this.#fits(one, growth)) this.#consider(older, one);
    }
  }
}
