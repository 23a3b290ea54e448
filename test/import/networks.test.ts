/** The eight trained networks and the conformance corpus, against what their golden.json says. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../compiler/2-check/index.js";
import { importTflite } from "../../compiler/import/index.js";
import { readModel } from "../../compiler/import/model.js";
import type { Checked } from "../../compiler/ir/graph.js";
import { bytesOf, cases, goldenOf, networks, pathOf, withoutBatch, type Edge } from "./models.js";

/** What the model's operators are in the DSL. */
const operatorsOf: Readonly<Record<string, string>> = {
  ADD: "add",
  AVERAGE_POOL_2D: "averagePool2d",
  CONV_2D: "conv2d",
  DEPTHWISE_CONV_2D: "depthwiseConv2d",
  DEQUANTIZE: "dequantize",
  FULLY_CONNECTED: "dense",
  MEAN: "mean",
  PAD: "pad",
  QUANTIZE: "quantize",
  RESHAPE: "reshape",
  SOFTMAX: "softmax",
  TRANSPOSE: "transpose",
};

function checked(folder: string): Checked {
  const { net, tensors } = importTflite(pathOf(folder));
  return check(net, { file: pathOf(folder, "net.ts"), tensors, loadCalibration: false });
}

function assertEdges(
  graph: Checked,
  values: readonly number[],
  edges: readonly Edge[],
  folder: string,
): void {
  assert.is(values.length, edges.length);
  edges.forEach((edge, index) => {
    const { shape, dtype, quantization } = graph.values[values[index]];
    const own = edge.model_input ?? edge.model_output ?? edge;
    assert.equal([shape, dtype], [withoutBatch(edge.shape), own.dtype], folder);
    // Scales of inputs are read back from their shortest decimal: the same float32.
    if (dtype === "int8") assert.is(Math.fround(quantization!.scale), Math.fround(edge.scale!), folder);
    if (dtype === "int8") assert.is(quantization!.zeroPoint, edge.zero_point, folder);
  });
}

for (const folder of networks) {
  test(`${folder}: operators in order, sizes of every layer, inputs and outputs`, () => {
    const { net, origins } = importTflite(pathOf(folder));
    const graph = checked(folder);
    const order = goldenOf(folder).layers!.order;
    const bySource = new Map(net.nodes.map((node) => [origins.get(node.name), node]));
    const byName = new Map(graph.operations.map((operation) => [operation.name, operation]));
    for (const layer of order) {
      const node = bySource.get(layer.op);
      // A padding by nothing is left out.
      if (!node) assert.is(layer.opcode, "PAD");
      if (!node) continue;
      assert.is(node.operator, operatorsOf[layer.opcode]);
      const { shape, dtype } = graph.values[byName.get(node.name.replace(".", "_"))!.output];
      assert.equal([shape, dtype], [withoutBatch(layer.shape), layer.dtype], node.name);
    }
    const inserted = net.nodes.filter((node) => node.operator !== "input" && !origins.has(node.name));
    assert.equal(
      [...new Set(inserted.map((node) => node.operator))].join(),
      inserted.length ? "reshape" : "",
    );
    const golden = goldenOf(folder);
    assertEdges(graph, graph.inputs, golden.inputs, folder);
    assertEdges(
      graph,
      graph.outputs.map((output) => output.value),
      golden.outputs,
      folder,
    );
  });
}

test("every model of the corpus is read, with the operators that golden.json counts", () => {
  for (const folder of cases) {
    const { subgraph } = readModel(bytesOf(folder), folder);
    const counts: Record<string, number> = {};
    for (const { name } of subgraph.operators) counts[name] = (counts[name] ?? 0) + 1;
    const golden = goldenOf(folder);
    assert.equal(counts, golden.ops, folder);
    const edges = (indices: readonly number[]) =>
      indices.map((index) => [subgraph.tensors[index].shape, subgraph.tensors[index].dtype]);
    const wanted = (list: readonly Edge[]) => list.map(({ shape, dtype }) => [shape, dtype]);
    assert.equal(edges(subgraph.inputs), wanted(golden.inputs), folder);
    assert.equal(edges(subgraph.outputs), wanted(golden.outputs), folder);
  }
});

test("all of the corpus is imported and checked", () => {
  for (const folder of cases) {
    const golden = goldenOf(folder);
    const graph = checked(folder);
    assertEdges(graph, graph.inputs, golden.inputs, folder);
    assertEdges(
      graph,
      graph.outputs.map((output) => output.value),
      golden.outputs,
      folder,
    );
  }
});

test("weights are views of the model's bytes: importing the largest network takes well under 0.3 s", () => {
  importTflite(pathOf("models/ad01_int8"));
  const start = performance.now();
  const { tensors } = importTflite(pathOf("models/mcunet_in4"));
  assert.ok(performance.now() - start < 300);
  const buffers = new Set(
    tensors.names.filter((name) => name.endsWith(".weight")).map((name) => tensors.get(name)!.data!.buffer),
  );
  assert.is(buffers.size, 1);
});

test.run();
