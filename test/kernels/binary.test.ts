/** Operators on two tensors, reductions, positions and matrix products: loop IR against reference, random and extreme data. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { elements, type Simplified } from "../../compiler/ir/graph.js";
import { compact } from "../../compiler/ir/rewrite.js";
import { broadcastShape } from "../../compiler/ops/arithmetic/broadcast.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { OperatorKind } from "../../compiler/ops/index.js";
import { prepare } from "../../compiler/run/javascript.js";
import { inputCases, layerNet, quantization, Random } from "./layers.js";

function compare(net: Simplified, random: Random, what: string): string {
  const lowered = lower(plan(net, { streaming: "off" }));
  const { run } = prepare(lowered);
  const cases = net.inputs.map((id) => inputCases(random, net.values[id].shape));
  for (let i = 0; i < 4; i++) {
    const inputs = cases.map((one, input) => (input === 0 ? one[i] : one[random.int(0, 3)]));
    const expected = evaluate(net, new Map(net.inputs.map((id, input) => [id, inputs[input]])));
    const [actual] = run(inputs);
    assert.equal([...actual], [...expected.get(net.outputs[0].value)!], `${what}, case ${i}`);
  }
  const [{ step }] = lowered.lowered;
  return step.kernel.name + (step.inPlace ? " in place" : "");
}

/** The network with one of its inputs a constant instead. */
function withConstant(net: Simplified, index: number, random: Random): Simplified {
  const { shape, dtype, quantization: known } = net.values[index];
  const data = random.pick(inputCases(random, shape));
  const constant = { shape, dtype, data, scales: [known!.scale] };
  return {
    ...net,
    values: net.values.map((value, id) => (id === index ? { ...value, constant } : value)),
    inputs: net.inputs.filter((id) => id !== index),
  };
}

/** Two shapes that broadcast: some sizes are 1, some leading dimensions missing. */
function shapesOf(random: Random): [number[], number[]] {
  const full = Array.from({ length: random.int(0, 4) }, () => random.int(1, 6));
  const part = () => full.map((size) => (random.next() < 0.4 ? 1 : size)).slice(random.int(0, full.length));
  const other = random.next() < 0.3 ? [...full] : part();
  return random.next() < 0.5 ? [full, other] : [other, random.next() < 0.5 ? full : part()];
}

const binaries = ["add", "subtract", "multiply", "maximum", "minimum", "squaredDifference"] as const;

function binaryNet(random: Random, kind: (typeof binaries)[number], shapes: readonly number[][]): Simplified {
  const scale = () => random.pick([0.001, 0.02, 0.02, 0.04, 0.5]);
  const shared = quantization(random);
  const shares = kind === "maximum" || kind === "minimum";
  const own = () => (shares ? shared : quantization(random, scale()));
  const activation = random.pick(["linear", "relu", "relu6", "reluN1To1"] as const);
  const attributes = ["add", "subtract", "multiply"].includes(kind) ? { activation } : {};
  const inputs = shapes.map((shape) => ({ shape, quantization: own() }));
  const output = { shape: broadcastShape(shapes[0], shapes[1])!, quantization: own() };
  return layerNet(kind as OperatorKind, attributes as never, inputs, output);
}

for (const kind of binaries) {
  test(`${kind}: broadcasting, constants, in place`, () => {
    const kernels = new Set<string>();
    for (let seed = 0; seed < 150; seed++) {
      const random = new Random(1000 + seed);
      const net = binaryNet(random, kind, shapesOf(random));
      const fixed = random.pick([undefined, undefined, 0, 1]);
      const layer = fixed === undefined ? net : withConstant(net, fixed, random);
      kernels.add(compare(layer, random, `seed ${seed}`));
    }
    assert.ok([...kernels].some((name) => name.endsWith("in place")));
  });

  test(`${kind}: a table where a constant of one element meets a large tensor`, () => {
    const kernels: string[] = [];
    for (let seed = 0; seed < 10; seed++) {
      const random = new Random(2000 + seed);
      const shapes = [[17, 16], random.pick([[], [1], [1, 1]])];
      if (seed % 2 === 1) shapes.reverse();
      const net = withConstant(binaryNet(random, kind, shapes), 1 - (seed % 2), random);
      kernels.push(compare(net, random, `seed ${seed}`));
    }
    // Where every result saturates, computing them is cheaper than looking them up.
    assert.ok(kernels.filter((name) => name.includes("table")).length >= 9, kernels.join(", "));
  });

  test(`${kind}: a tensor with itself`, () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = new Random(3000 + seed);
      const net = binaryNet(random, kind, [
        [5, 7],
        [5, 7],
      ]);
      const [operation] = net.operations;
      const twice = { ...net, operations: [{ ...operation, inputs: [0, 0] }], inputs: [0] };
      compare(compact(twice), random, `seed ${seed}`);
    }
  });
}

