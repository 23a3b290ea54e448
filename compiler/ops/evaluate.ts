/** The reference interpreter: a graph evaluated operation by operation, exactly (`evaluate`) or in real numbers (`evaluateFloat`). */

import { elements, type Graph, type Operation, type ValueId } from "../ir/graph.js";
import { operatorOf } from "./index.js";
import type { TensorData } from "./operator.js";
import { realValues } from "./arithmetic/constants.js";

/** What layers keep from run to run. */
export type State = ReadonlyMap<Operation, readonly TensorData[]>;

/** The state after a reset. */
export function initialState(graph: Graph): State {
  const types = (operation: Operation) =>
    operatorOf(operation).state?.(
      operation,
      operation.inputs.map((id) => graph.values[id]),
      graph.values[operation.output],
    ) ?? [];
  return new Map(
    graph.operations.map((operation) => [
      operation,
      types(operation).map(({ shape, dtype, initial }) => {
        const count = elements(shape);
        return dtype === "int8"
          ? new Int8Array(count).fill(initial)
          : dtype === "int16"
            ? new Int16Array(count)
            : dtype === "float32"
              ? new Float32Array(count)
              : new Int32Array(count);
      }),
    ]),
  );
}

/**
 * Exact int8 semantics, TFLite's reference kernels bit for bit. All quantisation must be known and all constants integers.
 * @param inputs data of every network input, int8 or float32 as its value says
 * @param state of recurrent layers, updated; left out, as after a reset
 * @returns data of every value: inputs, constants and results
 */
export function evaluate(
  graph: Graph,
  inputs: ReadonlyMap<ValueId, TensorData>,
  state: State = initialState(graph),
): Map<ValueId, TensorData> {
  const data = new Map(inputs);
  checkInputs(graph, data);
  graph.values.forEach(({ constant }, id) => {
    const known = constant?.data;
    if (known) data.set(id, known);
  });
  for (const operation of graph.operations) {
    const { sources, types } = gather(graph, operation, data);
    const output = graph.values[operation.output];
    data.set(
      operation.output,
      operatorOf(operation).reference(operation, sources, types, output, state.get(operation)),
    );
  }
  return data;
}

/**
 * Real-valued semantics in float32, for calibration: quantisation is ignored, `quantize` and `dequantize` change nothing.
 * @param inputs real values of every network input
 * @returns real values of every value: inputs, constants and results
 */
export function evaluateFloat(
  graph: Graph,
  inputs: ReadonlyMap<ValueId, Float32Array>,
): Map<ValueId, Float32Array> {
  const data = new Map(inputs);
  checkInputs(graph, data);
  graph.values.forEach((value, id) => {
    const { constant, quantization } = value;
    if (!constant) return;
    // Indices are numbers of their own.
    const real = constant.scales || constant.dtype === "float32";
    data.set(
      id,
      real
        ? realValues(constant, "last", quantization?.zeroPoint)
        : Float32Array.from(constant.data!, Number),
    );
  });
  for (const operation of graph.operations) {
    const operator = operatorOf(operation);
    if (!operator.float) throw new Error(`${operation.kind} has no real-valued semantics`);
    const { sources, types } = gather(graph, operation, data);
    const output = graph.values[operation.output];
    data.set(operation.output, operator.float(operation, sources, types, output));
  }
  return data;
}

function gather<Data>(graph: Graph, operation: Operation, data: ReadonlyMap<ValueId, Data>) {
  const sources = operation.inputs.map((id) => {
    const known = data.get(id);
    if (known === undefined)
      throw new Error(`${operation.name} reads ${graph.values[id].name} before it is computed`);
    return known;
  });
  return { sources, types: operation.inputs.map((id) => graph.values[id]) };
}

function checkInputs(graph: Graph, data: ReadonlyMap<ValueId, TensorData>): void {
  for (const id of graph.inputs) {
    const { name, shape } = graph.values[id];
    if (data.get(id)?.length !== elements(shape))
      throw new Error(`input ${name} needs ${elements(shape)} values`);
  }
}
