/** What the planner orders and places: units, one operation or a segment of several, each with its kernel. */

import type { Operation, Simplified, ValueId } from "../ir/graph.js";
import type { Granted, StepKernel } from "../ir/plan.js";
import type { Kernel, Layer, LayerGrant } from "../kernels/kernel.js";
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

/**
 * The kernels that fit an operation, best first by their authors' judgement.
 * @param like what their memory and work are asked of: the layer itself, or one of its shape
 */
export function kernelsOf(
  net: Pick<Simplified, "values">,
  operation: Operation,
  like: Layer = layerOf(net, operation),
): StepKernel[] {
  const layer = layerOf(net, operation);
  return fittingOf(like).map((fitting) => bind(fitting, layer, like));
}

/** A kernel that computes a layer, with the memory that it takes. */
interface Fitting {
  readonly kernel: Kernel;
  /** Indices of inputs. */
  readonly inPlace: readonly number[];
  scratch(inPlace: boolean): ReturnType<StepKernel["scratch"]>;
}

/** Plans ask again and again. */
const fittings = new WeakMap<Layer, readonly Fitting[]>();

function fittingOf(layer: Layer): readonly Fitting[] {
  let known = fittings.get(layer);
  if (!known) {
    const kernels = layer.operator.kernels.filter((kernel) => kernel.fits(layer));
    fittings.set(layer, (known = kernels.map((kernel) => fit(kernel, layer))));
  }
  return known;
}

function fit(kernel: Kernel, layer: Layer): Fitting {
  const scratch = new Map<boolean, ReturnType<StepKernel["scratch"]>>();
  return {
    kernel,
    inPlace: kernel.inPlace?.(layer) ?? [],
    scratch(inPlace) {
      const known = scratch.get(inPlace) ?? kernel.scratch?.(layer, inPlace) ?? { least: 0, most: 0 };
      scratch.set(inPlace, known);
      return known;
    },
  };
}

export function unitOf(operation: Operation, kernel?: StepKernel): Unit {
  return { operations: [operation], inputs: operation.inputs, output: operation.output, kernel };
}

/** A kernel with its layer. */
function bind({ kernel, inPlace, scratch }: Fitting, layer: Layer, like: Layer): StepKernel {
  const { inputs } = layer.operation;
  return {
    name: kernel.name,
    scratch,
    inPlace: inPlace.map((index) => inputs[index]),
    values: [...inputs, layer.operation.output],
    readsBiased: kernel.readsBiased && inputs.indexOf(inputs[0], 1) < 0 ? [inputs[0]] : [],
    writesBiased: kernel.writesBiased ?? false,
    lower: (granted) => withFactors(layer.operation, () => kernel.lower(layer, grantOf(layer, granted))),
    work: (granted) => kernel.work?.(like, grantOf(layer, granted)),
  };
}

function grantOf({ operation }: Layer, { scratch, inPlace, biased }: Granted): LayerGrant {
  const encoding = (value: ValueId) => (biased?.has(value) ? "biased" : "plain");
  const { inputs, output } = operation;
  return {
    scratch,
    inPlace,
    input: inputs.length > 0 ? encoding(inputs[0]) : "plain",
    output: encoding(output),
  };
}