test("an operand that is a part of the other one is not overwritten", () => {
  const random = new Random(1);
  const same = quantization(random);
  const value = (name: string, shape: readonly number[]) =>
    ({ name, shape, dtype: "int8", quantization: same }) as const;
  const net: Simplified = {
    ...layerNet("multiply", { activation: "linear" }, [], { shape: [3, 4] }),
    values: [value("x", [3, 4]), value("y", [3, 4]), value("row", [1, 4]), value("z", [3, 4])],
    operations: [
      { kind: "relu", name: "relu", inputs: [0], output: 1, attributes: {} },
      { kind: "slice", name: "row", inputs: [1], output: 2, attributes: { begin: [0, 0], strides: [1, 1] } },
      { kind: "add", name: "add", inputs: [1, 2], output: 3, attributes: { activation: "linear" } },
    ],
    inputs: [0],
    outputs: [{ name: "z", value: 3 }],
  };
  const lowered = lower(plan(net, { streaming: "off" }));
  assert.is(lowered.lowered.length, 2);
  for (const data of inputCases(random, [12])) {
    const expected = evaluate(net, new Map([[0, data]])).get(3)!;
    assert.equal([...prepare(lowered).run([data])[0]], [...expected]);
  }
});

/** Random axes of a random shape, and the result's shape. */
function reductionOf(random: Random) {
  const shape = Array.from({ length: random.int(1, 5) }, () => random.int(1, 6));
  const axes = shape.map((_, i) => i).filter(() => random.next() < 0.5);
  if (axes.length === 0) axes.push(random.int(0, shape.length - 1));
  const keepDimensions = random.next() < 0.5;
  const output = keepDimensions
    ? shape.map((size, i) => (axes.includes(i) ? 1 : size))
    : shape.filter((_, i) => !axes.includes(i));
  return { shape, attributes: { axes, keepDimensions }, output };
}

for (const kind of ["mean", "reduceMax", "reduceMin"] as const) {
  test(`${kind} over any axes`, () => {
    for (let seed = 0; seed < 80; seed++) {
      const random = new Random(4000 + seed);
      const { shape, attributes, output } = reductionOf(random);
      const from = quantization(random);
      const to = kind === "mean" ? quantization(random) : from;
      const net = layerNet(kind, attributes, [{ shape, quantization: from }], {
        shape: output,
        quantization: to,
      });
      compare(net, random, `seed ${seed}: ${shape} over ${attributes.axes}`);
    }
  });
}

test("argMax and argMin: the first of equals, as int32 and int64", () => {
  for (let seed = 0; seed < 120; seed++) {
    const random = new Random(5000 + seed);
    const shape = Array.from({ length: random.int(1, 4) }, () => random.int(1, 9));
    const axis = random.int(0, shape.length - 1);
    const kind = random.pick(["argMax", "argMin"] as const);
    const input = { shape, quantization: quantization(random) };
    const dtype = random.pick(["int32", "int64"] as const);
    const output = { shape: shape.filter((_, i) => i !== axis), dtype };
    const net = layerNet(kind, { axis }, [input], output as never);
    compare(net, random, `${kind} seed ${seed}`);
    // Few different values, so that there are many equals.
    const data = Int8Array.from({ length: elements(shape) }, () => random.int(3, 5));
    const expected = evaluate(net, new Map([[0, data]])).get(1)!;
    assert.equal([...prepare(lower(plan(net, { streaming: "off" }))).run([data])[0]], [...expected]);
  }
});

test("matmul: transposed operands, batches that broadcast, constants", () => {
  for (let seed = 0; seed < 120; seed++) {
    const random = new Random(6000 + seed);
    const [rows, depth, columns] = [random.int(1, 7), random.int(1, 40), random.int(1, 7)];
    const [transposeA, transposeB] = [random.next() < 0.5, random.next() < 0.5];
    const [left, right] = shapesOf(random).map((shape) => shape.slice(-2));
    const batch = broadcastShape(left, right);
    if (!batch) continue;
    const inputs = [
      [...left, ...(transposeA ? [depth, rows] : [rows, depth])],
      [...right, ...(transposeB ? [columns, depth] : [depth, columns])],
    ].map((shape) => ({ shape, quantization: quantization(random) }));
    const output = { shape: [...batch, rows, columns], quantization: quantization(random, 0.5) };
    const net = layerNet("matmul", { transposeA, transposeB }, inputs, output);
    const fixed = random.pick([undefined, undefined, 0, 1]);
    compare(fixed === undefined ? net : withConstant(net, fixed, random), random, `seed ${seed}`);
  }
});

test.run();
