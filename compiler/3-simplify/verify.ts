/** What every simplified graph keeps to. A violation is a bug of the compiler. */

import { bytes, elements, type Constant, type Graph, type Operation, type Value } from "../ir/graph.js";
import { operatorOf } from "../ops/index.js";
import { sameQuantization } from "../ops/arithmetic/quantization.js";
import { channelOf, constantsOf, isWeighted, type WeightedOperation } from "./layers.js";

export function verifySimplified(graph: Graph): void {
  const known = new Set(graph.inputs);
  graph.values.forEach((value, id) => {
    verifyValue(value);
    if (value.constant) known.add(id);
  });
  for (const operation of graph.operations) {
    const { name, inputs, output } = operation;
    claim(
      inputs.every((id) => known.has(id)),
      `${name} reads what is not computed yet`,
    );
    claim(!known.has(output), `${name} computes a value that exists already`);
    known.add(output);
    verifyOperation(operation, graph);
  }
  claim(
    graph.outputs.every(({ value }) => known.has(value)),
    "an output is not computed",
  );
  const names = graph.operations.map(({ name }) => name);
  claim(
    new Set(names).size === names.length && names.every((name) => /^[A-Za-z]\w*$/.test(name)),
    "names are identifiers, each once",
  );
}

function verifyValue({ name, shape, dtype, quantization, constant }: Value): void {
  claim(
    shape.every((size) => Number.isInteger(size) && size > 0),
    `${name} has sizes of at least 1`,
  );
  claim(
    (dtype === "int8" || dtype === "uint8") === (quantization !== undefined),
    `${name} has a quantisation if and only if it is int8 or uint8`,
  );
  if (quantization) {
    const { scale, zeroPoint } = quantization;
    claim(
      scale > 0 && scale < Infinity && scale === Math.fround(scale),
      `${name} has a float32 scale above 0`,
    );
    const least = dtype === "uint8" ? 0 : -128;
    const inRange = zeroPoint >= least && zeroPoint <= least + 255;
    claim(Number.isInteger(zeroPoint) && inRange, `${name} has a zero point of its type`);
  }
  if (constant) verifyConstant(constant, name);
}

function verifyOperation(operation: Operation, graph: Graph): void {
  constantsOf(operation).forEach((constant) => verifyConstant(constant, operation.name));
  if (isWeighted(operation)) verifyWeights(operation, graph);
  const input = graph.values[operation.inputs[0]];
  const output = graph.values[operation.output];
  if (operatorOf(operation).quantization(operation) === "shared") {
    const agrees = (id: number) => sameQuantization(graph.values[id].quantization, output.quantization);
    claim(operation.inputs.every(agrees), `${operation.name} has one quantisation for all`);
  }
  const offset = operatorOf(operation).view?.(operation, input, output);
  if (offset !== undefined)
    claim(offset >= 0 && offset + bytes(output) <= bytes(input), `${operation.name} looks at its input`);
}

function verifyWeights(operation: WeightedOperation, graph: Graph): void {
  const { weights, bias } = operation.attributes;
  const { channels } = channelOf(operation);
  const count = weights.scales?.length;
  claim(
    weights.dtype === "int8" && (count === 1 || count === channels),
    `${operation.name} has int8 weights with scales`,
  );
  claim(
    !bias || (bias.dtype === "int32" && elements(bias.shape) === channels),
    `${operation.name} has an int32 bias`,
  );
  claim(
    graph.values[operation.output].shape.at(-1) === channels,
    `${operation.name} has as many weights as channels`,
  );
}

function verifyConstant({ shape, data }: Constant, name: string): void {
  claim(data?.length === elements(shape), `${name} has constants as large as their shape`);
}

function claim(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the simplified graph is wrong: ${what}`);
}
