/** The real-valued semantics against the exact ones: each layer of the corpus, from the same inputs, within a step. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { elements, type Graph, type Operation } from "../../compiler/ir/graph.js";
import { evaluate, evaluateFloat } from "../../compiler/ops/evaluate.js";
import { operatorOf } from "../../compiler/ops/index.js";
import type { TensorData, Typed } from "../../compiler/ops/operator.js";
import { conformanceCases, openGolden } from "./golden.js";

/** The reals that a tensor stands for. */
function reals(data: TensorData, { quantization }: Typed): Float32Array {
  if (data instanceof Float32Array) return data;
  return Float32Array.from(data, (value) => quantization!.scale * (value - quantization!.zeroPoint));
}

/** Largest distance between both semantics in steps of the result; results out of int8's range saturate. */
function steps(graph: Graph, operation: Operation, data: ReadonlyMap<number, TensorData>): number {
  const types = operation.inputs.map((id) => graph.values[id]);
  const output = graph.values[operation.output];
  if (!output.quantization) return 0;
  const inputs = operation.inputs.map((id, i) => reals(data.get(id)!, types[i]));
  const result = operatorOf(operation).float!(operation, inputs, types, output);
  const { scale, zeroPoint } = output.quantization;
  const least = output.dtype === "uint8" ? 0 : -128;
  const exact = data.get(operation.output)!;
  let most = 0;
  for (let i = 0; i < exact.length; i++) {
    const quantized = Math.max(least, Math.min(least + 255, result[i] / scale + zeroPoint));
    most = Math.max(most, Math.abs(quantized - exact[i]));
  }
  return most;
}

for (const { name, unsupported } of conformanceCases()) {
  if (unsupported) continue;
  test(name, () => {
    const { graph, cases } = openGolden(`conformance/${name}`);
    const data = evaluate(graph, new Map(graph.inputs.map((id, i) => [id, cases[0].inputs[i]])));
    for (const operation of graph.operations) {
      // Recurrent layers exist quantised only.
      if (!operatorOf(operation).float) continue;
      const found = steps(graph, operation, data);
      assert.ok(found <= 1.01, `${operation.name}: ${found} steps`);
    }
  });
}

test("a whole network in reals gives every value", () => {
  const { graph, cases } = openGolden("models/kws_ref_model");
  const [input] = graph.inputs;
  const values = evaluateFloat(graph, new Map([[input, reals(cases[4].inputs[0], graph.values[input])]]));
  assert.is(values.size, graph.values.length);
  for (const [id, data] of values) assert.is(data.length, elements(graph.values[id].shape));
  const [{ value }] = graph.outputs;
  const sum = values.get(value)!.reduce((a, b) => a + b);
  assert.ok(Math.abs(sum - 1) < 1e-5);
  const expected = cases[4].outputs[0];
  assert.is(
    values.get(value)!.indexOf(Math.max(...values.get(value)!)),
    expected.indexOf(Math.max(...expected)),
  );
});

test.run();
