/** Offsets: greedy first fit from several orders, then local search until the lower bound is met or the tries are spent. */

import type { UnplacedBuffer } from "./storage.js";

/** Tries of the local search; deterministic, a few milliseconds for a hundred buffers. */
const TRIES = 300;

export interface Placement {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Bytes live at each step. */
export function liveBytes(
  buffers: readonly Pick<UnplacedBuffer, "bytes" | "align" | "first" | "last">[],
  steps: number,
): number[] {
  const live = new Array<number>(Math.max(steps, 1)).fill(0);
  for (const { bytes, align, first, last } of buffers) {
    for (let step = first; step <= last; step++) live[step] += roundUp(bytes, align);
  }
  return live;
}

/** The most bytes live at one step: with this order and sharing no placement needs less. */
export function lowerBound(buffers: readonly UnplacedBuffer[], steps: number): number {
  return Math.max(...liveBytes(buffers, steps));
}

export function placeBuffers(buffers: readonly UnplacedBuffer[]): Placement {
  const steps = Math.max(0, ...buffers.map(({ last }) => last)) + 1;
  const bound = lowerBound(buffers, steps);
  const neighbours = conflicts(buffers);
  const ids = buffers.map((_, id) => id);
  const area = (id: number) => buffers[id].bytes * (buffers[id].last - buffers[id].first + 1);
  const orders = [
    [...ids].sort((a, b) => buffers[b].bytes - buffers[a].bytes || a - b),
    [...ids].sort((a, b) => area(b) - area(a) || a - b),
    [...ids].sort((a, b) => buffers[a].first - buffers[b].first || buffers[b].bytes - buffers[a].bytes),
  ];
  let best = { order: orders[0], ...firstFit(buffers, orders[0], neighbours) };
  for (const order of orders.slice(1)) {
    const placement = firstFit(buffers, order, neighbours);
    if (placement.bytes < best.bytes) best = { order, ...placement };
  }
  const random = generator(1);
  for (let turn = 0; turn < TRIES && best.bytes > bound; turn++) {
    const order = [...best.order];
    // The buffer that sets the peak goes before a random other.
    const top = order.find((id) => best.offsets[id] + buffers[id].bytes === best.bytes) ?? order[0];
    const from = turn % 2 === 0 ? order.indexOf(top) : Math.floor(random() * order.length);
    const [moved] = order.splice(from, 1);
    order.splice(Math.floor(random() * (from + 1)), 0, moved);
    const placement = firstFit(buffers, order, neighbours);
    if (placement.bytes <= best.bytes) best = { order, ...placement };
  }
  return best;
}

function conflicts(buffers: readonly UnplacedBuffer[]): number[][] {
  return buffers.map((one, id) =>
    buffers.flatMap((other, otherId) =>
      otherId !== id && one.first <= other.last && other.first <= one.last ? [otherId] : [],
    ),
  );
}

/** Each buffer in turn at the lowest offset where it meets nobody it lives together with. */
function firstFit(
  buffers: readonly UnplacedBuffer[],
  order: readonly number[],
  neighbours: readonly number[][],
): Placement {
  const offsets = new Array<number>(buffers.length).fill(-1);
  let bytes = 0;
  for (const id of order) {
    const taken = neighbours[id]
      .filter((other) => offsets[other] >= 0)
      .sort((a, b) => offsets[a] - offsets[b]);
    let at = 0;
    for (const other of taken) {
      if (at + buffers[id].bytes <= offsets[other]) break;
      at = Math.max(at, roundUp(offsets[other] + buffers[other].bytes, buffers[id].align));
    }
    offsets[id] = at;
    bytes = Math.max(bytes, at + buffers[id].bytes);
  }
  return { offsets, bytes };
}

export function roundUp(bytes: number, align: number): number {
  return Math.ceil(bytes / align) * align;
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
