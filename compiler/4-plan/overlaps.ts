/** Results over inputs that nobody needs any more: which steps could write them so, and how far. */

import { bytes, type Simplified, type ValueId } from "../ir/graph.js";
import type { StepKernel } from "../ir/plan.js";
import type { Homes } from "./homes.js";
import type { Unit } from "./units.js";

/** A result that may begin at most `most` bytes behind the input's begin, or behind its end; where `inPlace`, in its very place. */
export interface Reach {
  readonly step: number;
  readonly input: ValueId;
  readonly output: ValueId;
  readonly most: number;
  readonly inPlace: boolean;
}

/** The inputs among `dying` that a step can write its result over; none where the result is a slice of something larger. */
export function reachesOf(
  { kernel, output }: Unit,
  step: number,
  dying: readonly ValueId[],
  homes: Homes,
): readonly Reach[] {
  if (homes.isPlaced(output)) return [];
  return dying.flatMap((input) => {
    const most = kernel!.overlap?.(input);
    return most === undefined ? [] : [{ step, input, output, most, inPlace: false }];
  });
}

/** Whether writing over an input takes no more memory than working in place in it. */
export function isBetterOver(
  { values }: Pick<Simplified, "values">,
  { kernel, output }: Unit,
  input: ValueId,
): boolean {
  const most = kernel!.overlap?.(input);
  if (most === undefined) return false;
  const size = bytes(values[input]);
  const together = Math.max(size + Math.max(0, -most), bytes(values[output]));
  return together + leastScratch(kernel!, false) <= size + leastScratch(kernel!, true);
}

export function leastScratch(kernel: StepKernel, inPlace: boolean): number {
  return kernel.scratch(inPlace).least;
}
