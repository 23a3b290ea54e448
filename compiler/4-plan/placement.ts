/**
 * Offsets: greedy first fit from several orders, then local search, then branch and bound; each only while the lower bound
 * is not met. All budgets are counts, so that a plan is the same on every machine.
 */

import { lowerBound, roundUp } from "./bound.js";
import { conflictsOf, type Conflicts, type Overlap } from "./conflicts.js";
import { Orientation } from "./orientation.js";
import type { UnplacedBuffer } from "./storage.js";

/** What the searches may look at, in entries of `Conflicts`: a few milliseconds, which chains of layers never take. */
const WORK = 400_000;

/** What is left of it for the branch and bound goes to so many sizes, at most. */
const SIZES = 3;

/** Of the branch and bound when it is only asked for the lower bound. */
const FIRST_WORK = 100_000;

export interface Placement {
  /** By the buffers' index. */
  readonly offsets: ArrayLike<number>;
  readonly bytes: number;
  /** No placement needs less. */
  readonly bound: number;
}

/** @param overlaps by ids; those of other buffers are left out */
export function placeBuffers(
  buffers: readonly UnplacedBuffer[],
  overlaps: readonly Overlap[] = [],
): Placement {
  const steps = Math.max(0, ...buffers.map(({ last }) => last)) + 1;
  const bound = lowerBound(buffers, steps, overlaps);
  const conflicts = conflictsOf(buffers, overlaps);
  const { offsets, bytes, bound: proven } = placeBlocks(conflicts, bound);
  const ofBuffers = new Array<number>(buffers.length);
  conflicts.blocks.forEach(({ members }, block) => members.forEach((id) => (ofBuffers[id] = offsets[block])));
  return { offsets: ofBuffers, bytes, bound: proven };
}

function placeBlocks(conflicts: Conflicts, bound: number): Placement {
  const start = bestOrder(conflicts, bound);
  if (start.bytes <= bound) return { ...start, bound };
  const orientation = new Orientation(conflicts);
  const offsets = orientation.solve(bound, FIRST_WORK);
  if (offsets instanceof Float64Array) return { offsets, bytes: endOf(conflicts, offsets), bound };
  const proven = offsets === undefined ? bound + stepOf(conflicts) : bound;
  const near = searchOrders(conflicts, start, proven);
  return orient(conflicts, orientation, near, proven);
}

interface Fit {
  readonly offsets: Float64Array;
  /** Up to the end of the highest one. */
  readonly bytes: number;
}

interface Ordered extends Fit {
  readonly order: readonly number[];
}

/** First fit from the orders that are good for most networks. */
function bestOrder(conflicts: Conflicts, bound: number): Ordered {
  const { blocks } = conflicts;
  const ids = blocks.map((_, id) => id);
  const size = (id: number) => blocks[id].bytes;
  const area = (id: number) => size(id) * (blocks[id].last - blocks[id].first + 1);
  const orders = [
    (a: number, b: number) => size(b) - size(a) || a - b,
    (a: number, b: number) => area(b) - area(a) || a - b,
    (a: number, b: number) => blocks[a].first - blocks[b].first || size(b) - size(a) || a - b,
    // A result over its input begins before it: from the end, what lies over a buffer is known when its place is sought.
    (a: number, b: number) => blocks[b].last - blocks[a].last || size(b) - size(a) || a - b,
  ];
  let best: Ordered | undefined;
  for (const compare of orders) {
    if (best && best.bytes <= bound) break;
    const order = [...ids].sort(compare);
    const fit = firstFit(conflicts, order);
    if (!best || fit.bytes < best.bytes) best = { order, ...fit };
  }
  return best!;
}

/** First fit from orders near the best one so far. */
function searchOrders(conflicts: Conflicts, start: Ordered, bound: number): Fit {
  const { size, other } = conflicts;
  const random = generator(1);
  let best = start;
  let left = WORK / 2;
  for (let turn = 0; left > 0 && best.bytes > bound; turn++) {
    left -= other.length + size.length;
    const order = [...best.order];
    // The block that sets the peak goes before a random other.
    const top = order.find((id) => best.offsets[id] + size[id] === best.bytes) ?? order[0];
    const from = turn % 2 === 0 ? order.indexOf(top) : Math.floor(random() * order.length);
    const [moved] = order.splice(from, 1);
    order.splice(Math.floor(random() * (from + 1)), 0, moved);
    const fit = firstFit(conflicts, order);
    if (fit.bytes <= best.bytes) best = { order, ...fit };
  }
  return best;
}

/** Each block in turn at the lowest offset that those before it leave. */
function firstFit({ size, align, start, other, from, to }: Conflicts, order: readonly number[]): Fit {
  const offsets = new Float64Array(size.length).fill(-1);
  let bytes = 0;
  for (const id of order) {
    let at = 0;
    for (let isMoved = true; isMoved;) {
      isMoved = false;
      for (let k = start[id]; k < start[id + 1]; k++) {
        const place = offsets[other[k]];
        if (place < 0 || at <= place + from[k] || at >= place + to[k]) continue;
        at = roundUp(place + to[k], align[id]);
        isMoved = true;
      }
    }
    offsets[id] = at;
    bytes = Math.max(bytes, at + size[id]);
  }
  return { offsets, bytes };
}

/** Halves what is between the bound and the best placement, by placements or by proofs that there are none. */
function orient(conflicts: Conflicts, orientation: Orientation, found: Fit, bound: number): Placement {
  const step = stepOf(conflicts);
  let best = found;
  /** Smaller sizes were not found, though they may exist. */
  let low = bound;
  let proven = bound;
  let left = WORK / 2;
  while (low < best.bytes && left > 0) {
    const size = low + Math.floor((best.bytes - low) / 2 / step) * step;
    const offsets = orientation.solve(size, Math.min(left, WORK / 2 / SIZES));
    left -= orientation.work;
    if (offsets instanceof Float64Array) {
      best = { offsets: offsets.slice(), bytes: endOf(conflicts, offsets) };
      continue;
    }
    low = size + step;
    if (offsets === undefined) proven = low;
  }
  return { ...best, bound: Math.min(proven, best.bytes) };
}

/** All offsets are multiples of it. */
function stepOf({ align }: Conflicts): number {
  return align.reduce((a, b) => Math.min(a, b), Infinity);
}

function endOf({ size }: Conflicts, offsets: Float64Array): number {
  return offsets.reduce((end, offset, i) => Math.max(end, offset + size[i]), 0);
}

/** Marsaglia's xorshift32: the same plan on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
