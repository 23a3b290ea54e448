/** Which operations of a stretch a list schedule should issue first. */

import type { Dependences } from "./dependences.js";

/** What makes an operation urgent. */
export interface Urgency {
  /** Of the longest chain of latencies behind it. */
  readonly path: number;
  /** Of its place in the kernel's order. */
  readonly order: number;
  /** For a multiplication in a cycle. */
  readonly multiplier: number;
  /** How far behind the first operation that is left another one may be taken. */
  readonly window: number;
  /** Registers kept free but for the operation that is first in the kernel's order. */
  readonly spare: number;
  /** So many operations at the start are left in the kernel's order. Default: none. */
  readonly kept?: number;
}

/** Of all operations of a stretch. */
interface Ranking {
  readonly urgencyOf: Float64Array;
  /** Each operation's place among all of them, the most urgent first. */
  readonly rank: Int32Array;
}

/** A stretch is scheduled in many ways that differ in few weights. */
export class Urgencies {
  readonly #path: Float64Array;
  readonly #known = new Map<string, Ranking>();

  constructor(dependences: Dependences) {
    this.#path = pathsOf(dependences);
  }

  by({ path, order }: Urgency): Ranking {
    const key = `${path} ${order}`;
    let known = this.#known.get(key);
    if (!known) {
      const urgencyOf = this.#path.map((one, i) => path * one - order * i);
      this.#known.set(key, (known = { urgencyOf, rank: ranks(urgencyOf) }));
    }
    return known;
  }
}

/** The longest chain of latencies behind each operation. */
function pathsOf({ after }: Dependences): Float64Array {
  const path = new Float64Array(after.length);
  for (let i = after.length - 1; i >= 0; i--) {
    let longest = 0.5;
    const { next, cycles } = after[i];
    for (let f = 0; f < next.length; f++) {
      const length = path[next[f]] + Math.max(cycles[f], 0.01);
      if (length > longest) longest = length;
    }
    path[i] = longest;
  }
  return path;
}

function ranks(urgency: Float64Array): Int32Array {
  const sorted = Array.from(urgency.keys()).sort((a, b) => urgency[b] - urgency[a] || a - b);
  const rank = new Int32Array(sorted.length);
  sorted.forEach((one, place) => (rank[one] = place));
  return rank;
}
