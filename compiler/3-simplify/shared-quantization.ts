/** Operators whose inputs and result have one quantisation: who gets it where calibration chooses. */

import type { Graph, Operation, Quantization, ValueId } from "../ir/graph.js";
import { operatorOf } from "../ops/index.js";

/**
 * The chosen quantisations with those of a result given to the inputs that were free to have their own; passed back through operations
 * that keep their input's. As TFLite's converter does, so that a concatenation can be written in place by its producers. The
 * network's inputs keep what was chosen for them: other layers read them in full resolution, and requantisation is cheap.
 */
export function shareQuantization(
  graph: Graph,
  chosen: ReadonlyMap<ValueId, Quantization>,
): ReadonlyMap<ValueId, Quantization> {
  const producers = new Map(graph.operations.map((operation) => [operation.output, operation]));
  const ruleOf = (operation: Operation | undefined) =>
    operation && operatorOf(operation).quantization(operation);
  const sourceOf = (value: ValueId): ValueId => {
    let source = value;
    while (ruleOf(producers.get(source)) === "input") source = producers.get(source)!.inputs[0];
    return source;
  };
  const settled = new Map(chosen);
  const shared = new Set<ValueId>();
  // The last first: what it gives to another's result is passed on from there.
  for (const operation of [...graph.operations].reverse()) {
    if (ruleOf(operation) !== "shared") continue;
    const own = settled.get(operation.output) ?? graph.values[operation.output].quantization;
    for (const source of operation.inputs.map(sourceOf)) {
      const isFree = settled.has(source) && producers.has(source) && !shared.has(source);
      if (!own || !isFree) continue;
      shared.add(source);
      settled.set(source, own);
    }
  }
  return settled;
}
