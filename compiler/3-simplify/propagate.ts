/** Quantisation along the graph, by the rules of the operators. */

import type { Graph, Operation, Quantization, TensorType, Value, ValueId } from "../ir/graph.js";
import { coveringQuantization } from "../ops/arithmetic/quantization.js";
import { operatorOf } from "../ops/index.js";

/**
 * The graph with the quantisation of every int8 value that is given, prescribed, passed on from an input, or `chosen`.
 * @param chosen for values with a range of their own; undefined: stays unknown
 */
export function propagateQuantization<G extends Graph>(
  graph: G,
  chosen: (id: ValueId, producer: Operation | undefined) => Quantization | undefined,
): G {
  const values = [...graph.values];
  const settle = (id: ValueId, quantization: Quantization | undefined) => {
    if (isQuantized(values[id])) values[id] = { ...values[id], quantization };
  };
  for (const id of graph.inputs) settle(id, values[id].quantization ?? chosen(id, undefined));
  for (const operation of graph.operations) {
    const id = operation.output;
    const rule = operatorOf(operation).quantization(operation);
    if (rule === "none") continue;
    const own = () => values[id].quantization ?? chosen(id, operation);
    const inputs = operation.inputs.map((input) => values[input]);
    if (rule === "calibrated") settle(id, own());
    else if (rule === "shared") settle(id, own() ?? coveringQuantization(inputs));
    else settle(id, rule === "input" ? inputs[0].quantization : rule);
  }
  return { ...graph, values };
}

/** int8 values that the network computes or is given and whose quantisation is not known. */
export function unquantized(graph: Graph): Value[] {
  const ids = [...graph.inputs, ...graph.operations.map((operation) => operation.output)];
  return ids.map((id) => graph.values[id]).filter((value) => isQuantized(value) && !value.quantization);
}

/** Values of this type stand for reals. */
export function isQuantized({ dtype }: TensorType): boolean {
  return dtype === "int8" || dtype === "uint8";
}
