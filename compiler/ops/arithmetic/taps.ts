/** Which taps of a window lie inside the image, over all places of the window. */

import type { Two, Window } from "../attributes.js";
import { tapsInside } from "./windows.js";

export interface Taps {
  readonly count: number;
  /** Taps that are inside at some places and outside at others. */
  readonly sometimes: readonly number[];
  /** Taps that are inside everywhere. */
  readonly always: readonly number[];
  /**
   * Every set of taps that are inside together at some place. Left out where they are too many to look at: then any of `sometimes`
   * may come with any other.
   */
  readonly sets?: readonly (readonly number[])[];
}

/** Sets times taps; beyond, the sets are not listed. */
const mostListed = 2 ** 14;

/** @param image height and width of the input @param size of the result */
export function tapsOf({ kernel, stride, dilation, padding }: Window, image: Two, size: Two): Taps {
  const starts: Two = [padding.top, padding.left];
  const [rows, columns] = ([0, 1] as const).map((axis) => {
    const found = new Map<string, Two>();
    for (let place = 0; place < size[axis]; place++) {
      const inside = tapsInside(
        place * stride[axis] - starts[axis],
        kernel[axis],
        dilation[axis],
        image[axis],
      );
      found.set(inside.join(), inside);
    }
    return [...found.values()];
  });
  const count = kernel[0] * kernel[1];
  const isListed = rows.length * columns.length * count <= mostListed;
  const [down, across] = [insideOf(rows, kernel[0]), insideOf(columns, kernel[1])];
  const all = Array.from({ length: count }, (_, tap) => tap);
  const state = (tap: number) => Math.min(down[Math.floor(tap / kernel[1])], across[tap % kernel[1]]);
  return {
    count,
    sometimes: all.filter((tap) => state(tap) === 1),
    always: all.filter((tap) => state(tap) === 2),
    sets: isListed
      ? rows.flatMap((row) => columns.map((column) => rectangle(row, column, kernel[1])))
      : undefined,
  };
}

/** Taps each of which may be inside or not. */
export function anyTaps(count: number): Taps {
  return { count, sometimes: Array.from({ length: count }, (_, tap) => tap), always: [] };
}

/** A single tap, always inside. */
export const oneTap: Taps = { count: 1, sometimes: [], always: [0], sets: [[0]] };

/** Of every tap along one direction: 0 never inside, 1 sometimes, 2 always. */
function insideOf(ranges: readonly Two[], kernel: number): number[] {
  return Array.from({ length: kernel }, (_, tap) => {
    const count = ranges.filter(([first, end]) => tap >= first && tap < end).length;
    return count === 0 ? 0 : count < ranges.length ? 1 : 2;
  });
}

function rectangle([top, bottom]: Two, [left, right]: Two, columns: number): number[] {
  const taps: number[] = [];
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) taps.push(row * columns + column);
  return taps;
}
