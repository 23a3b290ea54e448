/**
 * Offsets within a given number of bytes, or the proof that there are none: branch and bound over which of two blocks that
 * live together lies below the other, as disjunctive scheduling does over which of two jobs runs first (Carlier and Pinson,
 * Management Science 1989). Every choice is a difference constraint, and narrows the offsets that each buffer can have.
 */

import type { Conflicts } from "./conflicts.js";

/** Where the lowest offsets of all buffers meet every choice, they are a solution. */
export class Orientation {
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  /** Of entry k: 0 undecided, -1 its buffer is below the other, 1 above. */
  readonly #side: Int8Array;
  /** The same pair as an entry of the other buffer. */
  readonly #twin: Int32Array;
  readonly #owner: Int32Array;
  /** One entry of each pair. */
  readonly #pairs: Int32Array;
  /** What to put back on the way up: triples of kind, index, value before. */
  readonly #trail: number[] = [];
  /** Buffers whose bounds have changed. */
  readonly #queue: number[] = [];
  readonly #isQueued: Uint8Array;
  #work = 0;
  #budget = 0;

  constructor(private readonly conflicts: Conflicts) {
    const { start, other } = conflicts;
    const count = conflicts.size.length;
    this.#least = new Float64Array(count);
    this.#most = new Float64Array(count);
    this.#side = new Int8Array(other.length);
    this.#twin = new Int32Array(other.length);
    this.#owner = new Int32Array(other.length);
    this.#isQueued = new Uint8Array(count);
    const next = Int32Array.from(start);
    // Entries are sorted by the other buffer, so that a buffer's twins come in the order of its own entries.
    for (let i = 0; i < count; i++) {
      for (let k = start[i]; k < start[i + 1]; k++) {
        this.#owner[k] = i;
        this.#twin[k] = next[other[k]]++;
      }
    }
    this.#pairs = Int32Array.from(other.keys()).filter((k) => this.#owner[k] < other[k]);
  }

  /** What the last call took, in entries that it looked at. */
  get work(): number {
    return this.#work;
  }

  /**
   * @param budget of entries to look at
   * @returns offsets below `bytes`; undefined where there are none; "unknown" where the budget is spent
   */
  solve(bytes: number, budget: number): Float64Array | undefined | "unknown" {
    const { size, align } = this.conflicts;
    this.#work = 0;
    this.#budget = budget;
    this.#trail.length = 0;
    this.#side.fill(0);
    this.#least.fill(0);
    for (let i = 0; i < size.length; i++) {
      this.#most[i] = Math.floor((bytes - size[i]) / align[i]) * align[i];
      this.#touch(i);
    }
    const found = this.#propagate() && this.#search();
    if (found === "unknown") return found;
    return found ? this.#least : undefined;
  }

  #search(): boolean | "unknown" {
    const k = this.#critical();
    if (k < 0) return true;
    const order = this.#slackBelow(k) >= this.#slackAbove(k) ? [-1, 1] : [1, -1];
    for (const side of order) {
      if (this.#work >= this.#budget) return "unknown";
      const mark = this.#trail.length;
      this.#decide(k, side);
      const found = this.#propagate() && this.#search();
      if (found) return found;
      this.#undo(mark);
    }
    return false;
  }

  /** The undecided pair with the least room of those that the lowest offsets do not keep apart; -1: they keep all apart. */
  #critical(): number {
    const { other, from, to } = this.conflicts;
    let best = -1;
    let smallest = Infinity;
    const [least, side, owner, pairs] = [this.#least, this.#side, this.#owner, this.#pairs];
    this.#work += pairs.length;
    for (let i = 0; i < pairs.length; i++) {
      const k = pairs[i];
      if (side[k] !== 0) continue;
      const distance = least[owner[k]] - least[other[k]];
      if (distance <= from[k] || distance >= to[k]) continue;
      const room = this.#slackBelow(k) + this.#slackAbove(k);
      if (room < smallest) [best, smallest] = [k, room];
    }
    return best;
  }

  /** By how much the entry's buffer can lie below the other, at most, beyond what it must. */
  #slackBelow(k: number): number {
    return this.#most[this.conflicts.other[k]] + this.conflicts.from[k] - this.#least[this.#owner[k]];
  }

  #slackAbove(k: number): number {
    return this.#most[this.#owner[k]] - this.#least[this.conflicts.other[k]] - this.conflicts.to[k];
  }

  #decide(k: number, side: number): void {
    this.#set(k, side);
    this.#set(this.#twin[k], -side);
    this.#touch(this.#owner[k]);
    this.#touch(this.conflicts.other[k]);
  }

  #set(k: number, side: number): void {
    this.#trail.push(2, k, 0);
    this.#side[k] = side;
  }

  /** Narrows all bounds by the choices so far, and makes those that are left no other. @returns false where there is no way */
  #propagate(): boolean {
    let isPossible = true;
    for (let i = this.#queue.pop(); i !== undefined; i = this.#queue.pop()) {
      this.#isQueued[i] = 0;
      if (isPossible) isPossible = this.#update(i);
    }
    return isPossible;
  }

  /** The neighbours of a buffer whose bounds have changed. */
  #update(i: number): boolean {
    const { start, other, from, to } = this.conflicts;
    const [least, most] = [this.#least, this.#most];
    if (least[i] > most[i]) return false;
    this.#work += start[i + 1] - start[i];
    for (let k = start[i]; k < start[i + 1]; k++) {
      const j = other[k];
      if (this.#side[k] === 0) {
        const isBelow = least[i] <= most[j] + from[k];
        const isAbove = most[i] >= least[j] + to[k];
        if (isBelow && isAbove) continue;
        if (!isBelow && !isAbove) return false;
        this.#decide(k, isBelow ? -1 : 1);
      }
      const isKept =
        this.#side[k] < 0
          ? this.#raise(j, least[i] - from[k]) && this.#lower(i, most[j] + from[k])
          : this.#raise(i, least[j] + to[k]) && this.#lower(j, most[i] - to[k]);
      if (!isKept) return false;
    }
    return true;
  }

  #raise(i: number, bound: number): boolean {
    if (bound <= this.#least[i]) return true;
    const { align } = this.conflicts;
    this.#trail.push(0, i, this.#least[i]);
    this.#least[i] = Math.ceil(bound / align[i]) * align[i];
    this.#touch(i);
    return this.#least[i] <= this.#most[i];
  }

  #lower(i: number, bound: number): boolean {
    if (bound >= this.#most[i]) return true;
    const { align } = this.conflicts;
    this.#trail.push(1, i, this.#most[i]);
    this.#most[i] = Math.floor(bound / align[i]) * align[i];
    this.#touch(i);
    return this.#least[i] <= this.#most[i];
  }

  #touch(i: number): void {
    if (this.#isQueued[i]) return;
    this.#isQueued[i] = 1;
    this.#queue.push(i);
  }

  #undo(mark: number): void {
    const trail = this.#trail;
    while (trail.length > mark) {
      const before = trail.pop()!;
      const index = trail.pop()!;
      const kind = trail.pop()!;
      if (kind === 0) this.#least[index] = before;
      else if (kind === 1) this.#most[index] = before;
      else this.#side[index] = 0;
    }
  }
}
