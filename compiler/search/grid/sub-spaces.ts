/** The sub-spaces of a search space: all combinations of the answers to its grid's choices. */

import type { Choice } from "../../../dsl/choices.js";
import type { Answers, SubSpace } from "../outcome.js";
import { randomOf } from "../random.js";
import type { Drawn } from "./worker.js";

/** The first choice varies slowest. */
export function combinations(grid: readonly Choice[]): Answers[] {
  return grid.reduce<Answers[]>(
    (all, { name, domain }) => all.flatMap((one) => domain.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** In an order in which the first ones stand for all: so that the time that is left can be told from the time that has passed. */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const result = [...list];
  const random = randomOf(seed, "order");
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/** Of its parts, in whatever order they were done. */
export function subSpaceOf(grid: Answers, parts: readonly Drawn[]): SubSpace {
  const { macs: found, broken } = joined(parts);
  const macs = [...found].sort((a, b) => a - b);
  const drawn = macs.length + Object.values(broken).reduce((sum, count) => sum + count, 0);
  const sorted = Object.entries(broken).sort(([one], [other]) => (one < other ? -1 : 1));
  return { grid, drawn, macs, broken: Object.fromEntries(sorted) };
}

/** Several parts as one. */
export function joined(parts: readonly Drawn[]): Drawn {
  const broken: Record<string, number> = {};
  for (const [quantity, count] of parts.flatMap((part) => Object.entries(part.broken)))
    broken[quantity] = (broken[quantity] ?? 0) + count;
  return { macs: parts.flatMap(({ macs }) => macs), broken, faults: parts.flatMap(({ faults }) => faults) };
}

/** Of what was drawn: where fewer fit, the mean of the few says little, and an evolution would hardly find any. */
export const LEAST_SHARE = 0.05;

export const isRare = ({ macs, drawn }: Pick<SubSpace, "macs" | "drawn">): boolean =>
  macs.length < LEAST_SHARE * drawn;

/**
 * The larger the networks that fit, the more accurate (Lin et al., section 3.1): the best first, by their mean MACs; behind them
 * sub-spaces where less than `LEAST_SHARE` fits.
 */
export function ranked(subSpaces: readonly SubSpace[]): SubSpace[] {
  return [...subSpaces].sort(
    (a, b) =>
      Number(isRare(a)) - Number(isRare(b)) ||
      meanOf(b.macs) - meanOf(a.macs) ||
      (JSON.stringify(a.grid) < JSON.stringify(b.grid) ? -1 : 1),
  );
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? -1 : values.reduce((sum, one) => sum + one, 0) / values.length;
