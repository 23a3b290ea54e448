/** What must be in memory at each step, wherever it lies: the lower bound of every placement. */

import type { Overlap } from "./conflicts.js";
import type { Buffer } from "../ir/plan.js";
import type { UnplacedBuffer } from "./storage.js";

type Lifetime = Pick<UnplacedBuffer, "id" | "bytes" | "align" | "first" | "last">;

/** Bytes that must be in memory at each step; a result over its input counts with what one sticks out of the other. */
export function liveBytes(
  buffers: readonly Lifetime[],
  steps: number,
  overlaps: readonly Overlap[] = [],
): number[] {
  const live = new Array<number>(Math.max(steps, 1)).fill(0);
  // All offsets are multiples of it.
  const step = buffers.reduce((least, { align }) => Math.min(least, align), Infinity);
  for (const { bytes, first, last } of buffers) {
    const size = roundUp(bytes, step);
    for (let at = first; at <= last; at++) live[at] += size;
  }
  const byId = new Map(buffers.map((buffer) => [buffer.id, buffer]));
  const present = overlaps.filter(({ input, output }) => byId.has(input) && byId.has(output));
  for (const output of new Set(present.map((one) => one.output))) {
    const pairs = present.filter((one) => one.output === output);
    live[pairs[0].step] -= saving(pairs, byId, step);
  }
  return live;
}

/** The most bytes that the output of the pairs can have in common with their inputs. @param step all offsets are multiples of it */
function saving(pairs: readonly Overlap[], byId: ReadonlyMap<number, Lifetime>, step: number): number {
  const sizeOf = (id: number) => roundUp(byId.get(id)!.bytes, step);
  const size = sizeOf(pairs[0].output);
  const inputs = pairs.map(({ input }) => sizeOf(input));
  const sum = inputs.reduce((total, one) => total + one, 0);
  // The lowest of the inputs that it overlaps begins so many bytes behind it.
  const before = Math.min(...pairs.map(({ most }) => roundUp(Math.max(0, -most), step)));
  const below = Math.max(sum + before, size);
  const isPart = ({ end }: Overlap, i: number) => roundUp(end, step) < inputs[i];
  if (!pairs.some(isPart)) return Math.max(0, sum + size - below);
  const [{ end }] = pairs;
  const behind = pairs.length > 1 ? Math.max(sum, size) : Math.max(sum, roundUp(end, step) + size);
  return Math.max(0, sum + size - Math.min(below, behind));
}

/** The most of them at one step: with this order and sharing no placement needs less. */
export function lowerBound(
  buffers: readonly Lifetime[],
  steps: number,
  overlaps: readonly Overlap[] = [],
): number {
  return Math.max(...liveBytes(buffers, steps, overlaps));
}

/** Bytes that placed buffers take at each step, in all memories; what lies over another counts once. */
export function occupiedBytes(buffers: readonly Buffer[], steps: number): number[] {
  const sorted = [...buffers].sort((a, b) => a.offset - b.offset);
  return Array.from({ length: steps }, (_, step) => {
    const ends = new Map<string, number>();
    let occupied = 0;
    for (const { memory, offset, bytes, align, first, last } of sorted) {
      if (step < first || step > last) continue;
      const from = Math.max(offset, ends.get(memory) ?? 0);
      const end = Math.max(from, offset + roundUp(bytes, align));
      occupied += end - from;
      ends.set(memory, end);
    }
    return occupied;
  });
}

export function roundUp(bytes: number, align: number): number {
  return Math.ceil(bytes / align) * align;
}
