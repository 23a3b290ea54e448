/** The rules change no number: simplified networks compute what the others do. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { rewriteToFixpoint } from "../../compiler/3-simplify/fixpoint.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { rules } from "../../compiler/3-simplify/rules.js";
import type { Graph, ValueId } from "../../compiler/ir/graph.js";
import { evaluate, evaluateFloat } from "../../compiler/ops/evaluate.js";
import { randomInputs, randomNetwork } from "./random-network.js";

const seeds = Array.from({ length: 300 }, (_, i) => i);

const outputsOf = <T>(graph: Graph, data: ReadonlyMap<ValueId, T>) =>
  graph.outputs.map(({ value }) => data.get(value)!);

test("int8 networks: every bit", () => {
  let dropped = 0;
  for (const seed of seeds) {
    const { checked, random } = randomNetwork(seed, true);
    const simplified = simplify(checked, { calibrate: true });
    assert.is(simplified.nominal, false);
    const inputs = randomInputs(checked, Int8Array, () => Math.floor(random() * 256) - 128);
    // Inputs keep their order, not their numbers.
    const renumbered = new Map(checked.inputs.map((id, i) => [simplified.inputs[i], inputs.get(id)!]));
    const expected = outputsOf(checked, evaluate(checked, inputs));
    const found = outputsOf(simplified, evaluate(simplified, renumbered));
    assert.equal(found, expected, `seed ${seed}`);
    dropped += checked.operations.length - simplified.operations.length;
  }
  assert.ok(dropped > seeds.length, `only ${dropped} operations were dropped`);
});

test("float networks: up to rounding, with no batchNorm left", () => {
  for (const seed of seeds) {
    const { checked, random } = randomNetwork(seed, false);
    const folded = rewriteToFixpoint(checked, rules);
    assert.ok(folded.operations.every(({ kind }) => kind !== "batchNorm"));
    const inputs = randomInputs(checked, Float32Array, () => random() * 2 - 1);
    const expected = outputsOf(checked, evaluateFloat(checked, inputs));
    const found = outputsOf(folded, evaluateFloat(folded, inputs));
    expected.forEach((data, i) =>
      assert.ok(distance(data, found[i]) < 1e-5, `seed ${seed}: ${distance(data, found[i])}`),
    );
  }
});

/** Largest difference, against the largest value. */
function distance(a: Float32Array, b: Float32Array): number {
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) / largest;
}

test("every rule is met by the random networks, or is for graphs that the DSL does not write", () => {
  const met = new Set<string>();
  const watched = rules.map((rule) => ({
    ...rule,
    rewrite(...input: Parameters<typeof rule.rewrite>) {
      const edit = rule.rewrite(...input);
      if (edit) met.add(rule.name);
      return edit;
    },
  }));
  for (const seed of seeds)
    for (const isInteger of [true, false]) rewriteToFixpoint(randomNetwork(seed, isInteger).checked, watched);
  const missed = rules.map(({ name }) => name).filter((name) => !met.has(name));
  assert.equal(missed, ["constant result"]);
});

test("a batchNorm with no layer before it becomes a 1x1 depthwise convolution, whatever its rank", () => {
  const vector = (value: number) => ({
    shape: [2],
    dtype: "float32" as const,
    data: Float32Array.of(value, 2 * value),
  });
  const type = { shape: [3, 2], dtype: "int8" as const };
  const statistics = { scale: vector(3), shift: vector(1), mean: vector(0.5), variance: vector(4) };
  const graph: Graph = {
    name: "net",
    values: [
      { ...type, name: "x" },
      { ...type, name: "bn" },
    ],
    operations: [
      {
        kind: "batchNorm",
        name: "bn",
        inputs: [0],
        output: 1,
        attributes: { ...statistics, epsilon: 1e-5, activation: "relu" },
      },
    ],
    inputs: [0],
    outputs: [{ name: "y", value: 1 }],
  };
  const folded = rewriteToFixpoint(graph, rules);
  assert.equal(
    folded.operations.map(({ kind }) => kind),
    ["reshape", "depthwiseConv2d", "reshape"],
  );
  const inputs = new Map([[0, Float32Array.of(1, 2, -3, 4, 5, -6)]]);
  const [expected] = outputsOf(graph, evaluateFloat(graph, inputs));
  const [found] = outputsOf(folded, evaluateFloat(folded, inputs));
  assert.ok(distance(expected, found) < 1e-6);
});

test("operations on constants are computed", () => {
  const quantization = { scale: 0.5, zeroPoint: 1 };
  const type = { shape: [3], dtype: "int8" as const, quantization };
  const graph: Graph = {
    name: "net",
    values: [
      { ...type, name: "x" },
      {
        ...type,
        name: "c",
        constant: { shape: [3], dtype: "int8", data: Int8Array.of(-5, 0, 7), scales: [0.5] },
      },
      { ...type, name: "r" },
      { ...type, name: "y" },
    ],
    operations: [
      { kind: "relu", name: "r", inputs: [1], output: 2, attributes: {} },
      { kind: "add", name: "y", inputs: [0, 2], output: 3, attributes: { activation: "linear" } },
    ],
    inputs: [0],
    outputs: [{ name: "y", value: 3 }],
  };
  const folded = rewriteToFixpoint(graph, rules);
  assert.equal(
    folded.operations.map(({ name }) => name),
    ["y"],
  );
  assert.equal(folded.values[2].constant?.data, Int8Array.of(1, 1, 7));
});

test.run();
