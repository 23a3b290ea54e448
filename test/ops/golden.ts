/** The conformance corpus and the reference models of ../shared, and the reference interpreter over them. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check } from "../../compiler/2-check/index.js";
import { readNpy } from "../../compiler/files/npy.js";
import { importTflite } from "../../compiler/import/index.js";
import { translators } from "../../compiler/import/translators.js";
import { elements, type Graph, type ValueId } from "../../compiler/ir/graph.js";
import { evaluate, initialState, type State } from "../../compiler/ops/evaluate.js";
import type { TensorData } from "../../compiler/ops/operator.js";

const shared = new URL("../../../shared/", import.meta.url);

interface GoldenTensor {
  readonly file: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

interface Golden {
  readonly n_cases: number;
  /** What becomes of the state of recurrent layers from case to case. */
  readonly state?: string;
  readonly inputs: readonly GoldenTensor[];
  readonly outputs: readonly GoldenTensor[];
  readonly layers?: {
    readonly order: readonly { readonly op: number; readonly opcode: string; readonly sha256: string }[];
  };
}

/** Built of our operators, in a form that the tool does not take yet. */
const unsupported: Readonly<Record<string, string>> = {};

/** The cases of the corpus that are built of operators that the importer knows. */
export function conformanceCases(): { readonly name: string; readonly unsupported?: string }[] {
  const index: { name: string; ops: Record<string, number> }[] = JSON.parse(
    readFileSync(new URL("conformance/index.json", shared), "utf8"),
  );
  return index
    .filter(({ ops }) => Object.keys(ops).every((one) => translators.has(one)))
    .map(({ name }) => ({ name, unsupported: unsupported[name] }));
}

/** One model with its inputs and expected outputs, case by case. */
export interface GoldenModel {
  readonly graph: Graph;
  readonly golden: Golden;
  readonly cases: readonly {
    readonly inputs: readonly TensorData[];
    readonly outputs: readonly TensorData[];
  }[];
  /** Index of the model's operator that each operation of the graph came from. */
  readonly origins: readonly (number | undefined)[];
}

/** @param folder below ../shared: `conformance/add_relu` */
export function openGolden(folder: string): GoldenModel {
  const at = (file: string) => fileURLToPath(new URL(`${folder}/${file}`, shared));
  const golden: Golden = JSON.parse(readFileSync(at("golden.json"), "utf8"));
  const imported = importTflite(at("model.tflite"));
  const graph = check(imported.net, {
    file: at("model.tflite"),
    tensors: imported.tensors,
    loadCalibration: false,
  });
  const inputs = golden.inputs.map((tensor, i) => read(tensor, graph.inputs[i]));
  const outputs = golden.outputs.map((tensor, i) => read(tensor, graph.outputs[i].value));
  const cases = Array.from({ length: golden.n_cases }, (_, i) => ({
    inputs: inputs.map((one) => one[i]),
    outputs: outputs.map((one) => one[i]),
  }));
  const nodes = imported.net.nodes.filter(({ operator }) => operator !== "input" && operator !== "constant");
  return { graph, golden, cases, origins: nodes.map((node) => imported.origins.get(node.name)) };

  /** A float edge has a file of its own where the golden's is the int8 tensor behind it. */
  function read(tensor: GoldenTensor, id: ValueId): TensorData[] {
    const float = graph.values[id].dtype === "float32" && tensor.dtype === "int8";
    return slices(
      at(float ? tensor.file.replace(".npy", "_float.npy") : tensor.file),
      tensor,
      golden.n_cases,
    );
  }
}

function slices(file: string, tensor: GoldenTensor, count: number): TensorData[] {
  const stored = readNpy(file).data;
  const data = stored instanceof BigInt64Array ? Int32Array.from(stored, Number) : stored;
  const size = elements(tensor.shape);
  if (data instanceof Uint16Array || data instanceof Uint32Array)
    throw new Error(`${file} has a dtype that no network has`);
  return Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size));
}

/**
 * Evaluates one case and says where it first differs: in a layer (their hashes are known for case 0) or in an output.
 * @param state of recurrent layers, where the cases are consecutive calls
 */
export function difference(model: GoldenModel, index: number, state?: State): string | undefined {
  const { graph, cases } = model;
  const { inputs, outputs } = cases[index];
  const data = evaluate(graph, new Map(graph.inputs.map((id, i) => [id, inputs[i]])), state);
  const layer = index === 0 ? firstDifferentLayer(model, data) : undefined;
  if (layer) return `layer ${layer} differs`;
  for (const [i, { name, value }] of graph.outputs.entries()) {
    const [found, wanted] = [data.get(value)!, outputs[i]];
    const at = wanted.findIndex((one, k) => !Object.is(one, found[k]));
    if (at >= 0) return `case ${index}: ${name}[${at}] is ${found[at]}, expected ${wanted[at]}`;
    if (found.length !== wanted.length)
      return `${name} has ${found.length} elements, expected ${wanted.length}`;
  }
  return undefined;
}

/** The state that the cases share; undefined where each starts anew. */
export function sharedState({ graph, golden }: GoldenModel): State | undefined {
  return golden.state?.startsWith("carried over") ? initialState(graph) : undefined;
}

function firstDifferentLayer(
  { graph, golden, origins }: GoldenModel,
  data: ReadonlyMap<ValueId, TensorData>,
): string | undefined {
  const layers = new Map(golden.layers?.order.map((layer) => [layer.op, layer]));
  for (const [i, operation] of graph.operations.entries()) {
    const layer = layers.get(origins[i] ?? -1);
    if (!layer) continue;
    const found = data.get(operation.output)!;
    const hash = createHash("sha256").update(
      new Uint8Array(found.buffer, found.byteOffset, found.byteLength),
    );
    if (hash.digest("hex") !== layer.sha256)
      return `${operation.name} (${layer.opcode}, operator ${layer.op})`;
  }
  return undefined;
}
