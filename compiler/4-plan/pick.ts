/**
 * Which point of the front a network's limits ask for: with a limit on `sram` the fastest within it, with one on `latency` alone
 * the leanest within that, without either the best compromise.
 */

import { generate } from "../5-lower/generate.js";
import { lower } from "../5-lower/index.js";
import { sharedBytes } from "../5-lower/sharing.js";
import { arenaBytes, grantOf, type Planned } from "../ir/plan.js";
import { fastest, flashAllowance, type Path } from "./choose.js";
import { ceilingOf, excessOf, held, leastOf } from "./ceilings.js";
import { arrangePath, frontOf } from "./front.js";
import { leaner } from "./parted.js";
import type { Search } from "./search.js";

/** A plan is better if cycles * bytes^this is less: half the memory is worth a fifteenth of the speed. */
const WORTH_OF_MEMORY = 0.1;

const valueOf = ({ cycles, bytes }: { readonly cycles: number; readonly bytes: number }): number =>
  cycles * bytes ** WORTH_OF_MEMORY;

/** Where the limits leave a choice: the fastest plan, the smallest, or a compromise. */
export type Preference = "speed" | "memory" | "balance";

export function pick(search: Search, prefer: Preference = "balance"): Planned {
  const { net } = search;
  const isLeastWanted = prefer === "memory" || (prefer === "balance" && leastOf(net, "latency") < Infinity);
  if (isLeastWanted && !search.hasParts) return pick(leaner(search), prefer);
  // What no memory can hold would only stand in the way.
  const possible = { ...search, byEnd: held(search.byEnd, net) };
  const within = pickWithin(possible, prefer);
  if (within) return within;
  if (!search.hasParts) return pick(leaner(search), prefer);
  const front = frontOf(search, flashAllowance(net));
  return pickWithin(search, prefer) ?? arrangePath(net, front[front.length - 1]);
}

/** undefined: no point of the front is allowed. */
function pickWithin(search: Search, prefer: Preference): Planned | undefined {
  const { net } = search;
  const front = frontOf(search, flashAllowance(net));
  const last = front.length - 1;
  const plans = new Map<number, Planned>();
  const at = (index: number): Planned => {
    if (!plans.has(index)) plans.set(index, arrangePath(net, front[index]));
    return plans.get(index)!;
  };
  // Placement may need a little more than what lives at once: then the next point may do.
  const ceiling = ceilingOf(net);
  const fits = front.findIndex(({ bytes }, index) => bytes <= ceiling && excessOf(at(index)) === 0);
  if (fits < 0) return undefined;
  const latency = leastOf(net, "latency");
  const wanted = (): number => {
    if (prefer === "memory") return last;
    if (prefer === "speed" || leastOf(net, "sram") < Infinity) return fits;
    if (latency < Infinity)
      return lastWithin(fits, last, (index) => lower(at(index)).totals.seconds <= latency);
    return bestOf(front, fits);
  };
  const index = wanted();
  return refined(search, front[index], at(excessOf(at(index)) === 0 ? index : fits));
}

/** The index, from `first` on, of the best compromise. */
export function bestOf(front: readonly Path[], first: number): number {
  let best = first;
  front.forEach((path, index) => {
    if (index > first && valueOf(path) < valueOf(front[best])) best = index;
  });
  return best;
}

/** The largest index of `first` .. `last` within a bound that later ones miss sooner; `first` where none is. */
export function lastWithin(first: number, last: number, isWithin: (index: number) => boolean): number {
  let [low, high] = [first, last + 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (isWithin(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Flash that is nearly spent, as part of the allowance. */
const TIGHT = 0.97;

/** Layers with equal code share it: which do is known when they are chosen, and what that saves may be spent. */
function refined({ net, byEnd }: Search, path: Path, planned: Planned): Planned {
  const allowance = flashAllowance(net);
  if (path.flash < TIGHT * allowance) return planned;
  const richer = fastest(byEnd, allowance + savedBySharing(planned), path.bytes);
  if (!richer || richer.cycles >= path.cycles) return planned;
  const other = arrangePath(net, richer);
  const isAllowed = richer.flash - savedBySharing(other) <= allowance;
  return isAllowed && arenaBytes(other) <= arenaBytes(planned) ? other : planned;
}

/** Bytes of code that equal layers have in common. */
function savedBySharing(planned: Planned): number {
  const computed = planned.steps.map((step) => {
    const { code, codeBytes } = generate(step.kernel, grantOf(planned, step));
    return { code, codeBytes, inPlace: step.inPlace };
  });
  return sharedBytes(computed);
}
