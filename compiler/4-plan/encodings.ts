/** In which encoding each value is stored: the one its consumers are fastest with, where all who touch it can. */

import { canBeBiased } from "../ir/encoding.js";
import type { Simplified, ValueId } from "../ir/graph.js";
import type { Step } from "../ir/plan.js";
import type { Unit } from "./units.js";

/**
 * Values to store biased: written by a step that can, read only by steps that prefer them so, and where they lie: results
 * in place of what is read take a copy of it, which may as well be biased then. Never the caller's tensors, nor views.
 */
export function chooseEncodings(
  net: Simplified,
  units: readonly Unit[],
  steps: readonly Step[],
): ReadonlySet<ValueId> {
  const isOutput = new Set(net.outputs.map(({ value }) => value));
  const views = units.filter(
    ({ kernel, operations }) => !kernel || !steps.some((one) => one.operations === operations),
  );
  const biased = steps.filter(({ outputs: [output], kernel }) => {
    const readers = steps.filter(({ inputs }) => inputs.includes(output));
    return (
      kernel.writesBiased &&
      canBeBiased(net.values[output]) &&
      !isOutput.has(output) &&
      readers.length > 0 &&
      readers.every((reader) => !reader.inPlace && reader.kernel.readsBiased.includes(output)) &&
      !views.some(({ inputs }) => inputs.includes(output))
    );
  });
  return new Set(biased.map(({ outputs: [output] }) => output));
}
