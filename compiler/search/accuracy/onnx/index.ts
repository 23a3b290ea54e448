/** A network in real numbers, or a part of one, as an ONNX model. */

import { reject } from "../../../diagnostics/diagnostic.js";
import { elements, type Graph, type Operation, type ValueId } from "../../../ir/graph.js";
import { realValues } from "../../../ops/arithmetic/constants.js";
import { Builder, channelsFirst, toChannelsFirst } from "./builder.js";
import { encodeModel, type Port } from "./schema.js";
import { translatorOf } from "./translators.js";

/** A part of a network: operations that compute some values from others. */
export interface Part {
  readonly inputs: readonly ValueId[];
  /** In their order. */
  readonly operations: readonly Operation[];
  readonly outputs: readonly ValueId[];
  /** Values of which the mean and the mean square of every sample's channels are wanted. */
  readonly measured: readonly ValueId[];
}

export interface Model {
  readonly bytes: Uint8Array;
  /** Names of the model's inputs and outputs. */
  readonly inputs: ReadonlyMap<ValueId, string>;
  readonly outputs: ReadonlyMap<ValueId, string>;
  readonly measured: ReadonlyMap<ValueId, { readonly mean: string; readonly square: string }>;
}

/** All of a network. */
export function wholeOf(graph: Graph): Part {
  const outputs = [...new Set(graph.outputs.map(({ value }) => value))];
  return { inputs: graph.inputs, operations: graph.operations, outputs, measured: [] };
}

/**
 * @param file of the network, for an operation without a place of its own
 * @throws Rejected where an operation has no translation, or no weights
 */
export function translate(graph: Graph, part: Part, file: string): Model {
  const builder = new Builder();
  const inputs = new Map(part.inputs.map((id) => [id, `input${id}`]));
  const tensors = new Map(inputs);
  const tensorOf = (id: ValueId): string => {
    if (!tensors.has(id)) tensors.set(id, constantOf(graph, id, builder));
    return tensors.get(id)!;
  };
  for (const operation of part.operations) {
    const [output, types] = [graph.values[operation.output], operation.inputs.map((id) => graph.values[id])];
    const translator = translatorOf(operation, graph) ?? unknown(operation, file);
    checkWeights(operation, file);
    const call = { operation, inputs: operation.inputs.map(tensorOf), types, output, builder };
    tensors.set(operation.output, translator(call));
  }
  // A name of its own for each: a value may be an input as well, or one tensor stand for two values.
  const outputs = new Map(part.outputs.map((id) => [id, builder.node("Identity", [tensorOf(id)])]));
  const measured = new Map(
    part.measured.map((id) => {
      const rank = graph.values[id].shape.length;
      const square = builder.node("Mul", [tensorOf(id), tensorOf(id)]);
      return [
        id,
        { mean: meanOf(builder, tensorOf(id), rank), square: meanOf(builder, square, rank) },
      ] as const;
    }),
  );
  const port = (id: ValueId, name: string): Port => {
    return { name, shape: ["batch", ...channelsFirst(graph.values[id].shape)] };
  };
  const means = [...measured].flatMap(([id, { mean, square }]) =>
    [mean, square].map((name): Port => ({ name, shape: ["batch", graph.values[id].shape.at(-1)!] })),
  );
  const bytes = encodeModel(
    builder.graph(
      [...inputs].map(([id, name]) => port(id, name)),
      [...[...outputs].map(([id, name]) => port(id, name)), ...means],
    ),
  );
  return { bytes, inputs, outputs, measured };
}

/** [batch, channels] of [batch, channels, ...]. */
function meanOf(builder: Builder, tensor: string, rank: number): string {
  if (rank === 1) return builder.node("Identity", [tensor]);
  if (rank === 3) return builder.node("Flatten", [builder.node("GlobalAveragePool", [tensor])], { axis: 1 });
  const axes = Array.from({ length: rank - 1 }, (_, i) => i + 2);
  return builder.node("ReduceMean", [tensor], { axes, keepdims: 0 });
}

function constantOf(graph: Graph, id: ValueId, builder: Builder): string {
  const { constant, quantization, name } = graph.values[id];
  if (!constant) throw new Error(`${name} is read before it is computed`);
  const values = toChannelsFirst(realValues(constant, "last", quantization?.zeroPoint), constant.shape);
  return builder.constant(values, [1, ...channelsFirst(constant.shape)]);
}

function unknown(operation: Operation, file: string): never {
  const place = operation.site?.at ?? { file };
  return reject("MCU6021", place, { layer: operation.name, operator: operation.kind });
}

/** Layers may have sizes only; these have nothing to compute with. */
function checkWeights({ name, attributes, site }: Operation, file: string): void {
  const constants = Object.values(attributes as unknown as Record<string, unknown>);
  const isEmpty = (one: any) =>
    Array.isArray(one?.shape) && one.dtype !== undefined && !one.data && elements(one.shape) > 0;
  if (constants.some(isEmpty)) reject("MCU6025", site?.at ?? { file }, { layer: name });
}
