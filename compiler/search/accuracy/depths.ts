/** In which order the statistics of a network's normalisations can be measured. */

import type { Checked, Operation, ValueId } from "../../ir/graph.js";
import type { Part } from "./onnx/index.js";

export type BatchNorm = Operation<"batchNorm">;

/**
 * @returns the normalisations of a network in rounds: those of a round depend on normalisations of earlier rounds only, and so can be
 * measured in one pass
 */
export function roundsOf(graph: Checked): BatchNorm[][] {
  const depths = depthsOf(graph);
  const rounds: BatchNorm[][] = [];
  for (const operation of graph.operations) {
    if (isBatchNorm(operation)) (rounds[depths[operation.inputs[0]]] ??= []).push(operation);
  }
  return rounds;
}

export const isBatchNorm = (operation: Operation): operation is BatchNorm => operation.kind === "batchNorm";

/** For each value, the most normalisations on a way to it. */
export function depthsOf({ values, operations }: Checked): number[] {
  const depths = values.map(() => 0);
  for (const operation of operations) {
    const most = Math.max(0, ...operation.inputs.map((id) => depths[id]));
    depths[operation.output] = most + (isBatchNorm(operation) ? 1 : 0);
  }
  return depths;
}

/** The operations that compute some values from others. */
export function partBetween(
  { values, operations }: Checked,
  known: Iterable<ValueId>,
  wanted: Iterable<ValueId>,
): Pick<Part, "inputs" | "operations"> {
  const available = new Set(known);
  const needed = new Set(wanted);
  const inputs = new Set([...needed].filter((id) => available.has(id)));
  const own = [...operations].reverse().filter(({ inputs: read, output }) => {
    if (!needed.has(output) || available.has(output)) return false;
    for (const id of read) {
      if (values[id].constant) continue;
      if (available.has(id)) inputs.add(id);
      else needed.add(id);
    }
    return true;
  });
  return { inputs: [...inputs], operations: own.reverse() };
}

/**
 * What has to be known once a round is measured, so that all that comes later can be computed: values that do not depend on what
 * is not measured yet, and that something reads which does.
 */
export function frontierAfter(graph: Checked, round: number): ValueId[] {
  const depths = depthsOf(graph);
  const frontier = new Set<ValueId>();
  for (const { inputs, output } of graph.operations) {
    if (depths[output] <= round) continue;
    for (const id of inputs) if (depths[id] <= round && !graph.values[id].constant) frontier.add(id);
  }
  return [...frontier];
}
