/** A TensorFlow Lite graph to a `Net`, by calling the DSL as the model file that printProject prints does. */

import { basename, extname } from "node:path";
import type { Net, NodeOutput } from "../../dsl/graph.js";
import { input, network, reshape, weights, type InputOptions, type Tensor } from "../../dsl/index.js";
import { isHeaderOfC } from "../targets/c-names.js";
import { Diagnostics, reject } from "../diagnostics/diagnostic.js";
import type { TensorFile } from "../files/tensor-file.js";
import { Call, type Surroundings } from "./call.js";
import { shortestFloat32 } from "./float32.js";
import { MemoryTensors } from "./memory-tensors.js";
import type { TfliteModel, TfliteOperator, TfliteTensor } from "./model.js";
import { edgeName, identifier, layerNames, UniqueNames } from "./names.js";
import { mostResults, severalResults, translators } from "./translators.js";
import { hasBatch, print, stepOf, withoutBatch, type Value } from "./values.js";

export interface Imported {
  readonly net: Net;
  readonly tensors: TensorFile;
  /** By the name of a node: the index of the model's operator that it came from. */
  readonly origins: ReadonlyMap<string, number>;
}

/** Where the printed model file finds its weights. */
export const weightsFile = "weights.safetensors";

export function buildNet({ file, subgraph }: TfliteModel): Imported {
  const { tensors, operators } = subgraph;
  checkOperators(operators, file);
  for (const tensor of tensors) checkTensor(tensor, file);
  const stored = new MemoryTensors(file);
  const w = weights(`./${weightsFile}`, { layout: "tensorflow" });
  const around: Surroundings = { file, tensors, values: new Map(), stored, weights: w };
  const origins = new Map<string, number>();
  const names = layerNames(subgraph);
  const net = network(networkName(file), {}, () => {
    makeInputs(subgraph.inputs, around);
    for (const operator of operators) {
      const call = new Call(operator, names[operator.index], around);
      [translators.get(operator.name)!(call)].flat().forEach((value, i) => {
        const tensor = tensors[operator.outputs[i]];
        const result = asInModel(call, value, tensor);
        if (around.values.has(tensor.index))
          call.fail(`it computes "${tensor.name}" again`, "each tensor once");
        around.values.set(tensor.index, result);
        const { node } = result.tensor as unknown as NodeOutput;
        // What came to nothing, a padding by 0 for one, leaves the value to the operator that made it.
        if (!origins.has(node.name)) origins.set(node.name, operator.index);
      });
    }
    return collectOutputs(subgraph.outputs, around);
  });
  return { net, tensors: stored, origins };
}

/** All that is not supported at once: someone who ports a model wants the whole list. */
function checkOperators(operators: readonly TfliteOperator[], file: string): void {
  const found = new Diagnostics();
  const first = new Map(operators.toReversed().map((operator) => [operator.name, operator]));
  const unsupported = operators.filter(
    (operator) => first.get(operator.name) === operator && !translators.has(operator.name),
  );
  unsupported.forEach(({ name: operator, index, at }, place) => {
    const supported = place === unsupported.length - 1 ? [...translators.keys()] : undefined;
    found.report("MCU3032", { file, offset: at }, { operator, index, supported });
  });
  for (const { name: operator, index, outputs, at } of operators) {
    const most = severalResults.has(operator) ? mostResults : 1;
    if ((outputs.length >= 1 && outputs.length <= most) || unsupported.length > 0) continue;
    const what = `${outputs.length} results`;
    const expected = most === 1 ? "one" : `1 to ${most}`;
    found.report("MCU3034", { file, offset: at }, { operator, index, what, expected });
  }
  found.stop();
}

function checkTensor({ name, shape, signature, at }: TfliteTensor, file: string): void {
  const place = { file, offset: at };
  // The batch may be open: it becomes 1, and is left out.
  if (signature.some((size, axis) => size < 0 && (axis > 0 || shape[0] !== 1))) {
    const help = "convert the model with fixed input sizes";
    reject("MCU3036", place, {
      tensor: name,
      what: `has the open shape ${print(signature)}`,
      expected: "fixed sizes besides the batch",
      help,
    });
  }
}

/** The network's name: the file's. */
function networkName(file: string): string {
  const name = identifier(basename(file, extname(file)));
  if (isHeaderOfC(name)) return `${name}_net`;
  return /^[a-z]/.test(name) ? name : `net${name}`;
}

function makeInputs(indices: readonly number[], { file, tensors, values }: Surroundings): void {
  const names = new UniqueNames();
  for (const index of indices) {
    const tensor = tensors[index];
    if (values.has(index)) continue;
    const shape = withoutBatch(tensor.shape);
    if (shape.length === 0 || shape.some((size) => size < 1)) {
      const place = { file, offset: tensor.at };
      reject("MCU3036", place, {
        tensor: tensor.name,
        what: `is an input of the shape ${print(tensor.shape)}`,
        expected: "sizes of at least 1",
      });
    }
    const value = input(names.take(edgeName(tensor.name, "input")), shape, inputOptions(tensor, file));
    values.set(index, { tensor: value, shape });
  }
}

function inputOptions(tensor: TfliteTensor, file: string): InputOptions {
  if (tensor.dtype === "float32") return { dtype: "float32" };
  if (tensor.dtype !== "int8" && tensor.dtype !== "uint8") {
    const { name, dtype } = tensor;
    const help = "convert with inference_input_type=tf.int8";
    reject(
      "MCU3036",
      { file, offset: tensor.at },
      { tensor: name, what: `is an input of ${dtype}`, expected: "int8, uint8 or float32", help },
    );
  }
  const { scale, zeroPoint } = stepOf(tensor, file);
  const quantization = { scale: shortestFloat32(scale), zeroPoint };
  return tensor.dtype === "uint8" ? { dtype: "uint8", quantization } : { quantization };
}

/**
 * The result with the sizes that the model gives it. Both differ where the batch's 1 moved, or a dimension of 1 appears or goes; anything
 * else means that the model contradicts itself.
 */
function asInModel(call: Call, result: Value, { name, shape: whole }: TfliteTensor): Value {
  const wanted = withoutBatch(whole);
  if (print(wanted) === print(result.shape)) return result;
  const larger = (shape: readonly number[]) => print(shape.filter((size) => size !== 1));
  if (larger(wanted) !== larger(result.shape) || wanted.length === 0) {
    const shape = hasBatch(whole) ? [1, ...result.shape] : result.shape;
    call.fail(`its result "${name}" is ${print(whole)}`, print(shape));
  }
  return { tensor: reshape(result.tensor, wanted), shape: wanted };
}

function collectOutputs(
  indices: readonly number[],
  { file, tensors, values }: Surroundings,
): Tensor | Record<string, Tensor> {
  const names = new UniqueNames();
  const entries = indices.map((index): [string, Tensor] => {
    const { name, at } = tensors[index];
    const value = values.get(index);
    if (!value)
      return reject(
        "MCU3036",
        { file, offset: at },
        { tensor: name, what: "is an output that nothing computes", expected: "an operator's result" },
      );
    return [names.take(edgeName(name, "output")), value.tensor];
  });
  if (entries.length === 0)
    reject("MCU3035", { file, offset: 0 }, { what: "has no outputs", expected: "at least one" });
  return entries.length === 1 ? entries[0][1] : Object.fromEntries(entries);
}
