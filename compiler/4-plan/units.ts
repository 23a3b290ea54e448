/** What the planner orders and places: units, one operation or a segment of several, each with its kernel. */

import type { Operation, Simplified, ValueId } from "../ir/graph.js";
import type { StepKernel } from "../ir/plan.js";
import type { Kernel, Layer } from "../kernels/kernel.js";
import { operatorOf, type OperatorKind } from "../ops/index.js";
import { withFactors } from "../ops/representable.js";

export interface Unit {
  /** First to last; what they pass to each other never leaves the unit. */
  readonly operations: readonly Operation[];
  /** What it reads, constants included, in the order of the kernel's parameters. */
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
  /** Absent where nothing is computed: views, and concatenations in place. */
  readonly kernel?: StepKernel;
}

/** An operation with the values it works on. */
export function layerOf<K extends OperatorKind>(
  net: Pick<Simplified, "values">,
  operation: Operation<K>,
): Layer<K> {
  const inputs = operation.inputs.map((id) => net.values[id]);
  return { operation, inputs, output: net.values[operation.output], operator: operatorOf(operation) };
}

/** The kernels that fit an operation, best first by their authors' judgement. */
export function kernelsOf(net: Simplified, operation: Operation): StepKernel[] {
  const layer = layerOf(net, operation);
  return layer.operator.kernels
    .filter((kernel) => kernel.fits(layer))
    .map((kernel) => bind(kernel, layer, operation.inputs));
}

export function unitOf(operation: Operation, kernel?: StepKernel): Unit {
  return { operations: [operation], inputs: operation.inputs, output: operation.output, kernel };
}

/** A kernel with its layer. */
function bind(kernel: Kernel, layer: Layer, inputs: readonly ValueId[]): StepKernel {
  return {
    name: kernel.name,
    scratch: (inPlace) => kernel.scratch?.(layer, inPlace) ?? { least: 0, most: 0 },
    inPlace: (kernel.inPlace?.(layer) ?? []).map((index) => inputs[index]),
    values: [...inputs, layer.operation.output],
    readsBiased: kernel.readsBiased && inputs.indexOf(inputs[0], 1) < 0 ? [inputs[0]] : [],
    writesBiased: kernel.writesBiased ?? false,
    lower: ({ scratch, inPlace, biased }) => {
      const encoding = (value: ValueId) => (biased?.has(value) ? "biased" : "plain");
      const granted = {
        scratch,
        inPlace,
        input: inputs.length > 0 ? encoding(inputs[0]) : "plain",
        output: encoding(layer.operation.output),
      } as const;
      return withFactors(layer.operation, () => kernel.lower(layer, granted));
    },
  };
}
