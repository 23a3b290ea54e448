/** Functions of every element and normalisation over rows: shape rules, options, and a float network of all of them calibrated. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import * as dsl from "../../dsl/index.js";
import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { writeNpy } from "../../compiler/files/npy.js";
import type { Graph } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { compileProject, floats } from "../2-check/scratch-project.js";

function build(shape: readonly number[], body: (x: any) => any) {
  const net = dsl.network("net", {}, () => body(dsl.input("x", shape)));
  return check(net, { file: "net.ts", loadCalibration: false });
}

function message(shape: readonly number[], body: (x: any) => any): string {
  try {
    build(shape, body);
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics[0].message;
    throw error;
  }
  return "accepted";
}

const functions = [
  ...[
    dsl.relu,
    dsl.relu6,
    dsl.reluN1To1,
    dsl.leakyRelu,
    dsl.elu,
    dsl.gelu,
    dsl.hardSwish,
    dsl.sigmoid,
    dsl.tanh,
  ],
  ...[dsl.exp, dsl.log, dsl.sqrt, dsl.rsqrt, dsl.abs, dsl.logSoftmax, dsl.l2Normalize],
];

test("the result has the input's shape", () => {
  for (const name of functions) {
    const { values, outputs } = build([3, 5, 2], (x) => name(x));
    assert.equal(values[outputs[0].value].shape, [3, 5, 2]);
  }
});

test("quantisation that TFLite prescribes is taken, and no other", () => {
  const result = (body: (x: any) => any) => {
    const { values, outputs } = build([4], body);
    return values[outputs[0].value].quantization;
  };
  assert.equal(result(dsl.sigmoid), { scale: 1 / 256, zeroPoint: -128 });
  assert.equal(result(dsl.tanh), { scale: 1 / 128, zeroPoint: 0 });
  assert.equal(result(dsl.logSoftmax), { scale: 1 / 16, zeroPoint: 127 });
  assert.equal(result(dsl.l2Normalize), { scale: 1 / 128, zeroPoint: 0 });
  assert.is(result(dsl.gelu), undefined);
  const other = { quantization: { scale: 0.1, zeroPoint: 0 } };
  assert.match(
    message([4], (x) => dsl.sigmoid(x, other)),
    "scale 0.00390625, zero point -128",
  );
});

test("options and sizes that do not work out", () => {
  assert.match(
    message([4], (x) => dsl.leakyRelu(x, { alpha: "0.1" as never })),
    'alpha is "0.1"',
  );
  assert.match(
    message([4], (x) => dsl.leakyRelu(x, { alpha: Infinity })),
    "a number, the slope below 0",
  );
  assert.match(
    message([4], (x) => dsl.gelu(x, { approximate: "tanh" as never })),
    'approximate is "tanh"',
  );
  assert.match(message([5000], dsl.logSoftmax), "fewer than 4096");
  assert.match(message([40000], dsl.l2Normalize), "the last dimension has 40000 elements");
  const alpha = (shape: number[]) => (x: any) => dsl.prelu(x, dsl.input("alpha", shape));
  assert.is(message([3, 5, 2], alpha([2])), "accepted");
  assert.is(message([3, 5, 2], alpha([3, 1, 1])), "accepted");
  assert.match(message([3, 5, 2], alpha([5])), "[5]");
  assert.match(message([5, 2], alpha([3, 5, 2])), "alpha has the shape");
});

test("reluN1To1 folds into the layer before it", () => {
  const quantization = { scale: 1 / 64, zeroPoint: 3 };
  const net = dsl.network("net", {}, () => {
    const x = dsl.input("x", [256], { quantization });
    return dsl.reluN1To1(dsl.add(x, x, { quantization }), { quantization });
  });
  const before = check(net, { file: "net.ts", loadCalibration: false });
  const after = simplify(before, { calibrate: false });
  assert.equal(
    after.operations.map(({ attributes }) => attributes),
    [{ activation: "reluN1To1" }],
  );
  const inputs = new Map([[0, Int8Array.from({ length: 256 }, (_, i) => i - 128)]]);
  const result = (graph: Graph) => [...evaluate(graph, inputs).get(graph.outputs[0].value)!];
  assert.equal(result(after), result(before));
});

test("a float network of all of them, calibrated", () => {
  const samples = Float32Array.from({ length: 20 * 6 * 4 }, (_, i) => (i % 61) / 15 - 2);
  const net = compileProject({
    model: `export default network("net", { calibration: "./c.npy" }, () => {
      const x = input("x", [6, 4]);
      const positive = t.exp(t.leakyRelu(x, { alpha: 0.2 }));
      return {
        a: t.logSoftmax(t.prelu(t.elu(x), t.constant(w.tensor("alpha")))),
        b: t.l2Normalize(add(t.gelu(x), t.hardSwish(x))),
        c: t.reluN1To1(add(t.sigmoid(x), t.tanh(t.abs(x)))),
        d: t.log(positive), e: t.sqrt(positive), f: t.rsqrt(positive),
      };
    });`,
    tensors: [floats("alpha", [4], (i) => 0.1 * (i + 1))],
    samples: { "c.npy": writeNpy(samples, [20, 6, 4], "float32") },
  });
  const x = Int8Array.from({ length: 24 }, (_, i) => 11 * i - 128);
  const data = evaluate(net, new Map([[net.inputs[0], x]]));
  const real = (name: string, i: number) => {
    const { value } = net.outputs.find((output) => output.name === name)!;
    const { scale, zeroPoint } = net.values[value].quantization!;
    return scale * (data.get(value)![i] - zeroPoint);
  };
  const input = net.values[net.inputs[0]].quantization!;
  x.forEach((q, i) => {
    const value = input.scale * (q - input.zeroPoint);
    const slope = value > 0 ? value : 0.2 * value;
    assert.ok(Math.abs(real("d", i) - slope) < 0.1, `log(exp(${slope})) is ${real("d", i)}`);
    assert.ok(Math.abs(real("e", i) - Math.exp(slope / 2)) < 0.25);
    assert.ok(Math.abs(real("f", i) - Math.exp(-slope / 2)) < 0.25);
    assert.ok(real("b", i) >= -1 && real("b", i) <= 1);
    assert.ok(real("c", i) >= -1 && real("c", i) <= 1.01);
  });
});

test.run();
