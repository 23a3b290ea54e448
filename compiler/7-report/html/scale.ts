/** Where things are in the picture of the arenas: steps from left to right, addresses from the bottom up, pixels. */

import { formatBytes } from "../../limits/format.js";

/** Room for the axis at the left, and for what ends at the last step at the right. */
export const MARGIN = { left: 78, right: 18 } as const;

/** The picture's width where steps are few enough. */
const WIDTH = 1120;
const NARROWEST = 19;
const WIDEST = 130;

export interface Columns {
  readonly count: number;
  /** Of a plain step. */
  readonly width: number;
  /** The picture's. */
  readonly total: number;
  /** Left edge of a step; of `count`: the right edge of the last. */
  x(step: number): number;
  middle(step: number): number;
}

/** @param weights widths of the steps, relative to those of plain ones */
export function columnsFor(weights: readonly number[]): Columns {
  const before = [0];
  weights.forEach((weight, step) => before.push(before[step] + weight));
  const count = weights.length;
  const room = (WIDTH - MARGIN.left - MARGIN.right) / Math.max(before[count], 1);
  const width = Math.min(Math.max(room, NARROWEST), WIDEST);
  const x = (step: number) => MARGIN.left + before[step] * width;
  return { count, width, x, middle: (step) => (x(step) + x(step + 1)) / 2, total: x(count) + MARGIN.right };
}

/** A panel: one arena. */
export interface Panel {
  readonly memory: string;
  /** Of the arena, and the height that they take. */
  readonly bytes: number;
  readonly top: number;
  readonly height: number;
  /** Of an address. */
  y(address: number): number;
}

export function panelAt(memory: string, bytes: number, top: number, height: number): Panel {
  const y = (address: number) => top + height - (address / Math.max(bytes, 1)) * height;
  return { memory, bytes, top, height, y };
}

/** Round addresses below `bytes`, at most six, with 0: a power of two apart. */
export function ticksOf(bytes: number): { readonly at: number; readonly label: string }[] {
  const step = 2 ** Math.ceil(Math.log2(Math.max(bytes, 6) / 6));
  const count = Math.floor(bytes / step);
  return Array.from({ length: count + 1 }, (_, i) => ({ at: i * step, label: formatBytes(i * step) }));
}
