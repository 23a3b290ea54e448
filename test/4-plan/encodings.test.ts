/** Values stored in the encoding that their readers want: what lies in memory, and what comes out. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { arrange } from "../../compiler/4-plan/arrange.js";
import { kernelsOf, unitOf } from "../../compiler/4-plan/units.js";
import { verifyPlan } from "../../compiler/4-plan/verify.js";
import { lower } from "../../compiler/5-lower/index.js";
import { encoded } from "../../compiler/ir/encoding.js";
import { bytes, type Operation, type Simplified, type Value } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { bias, board, inputCases, quantization, Random, weights } from "../kernels/layers.js";

const none = { top: 0, bottom: 0, left: 0, right: 0 };
const one = { stride: [1, 1], dilation: [1, 1], padding: none, activation: "relu" } as const;

/** A depthwise layer, then two of 1x1. */
function separable(random: Random): Simplified {
  const [height, width] = [random.int(2, 9), random.int(2, 9)];
  const [from, between, to] = [4 * random.int(1, 8), 4 * random.int(1, 8), random.int(1, 20)];
  const values: Value[] = [];
  const value = (name: string, channels: number): number =>
    values.push({
      name,
      shape: [height, width, channels],
      dtype: "int8",
      quantization: quantization(random),
    }) - 1;
  const [x, d, p, q] = [value("x", from), value("d", from), value("p", between), value("q", to)];
  const pointwise = (name: string, input: number, output: number, depth: number, channels: number) => ({
    kind: "conv2d",
    name,
    inputs: [input],
    output,
    attributes: {
      ...one,
      kernel: [1, 1],
      weights: weights(random, [channels, 1, 1, depth], channels, random.next() < 0.3),
      bias: bias(random, channels),
    },
  });
  const around = { top: 1, bottom: 1, left: 1, right: 1 };
  const operations = [
    {
      kind: "depthwiseConv2d",
      name: "spread",
      inputs: [x],
      output: d,
      attributes: {
        ...one,
        kernel: [3, 3],
        padding: around,
        depthMultiplier: 1,
        weights: weights(random, [3, 3, from], from, false),
        bias: bias(random, from),
      },
    },
    pointwise("mix", d, p, from, between),
    pointwise("last", p, q, between, to),
  ] as unknown as Operation[];
  const outputs = [{ name: "y", value: q }];
  return { name: "net", board, limits: [], nominal: false, values, operations, inputs: [x], outputs };
}

/** Every layer with its first kernel whose activations are raw, or its first. */
function rawUnits(net: Simplified) {
  return net.operations.map((operation) => {
    const kernels = kernelsOf(net, operation);
    return unitOf(operation, kernels.find(({ readsBiased }) => readsBiased.length > 0) ?? kernels[0]);
  });
}

test("values between kernels that agree are biased, and decode to what the reference interpreter has", () => {
  let count = 0;
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    const net = separable(random);
    const planned = arrange(net, rawUnits(net));
    const lowered = lower(planned);
    const prepared = prepare(lowered);
    for (const input of inputCases(random, net.values[0].shape)) {
      const expected = evaluate(net, new Map([[0, input]]));
      prepared.write([input]);
      lowered.steps.forEach((step, index) => {
        prepared.step(index);
        const [value] = step.outputs;
        const { buffer, offset } = planned.storage.get(value)!;
        const at = planned.buffers[buffer].offset + offset;
        const stored = prepared.memory.int8.slice(at, at + bytes(net.values[value]));
        const encoding = planned.biased.has(value) ? "biased" : "plain";
        const decoded = encoded(stored, net.values[value], encoding);
        assert.equal([...decoded], [...expected.get(value)!], `seed ${seed}, ${net.values[value].name}`);
        if (encoding === "biased") count++;
      });
    }
  }
  assert.ok(count > 40, `only ${count} biased values`);
});

test("a plan that gives a reader the wrong encoding does not pass", () => {
  const net = separable(new Random(7));
  const units = net.operations.map((operation) => {
    const plain = kernelsOf(net, operation).filter(({ readsBiased }) => readsBiased.length === 0);
    return unitOf(operation, plain[0]);
  });
  const planned = arrange(net, units);
  assert.is(planned.biased.size, 0);
  assert.throws(() => verifyPlan({ ...planned, biased: new Set([1]) }), /takes it for plain/);
  assert.throws(() => verifyPlan({ ...planned, biased: new Set([3]) }), /seen from outside|nothing writes/);
});

test.run();
