/** Segments: layers that run row by row together compute what the reference does, in every band, in place and apart. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { possibleSegments } from "../../compiler/4-plan/segments.js";
import type { Operation, Simplified, Value } from "../../compiler/ir/graph.js";
import { kernelsOf, unitOf, type Unit } from "../../compiler/4-plan/units.js";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { Random, bias, board, inputCases, quantization, weights } from "./layers.js";

const one = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], groups: 1 } as const;
const none = { top: 0, bottom: 0, left: 0, right: 0 };

/** An inverted residual: expand, depthwise, project and, where shapes allow it, the sum with the input. */
function invertedResidual(random: Random): Simplified {
  // At least as wide as segments are worth it.
  const [height, width] = [random.int(3, 9), random.int(12, 22)];
  const [from, between] = [4 * random.int(1, 5), 4 * random.int(1, 6)];
  const kernel = [random.int(1, 7), random.int(1, 7)] as const;
  const stride = [random.int(1, Math.min(2, kernel[0])), random.int(1, 2)] as const;
  const padding = {
    top: random.int(0, kernel[0] - 1),
    bottom: random.int(0, kernel[0] - 1),
    left: random.int(0, kernel[1] - 1),
    right: random.int(0, kernel[1] - 1),
  };
  const outputSize = (size: number, axis: 0 | 1, before: number, after: number) =>
    Math.floor((size + before + after - kernel[axis]) / stride[axis]) + 1;
  const rows = Math.max(1, outputSize(height, 0, padding.top, padding.bottom));
  const columns = Math.max(1, outputSize(width, 1, padding.left, padding.right));
  const isResidual = rows === height && columns === width && random.next() < 0.8;
  const to = isResidual ? from : random.int(1, 24);
  const values: Value[] = [];
  const value = (name: string, shape: readonly number[]): number =>
    values.push({ name, shape, dtype: "int8", quantization: quantization(random) }) - 1;
  const x = value("x", [height, width, from]);
  const e = value("e", [height, width, between]);
  const d = value("d", [rows, columns, between]);
  const p = value("p", [rows, columns, to]);
  const extreme = random.next() < 0.3;
  const activation = () => random.pick(["linear", "relu", "relu6"] as const);
  const operations = [
    {
      kind: "conv2d",
      name: "expand",
      inputs: [x],
      output: e,
      attributes: {
        ...one,
        padding: none,
        weights: weights(random, [between, 1, 1, from], between, extreme),
        bias: bias(random, between),
        activation: activation(),
      },
    },
    {
      kind: "depthwiseConv2d",
      name: "spread",
      inputs: [e],
      output: d,
      attributes: {
        kernel,
        stride,
        dilation: [1, 1],
        padding,
        depthMultiplier: 1,
        weights: weights(random, [...kernel, between], between, extreme),
        bias: bias(random, between),
        activation: activation(),
      },
    },
    {
      kind: "conv2d",
      name: "project",
      inputs: [d],
      output: p,
      attributes: {
        ...one,
        padding: none,
        weights: weights(random, [to, 1, 1, between], to, extreme),
        bias: bias(random, to),
        activation: "linear",
      },
    },
  ] as unknown as Operation[];
  if (isResidual) {
    const sum = value("s", [rows, columns, to]);
    const inputs = random.next() < 0.5 ? [x, p] : [p, x];
    operations.push({
      kind: "add",
      name: "join",
      inputs,
      output: sum,
      attributes: { activation: "linear" },
    } as unknown as Operation);
  }
  return {
    name: "net",
    board,
    limits: [],
    nominal: false,
    values,
    operations,
    inputs: [x],
    outputs: [{ name: "y", value: operations[operations.length - 1].output }],
  };
}

/** The segment, what it leaves computed apart. */
function unitsOf(net: Simplified, segment: Unit): Unit[] {
  const inside = new Set(segment.operations);
  const last = segment.operations[segment.operations.length - 1];
  return net.operations.flatMap((operation) => {
    if (operation === last) return [segment];
    return inside.has(operation) ? [] : [unitOf(operation, kernelsOf(net, operation)[0])];
  });
}

/** The unit with other scratch: planned so that it gets the least, or the most, or something between. */
function withScratch(unit: Unit, share: number): Unit {
  const { least, most } = unit.kernel!.scratch(false);
  const bytes = least + Math.floor(share * (most - least));
  return { ...unit, kernel: { ...unit.kernel!, scratch: () => ({ least: bytes, most: bytes }) } };
}

test("every segment of an inverted residual, with any scratch", () => {
  let count = 0;
  const names = new Set<string>();
  for (let seed = 0; seed < 16; seed++) {
    const random = new Random(seed);
    const net = invertedResidual(random);
    const cases = inputCases(random, net.values[0].shape);
    const expected = cases.map((input) => evaluate(net, new Map([[0, input]])).get(net.outputs[0].value)!);
    for (const segment of possibleSegments(net)) {
      for (const share of [0, random.next(), 1]) {
        const { run } = prepare(lower(plan(net, unitsOf(net, withScratch(segment, share)))));
        cases.forEach((input, i) => {
          const what = `seed ${seed}, ${segment.kernel!.name}, case ${i}`;
          assert.equal([...run([input])[0]], [...expected[i]], what);
        });
        names.add(segment.kernel!.name);
        count++;
      }
    }
  }
  assert.ok(count > 80, `only ${count} segments`);
  assert.ok(names.size >= 5, [...names].join("; "));
});

test.run();
