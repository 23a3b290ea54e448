/**
 * Which candidates compute the network: a shortest path over the cuts of the order. Exact for the order, within a bound on the bytes
 * that live at any step, and for a price of flash.
 */

import { int8Weights, type Simplified } from "../ir/graph.js";
import type { Candidate } from "./candidates.js";

/** A tenth more flash should save half a hundredth of the cycles. */
const WORTH_OF_FLASH = 0.05;

const MOST_PRICE = 2 ** 30;
const BISECTIONS = 16;

/** A partition of the operations into units. */
export interface Path {
  readonly candidates: readonly Candidate[];
  readonly cycles: number;
  readonly flash: number;
  /** Most bytes that live during one of them. */
  readonly bytes: number;
}

type ByEnd = readonly (readonly Candidate[])[];

/** Numbers of all candidates, one after the other by their ends: a front asks hundreds of times for the cheapest path. */
interface Columns {
  readonly candidates: readonly Candidate[];
  /** Where those of each end begin; one more for the end of all. */
  readonly from: Int32Array;
  readonly first: Int32Array;
  readonly cycles: Float64Array;
  readonly flash: Float64Array;
  readonly bytes: Float64Array;
}

const columns = new WeakMap<ByEnd, Columns>();

function columnsOf(byEnd: ByEnd): Columns {
  let known = columns.get(byEnd);
  if (!known) {
    const candidates = byEnd.flat();
    const from = new Int32Array(byEnd.length + 1);
    for (let end = 0; end < byEnd.length; end++) from[end + 1] = from[end] + byEnd[end].length;
    known = {
      candidates,
      from,
      first: Int32Array.from(candidates, (one) => one.first),
      cycles: Float64Array.from(candidates, (one) => one.cycles),
      flash: Float64Array.from(candidates, (one) => one.flash),
      bytes: Float64Array.from(candidates, (one) => one.bytes),
    };
    columns.set(byEnd, known);
  }
  return known;
}

/** The path with the least cycles + price * flash of which no step needs more than `atMost` bytes; undefined: there is none. */
export function cheapest(byEnd: ByEnd, price: number, atMost = Infinity): Path | undefined {
  const { candidates, from, first, cycles, flash, bytes } = columnsOf(byEnd);
  const cost = new Float64Array(byEnd.length + 1).fill(Infinity);
  const chosen = new Int32Array(byEnd.length + 1);
  cost[0] = 0;
  for (let end = 1; end <= byEnd.length; end++) {
    let least = Infinity;
    for (let i = from[end - 1]; i < from[end]; i++) {
      if (bytes[i] > atMost) continue;
      const total = cost[first[i]] + cycles[i] + price * flash[i];
      if (total < least) [least, chosen[end]] = [total, i];
    }
    cost[end] = least;
  }
  if (cost[byEnd.length] === Infinity) return undefined;
  const path: Candidate[] = [];
  for (let end = byEnd.length; end > 0; end = path[path.length - 1].first) path.push(candidates[chosen[end]]);
  return pathOf(path.reverse());
}

/** The path whose most expensive step in memory needs the least. */
export function leanest(byEnd: ByEnd): Path | undefined {
  const need = new Float64Array(byEnd.length + 1).fill(Infinity);
  need[0] = 0;
  byEnd.forEach((ending, index) => {
    for (const one of ending)
      need[index + 1] = Math.min(need[index + 1], Math.max(need[one.first], one.bytes));
  });
  return cheapest(byEnd, 0, need[byEnd.length]);
}

function pathOf(candidates: readonly Candidate[]): Path {
  const sum = (of: (one: Candidate) => number) => candidates.reduce((total, one) => total + of(one), 0);
  const bytes = Math.max(0, ...candidates.map((one) => one.bytes));
  return { candidates, cycles: sum((one) => one.cycles), flash: sum((one) => one.flash), bytes };
}

/** The fewest cycles within `atMost` bytes of memory and an allowance of flash, or as little flash as may be. */
export function fastest(byEnd: ByEnd, allowance: number, atMost = Infinity): Path | undefined {
  const free = cheapest(byEnd, 0, atMost);
  if (!free) return undefined;
  // Cycles that a byte of flash is worth: at least so many, and as many as it takes for the network to fit.
  const least = (WORTH_OF_FLASH * free.cycles) / Math.max(1, free.flash);
  const frugal = cheapest(byEnd, least, atMost)!;
  if (frugal.flash <= allowance) return frugal;
  let [low, high] = [least, 4 * least + 1];
  while (high < MOST_PRICE && cheapest(byEnd, high, atMost)!.flash > allowance) high *= 4;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (cheapest(byEnd, middle, atMost)!.flash > allowance) low = middle;
    else high = middle;
  }
  return cheapest(byEnd, high, atMost);
}

/**
 * The flash that kernels may use for speed: what a `flash` limit leaves, else a tenth more than the int8 weights and 40 KB,
 * which small networks do not notice.
 */
export function flashAllowance(net: Simplified): number {
  const int8 = net.channels?.weightsBefore ?? int8Weights(net.operations);
  const limits = net.limits.filter(({ quantity }) => quantity === "flash");
  return Math.min(1.1 * int8 + 40 * 1024, ...limits.map(({ atMost }) => atMost));
}
