/**
 * Which layers could run row by row as one segment: chains whose intermediate tensors nobody else reads, around a layer
 * that reads lines. A segment needs a few rows of each intermediate tensor instead of all of it.
 */

import type { Operation, Simplified, ValueId } from "../ir/graph.js";
import { Pointer } from "../ir/loop.js";
import type { RowKernel } from "../kernels/rows/row-kernel.js";
import { segmentKernel, type SegmentStage } from "../kernels/rows/segment.js";
import { layerOf, type Unit } from "./units.js";

/** Longest chain that is tried. */
const MOST_STAGES = 4;

/** All segments of the net that could be units. */
export function possibleSegments(net: Simplified): Unit[] {
  const users = new Map<ValueId, Operation[]>();
  for (const operation of net.operations) {
    for (const input of new Set(operation.inputs)) {
      users.set(input, [...(users.get(input) ?? []), operation]);
    }
  }
  const isOutput = new Set(net.outputs.map(({ value }) => value));
  /** The only operation that reads the result, if it reads it once. */
  const successor = ({ output }: Operation): Operation | undefined => {
    const readers = users.get(output) ?? [];
    const reads = readers[0]?.inputs.filter((input) => input === output).length;
    return readers.length === 1 && reads === 1 && !isOutput.has(output) ? readers[0] : undefined;
  };
  return net.operations.flatMap((start) => {
    const segments: Unit[] = [];
    const chain: Operation[] = [start];
    for (let next = successor(start); next && chain.length < MOST_STAGES; next = successor(next)) {
      chain.push(next);
      segments.push(...segmentsOf(net, chain));
    }
    return segments;
  });
}

/** Narrower images are not worth it: the code around a row takes longer than what streaming saves. */
const FEWEST_COLUMNS = 12;

/** The chain as a segment, with every combination of row kernels whose encodings meet. */
function segmentsOf(net: Simplified, chain: readonly Operation[]): Unit[] {
  let partial: RowKernel[][] = [[]];
  for (const operation of chain) {
    const layer = layerOf(net, operation);
    const kernels =
      layer.inputs[0].shape[1] < FEWEST_COLUMNS
        ? []
        : (layer.operator.rowKernels ?? []).filter((kernel) => kernel.fits(layer));
    partial = partial.flatMap((before) =>
      kernels
        .filter((kernel) => meets(before[before.length - 1], kernel))
        .map((kernel) => [...before, kernel]),
    );
  }
  // One window that slides, and what is around it; several take more memory and time to move their lines.
  return partial
    .filter((kernels) => kernels.slice(0, 2).some(({ reads }) => reads === "lines"))
    .filter((kernels) => kernels.filter(({ reads }) => reads === "lines").length === 1)
    .map((kernels) => segmentOf(net, chain, kernels));
}

/** The first stage reads a tensor as it is, or unpacks it. */
function meets(before: RowKernel | undefined, kernel: RowKernel): boolean {
  if (before) return before.writes.includes(kernel.reads);
  return kernel.reads === "plain" || (kernel.reads === "lines" && kernel.unpack !== undefined);
}

function segmentOf(net: Simplified, chain: readonly Operation[], kernels: readonly RowKernel[]): Unit {
  const values: ValueId[] = [chain[0].inputs[0]];
  const pointers: Pointer[] = [new Pointer("in", "int8", false)];
  const pointerOf = (value: ValueId): Pointer => {
    const known = values.indexOf(value);
    if (known >= 0) return pointers[known];
    values.push(value);
    pointers.push(new Pointer(`in${values.length}`, "int8", false));
    return pointers[pointers.length - 1];
  };
  const stages = chain.map((operation, index): SegmentStage => {
    const streamed = index === 0 ? 0 : operation.inputs.indexOf(chain[index - 1].output);
    const others = operation.inputs.filter((_, input) => input !== streamed).map(pointerOf);
    return { layer: layerOf(net, operation), kernel: kernels[index], streamed, others };
  });
  return {
    operations: [...chain],
    inputs: values,
    output: chain[chain.length - 1].output,
    kernel: segmentKernel(stages, { pointers, values }),
  };
}
