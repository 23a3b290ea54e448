import type { Operation, Simplified } from "../ir/graph.js";
import type { Kernel, Layer } from "../kernels/kernel.js";
import { operatorOf, type OperatorKind } from "../ops/index.js";

/** An operation with the values it works on. */
export function layerOf<K extends OperatorKind>(
  net: Pick<Simplified, "values">,
  operation: Operation<K>,
): Layer<K> {
  const inputs = operation.inputs.map((id) => net.values[id]);
  return { operation, inputs, output: net.values[operation.output], operator: operatorOf(operation) };
}

/** The best kernel that fits the layer. */
export function kernelFor<K extends OperatorKind>(layer: Layer<K>): Kernel<K> {
  const kernel = layer.operator.kernels.find((one) => one.fits(layer));
  if (!kernel) throw new Error(`no kernel computes ${layer.operation.kind} ${layer.operation.name}`);
  return kernel;
}
