/**
 * Products with padding are 0 where lines hold values less the zero point: they are left out. Columns beside the image are known
 * group by group. Of the rows above and below it, results multiply none where the image is no higher than the kernel; else those at
 * the borders have code of their own, if that pays.
 */

import type { Expr } from "../../ir/loop.js";
import type { Axes, Axis } from "./axes.js";
import { groupsOf } from "./groups.js";
import { groupSteps, rowProducts } from "./taps.js";

/** Part of a window's products: kernel rows `row` .. `row + rows - 1`, columns `low` .. `high - 1` from the group's first. */
export interface Part {
  readonly row: number;
  readonly rows: number;
  readonly low: number;
  readonly high: number;
}

/** Rows of results that the same code computes. */
export interface Stretch {
  readonly results: number | Expr;
  readonly row: number;
  readonly rows: number;
}

export interface Skipping {
  /** Lines hold values less the zero point. */
  readonly isZeroBased: boolean;
  /** Every result multiplies the lines of the image, all of them and no others; weights have rows of zeros around them. */
  readonly isShort: boolean;
  /** Those rows. */
  readonly above: number;
  readonly below: number;
}

export const NOTHING_SKIPPED: Skipping = { isZeroBased: false, isShort: false, above: 0, below: 0 };

/**
 * Of products, as a share: those beside the image for lines that some forms of requantisation cannot have, those above and below it
 * for more code.
 */
const WORTH = 0.04;
const WORTH_OF_CODE = 0.08;

/** @param borders whether rows of results at the borders have code of their own */
export function skippingOf(axes: Axes, borders: boolean): Skipping {
  if (isShort(axes.across)) return shortImage(axes);
  return borders || savedBeside(axes) >= WORTH ? ZERO_BASED : NOTHING_SKIPPED;
}

/** For rows of an image that is never there as a whole: those above and below it are multiplied as others are. */
export function skippingBeside(axes: Axes): Skipping {
  return savedBeside(axes) >= WORTH ? ZERO_BASED : NOTHING_SKIPPED;
}

const ZERO_BASED: Skipping = { ...NOTHING_SKIPPED, isZeroBased: true };

/** Where all results multiply all lines. Windows that are far outside would take too many rows of zeros. */
function isShort({ input, taps, output, stride, before }: Axis): boolean {
  return input < taps && output * stride - before <= taps;
}

/** One row further than the last result needs: its code loads what another one would begin with. */
function shortImage({ across }: Axes): Skipping {
  const { taps, before, input, output, stride } = across;
  const above = Math.max(0, output * stride - before);
  return { isZeroBased: true, isShort: true, above, below: Math.max(0, before + input - taps) };
}

/** Of the products of a row, those that its groups leave out. */
function savedBeside(axes: Axes): number {
  const { taps, stride } = axes.along;
  let [first, all, kept] = [0, 0, 0];
  for (const { outputs, turns } of groupsOf(axes, 3)) {
    const columns = turns === 1 ? columnsOf(axes.along, first) : ALL_COLUMNS;
    all += turns * rowProducts(taps, stride, outputs).length;
    kept += turns * groupSteps(taps, stride, outputs, { row: 0, rows: 1, ...columns }).length;
    first += turns * outputs;
  }
  return 1 - kept / all;
}

/** Of taps that meet the image. */
function share({ input, output, taps, stride, before }: Axis): number {
  let inside = 0;
  for (let at = 0; at < output; at++) {
    const first = at * stride - before;
    inside += Math.max(0, Math.min(taps, input - first) - Math.max(0, -first));
  }
  return inside / (output * taps);
}

/** All columns of a group that is repeated; of one at `first`, those of the image. */
export function columnsOf({ before, input, stride }: Axis, first: number): { low: number; high: number } {
  const start = first * stride;
  return { low: Math.max(0, before - start), high: input + before - start };
}

export const ALL_COLUMNS = { low: 0, high: Infinity };

/** Kernel rows that meet the image, of the results `first` .. `last`. */
function rowsOf({ before, input, stride, taps }: Axis, first: number, last: number) {
  const row = Math.max(0, Math.min(taps - 1, before - last * stride));
  const least = Math.max(0, Math.min(taps - 1, before - first * stride));
  const end = Math.min(taps, Math.max(least + 1, input + before - first * stride));
  return { row, rows: end - row };
}

/** What the code of a kernel row is worth, in times that a channel runs it. */
const CODE_OF_ROW = 30;
/** Of a loop over rows of results: its mispredicted exit. */
const LOOP_CYCLES = 8;
/** Of more rows, padding is a small share, unless it is out of all proportion. */
const MOST_RESULTS = 40;
/** Of code: about what a product takes with its loads, and what is not to be pushed out of a small instruction cache. */
const PRODUCT_BYTES = 7;
const MOST_BYTES = 3000;

/** Stretches of the least cost; undefined where code for the borders does not pay. */
export function stretchesOf({ along, across }: Axes, channels: number): readonly Stretch[] | undefined {
  if (isShort(across) || across.output > MOST_RESULTS || 1 - share(across) < WORTH_OF_CODE) return undefined;
  const products = (along.output * (along.taps + 1)) / 2;
  const loop = LOOP_CYCLES / products;
  for (let code = CODE_OF_ROW / channels; ; code *= 2) {
    const stretches = cheapestStretches(across, code, loop);
    if (stretches.length === 1) return undefined;
    const rows = stretches.reduce((sum, one) => sum + one.rows, 0);
    if (rows * products * PRODUCT_BYTES <= MOST_BYTES) return stretches;
  }
}

/**
 * @param code what the code of a kernel row costs, in rows of products
 * @param loop what a loop does
 */
function cheapestStretches(across: Axis, code: number, loop: number): readonly Stretch[] {
  const best: { readonly cost: number; readonly stretches: readonly Stretch[] }[] = [
    { cost: 0, stretches: [] },
  ];
  for (let end = 1; end <= across.output; end++) {
    const candidates = Array.from({ length: end }, (_, first) => {
      const results = end - first;
      const stretch = { results, ...rowsOf(across, first, end - 1) };
      const cost = best[first].cost + stretch.rows * (results + code) + (results > 1 ? loop : 0);
      return { cost, stretches: [...best[first].stretches, stretch] };
    });
    best.push(candidates.reduce((least, one) => (one.cost < least.cost ? one : least)));
  }
  return best[across.output].stretches;
}
