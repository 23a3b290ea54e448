/**
 * Choices make a model file a search space: a set of networks, one for every way to choose. `tsc-mcu search` finds the best
 * member that fits the limits and writes it as a plain model file.
 */

import { currentSite, DslError, type Site } from "./graph.js";

export type Choosable = number | string | boolean;

/** A question that a model file asks, and the answers that it takes. */
export interface Choice {
  readonly name: string;
  /** At least one, all different; smallest first where they are sizes. */
  readonly domain: readonly Choosable[];
  /** One of those that span the grid of sub-spaces (stage 1 of the search). */
  readonly grid: boolean;
  readonly site?: Site;
}

/** Answers a choice with one element of its domain. */
export type Chooser = (choice: Choice) => Choosable;

/** Without a search, a space stands for its largest member. */
const largest: Chooser = ({ domain }) => domain[domain.length - 1];

let answer: Chooser = largest;

/** Runs `call` with all choices answered by `chooser`. For the compiler only. */
export function withChooser<T>(chooser: Chooser, call: () => T): T {
  const outer = answer;
  answer = chooser;
  try {
    return call();
  } finally {
    answer = outer;
  }
}

/**
 * One of the values; which one is left to the search. Executed without a search, it is the last one. A choice may be asked
 * again by its name, with the same values: the answer is the same. Choices may depend on others: what is not reached is not asked.
 * @param name unique in the space: `"stage2.kernel"`
 * @param domain numbers, strings or booleans, all different; sizes from small to large
 * @param options.grid one of the choices whose combinations are the sub-spaces that `search --stage 1` compares
 */
export function choose<const Value extends Choosable>(
  name: string,
  domain: readonly Value[],
  options: { readonly grid?: boolean } = {},
): Value {
  if (typeof name !== "string" || name === "") throw new DslError("a choice needs a name", "name");
  if (!Array.isArray(domain) || domain.length === 0)
    throw new DslError(`the choice "${name}" needs at least one value`, "domain");
  const wrong = domain.findIndex(
    (one) => !["number", "string", "boolean"].includes(typeof one) || Number.isNaN(one),
  );
  if (wrong >= 0)
    throw new DslError(`the choice "${name}" takes numbers, strings and booleans`, `domain.${wrong}`);
  const twice = domain.findIndex((one, index) => domain.indexOf(one) < index);
  if (twice >= 0)
    throw new DslError(`the choice "${name}" has ${String(domain[twice])} twice`, `domain.${twice}`);
  const choice = { name, domain: [...domain], grid: options.grid === true, site: currentSite() };
  return answer(choice) as Value;
}

/**
 * Evenly spaced numbers, both ends included, for `choose`: `range(16, 64, 8)` is 16, 24, … 64.
 * @param step greater than 0
 */
export function range(from: number, to: number, step = 1): number[] {
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (!(step > 0) || !(count >= 1) || count > 10_000)
    throw new DslError("a range goes from a number up to one that is not less, in steps greater than 0");
  return Array.from({ length: count }, (_, index) => Number((from + index * step).toPrecision(12)));
}

/**
 * Channels of a network that is made narrower or wider: the multiple of `by` that is nearest to `channels`, at least `by`, and at
 * least nine tenths of `channels` (MobileNetV2's rule).
 */
export function makeDivisible(channels: number, by = 8): number {
  const nearest = Math.max(by, Math.floor((channels + by / 2) / by) * by);
  return nearest < 0.9 * channels ? nearest + by : nearest;
}
