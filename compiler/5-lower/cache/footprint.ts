/** How many lines of a cache accesses touch while the loops around them turn. */

import type { Access, Region } from "./accesses.js";

/** Bytes of a line of the Cortex-M7's caches. */
export const LINE_BYTES = 32;

/** Evenly spaced places: so many, so far apart. */
interface Row {
  count: number;
  step: number;
}

/**
 * Lines that the accesses touch in all turns of `loops`, those further out standing still. Where an array begins within a line
 * is not known: the mean of all places.
 * @param accesses all of one array
 * @param bytes of the array
 */
export function linesOf(accesses: readonly Access[], loops: ReadonlySet<Region>, bytes: number): number {
  const whole = Math.ceil(bytes / LINE_BYTES);
  let random = 0;
  const spans = new Map<string, { shape: Shape; starts: number[] }>();
  for (const one of accesses) {
    if (one.anywhere) {
      random += turnsOf(one, loops);
      continue;
    }
    const shape = shapeOf(one, loops);
    const key = `${shape.extent} ${shape.rows.map(({ count, step }) => `${count}*${step}`).join(" ")}`;
    const known = spans.get(key);
    if (known) known.starts.push(one.start);
    else spans.set(key, { shape, starts: [one.start] });
  }
  let lines = 0;
  let [first, last] = [Infinity, -Infinity];
  for (const { shape, starts } of spans.values()) {
    lines += together(shape, starts);
    const reach = shape.rows.reduce((sum, { count, step }) => sum + (count - 1) * step, shape.extent);
    first = Math.min(first, ...starts);
    last = Math.max(last, ...starts.map((start) => start + reach));
  }
  if (lines > 0) lines = Math.min(lines, lineCount(last - first));
  if (random > 0) lines = Math.max(lines, whole * (1 - (1 - 1 / whole) ** random));
  return Math.min(lines, whole);
}

/** Contiguous bytes, and the places of more such stretches. */
interface Shape {
  readonly extent: number;
  readonly rows: readonly Row[];
}

function shapeOf({ steps, bytes }: Access, loops: ReadonlySet<Region>): Shape {
  const moves = [...steps]
    .filter(([region, step]) => loops.has(region) && region.turns > 1 && step !== 0)
    .map(([region, step]) => ({ count: region.turns, step: Math.abs(step) }))
    .sort((a, b) => a.step - b.step);
  let extent = bytes;
  const rows: Row[] = [];
  for (const { count, step } of moves) {
    const top = rows[rows.length - 1];
    if (!top && step < extent + LINE_BYTES) extent += (count - 1) * step;
    else if (top && step <= top.step * top.count) top.count += (step / top.step) * (count - 1);
    else rows.push({ count, step });
  }
  return { extent, rows };
}

/** The same shape at several places: those less than a line apart are one stretch. */
function together({ extent, rows }: Shape, starts: readonly number[]): number {
  const times = rows.reduce((product, { count }) => product * count, 1);
  const sorted = [...starts].sort((a, b) => a - b);
  let lines = 0;
  let [first, end] = [sorted[0], sorted[0] + extent];
  for (const start of sorted) {
    if (start >= end + LINE_BYTES) {
      lines += lineCount(end - first);
      first = start;
    }
    end = Math.max(end, start + extent);
  }
  return times * (lines + lineCount(end - first));
}

const lineCount = (bytes: number): number => 1 + Math.max(0, bytes - 1) / LINE_BYTES;

function turnsOf(_: Access, loops: ReadonlySet<Region>): number {
  return [...loops].reduce((product, { turns }) => product * turns, 1);
}
