/** Figures of sub-spaces: for tables, pictures and JSON. */

import type { Quantity } from "../../limits/limits.js";
import type { Answers, GridOutcome, SubSpace } from "../outcome.js";

/** Of the MACs of networks that fit. */
export interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly least: number;
  readonly most: number;
}

/** undefined: there is none. */
export function spreadOf({ macs }: Pick<SubSpace, "macs">): Spread | undefined {
  if (macs.length === 0) return undefined;
  return {
    mean: macs.reduce((sum, one) => sum + one, 0) / macs.length,
    p50: quantileOf(macs, 0.5),
    p90: quantileOf(macs, 0.9),
    least: macs[0],
    most: macs[macs.length - 1],
  };
}

/** The least value that at least this share of the values does not exceed. @param ascending at least one */
export const quantileOf = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(Math.max(Math.ceil(share * ascending.length) - 1, 0), ascending.length - 1)];

/** What programs get of stage 1: an outcome without its thousands of figures. */
export interface GridSummary extends Omit<GridOutcome, "subSpaces"> {
  /** The best first. */
  readonly subSpaces: readonly SubSpaceSummary[];
}

export interface SubSpaceSummary {
  readonly grid: Answers;
  readonly drawn: number;
  readonly fits: number;
  /** Absent where nothing fits. */
  readonly macs?: Spread;
  readonly broken: Readonly<Partial<Record<Quantity, number>>>;
}

export function gridSummary(outcome: GridOutcome): GridSummary {
  return {
    ...outcome,
    subSpaces: outcome.subSpaces.map((one) => {
      const { grid, drawn, macs, broken } = one;
      const spread = spreadOf(one);
      return { grid, drawn, fits: macs.length, ...(spread === undefined ? {} : { macs: spread }), broken };
    }),
  };
}

/** The first of them, unless nothing fits even there. */
export const bestOf = ({ subSpaces }: GridOutcome): SubSpace | undefined =>
  subSpaces.find(({ macs }) => macs.length > 0);

/** The grid's choices: in the order in which sub-spaces have them; one may lack what others have. */
export const gridChoices = ({ subSpaces }: GridOutcome): string[] => [
  ...new Set(subSpaces.flatMap(({ grid }) => Object.keys(grid))),
];

/** Smallest and largest finite value; undefined: there is none. */
export function extentOf(values: Iterable<number>): readonly [least: number, most: number] | undefined {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least <= most ? [least, most] : undefined;
}
