/** Options of grouped and transposed convolutions, of uint8 tensors, and of layers that exist quantised only. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import type { StoredTensor, TensorFile } from "../../compiler/files/tensor-file.js";
import type { Checked } from "../../compiler/ir/graph.js";
import * as dsl from "../../dsl/index.js";

const w = dsl.weights("w.safetensors", { layout: "pytorch" });

function build(
  shape: readonly number[],
  body: (x: any) => any,
  tensors: readonly StoredTensor[] = [],
): Checked {
  const net = dsl.network("net", {}, () => body(dsl.input("x", shape)));
  const names = tensors.map(({ name }) => name);
  const file: TensorFile = { file: "w", names, get: (name) => tensors[names.indexOf(name)] };
  return check(net, { file: "net.ts", tensors: file, loadCalibration: false });
}

function outputOf(shape: readonly number[], body: (x: any) => any, tensors: readonly StoredTensor[] = []) {
  const graph = build(shape, body, tensors);
  return graph.values[graph.outputs[0].value];
}

function message(...input: Parameters<typeof build>): string {
  try {
    build(...input);
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics[0].message;
    throw error;
  }
  return "accepted";
}

const floats = (name: string, shape: readonly number[]): StoredTensor => ({
  name,
  dtype: "F32",
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
});

test("groups", () => {
  const conv = (options: object) => (x: any) => dsl.conv2d(x, { filters: 6, kernel: 3, ...options });
  const graph = build([9, 8, 4], conv({ groups: 2 }));
  assert.equal((graph.operations[0].attributes as any).weights.shape, [6, 3, 3, 2]);
  assert.match(message([9, 8, 4], conv({ groups: 3 })), "3 groups of 4 input channels; expected a divisor");
  assert.match(message([9, 8, 4], conv({ groups: 4 })), "4 groups of 6 output channels; expected a divisor");
  assert.match(message([9, 8, 4], conv({ groups: 0 })), "groups is 0; expected a whole number");
  const stored = [floats("c.weight", [6, 2, 1, 1])];
  assert.equal(
    outputOf([2, 2, 4], (x) => dsl.conv2d(x, { ...w.conv("c"), groups: 2 }), stored).shape,
    [2, 2, 6],
  );
  assert.match(
    message([2, 2, 4], (x) => dsl.conv2d(x, w.conv("c")), stored),
    '"c.weight"',
  );
});

test("groups of one channel become a depthwise convolution", () => {
  const graph = build([9, 8, 4], (x) => dsl.conv2d(x, { filters: 8, kernel: 3, groups: 4 }));
  const [{ kind, attributes }] = simplify(graph, { calibrate: false }).operations;
  assert.is(kind, "depthwiseConv2d");
  assert.is((attributes as any).depthMultiplier, 2);
});

test("conv2dTranspose: sizes as Keras and PyTorch have them", () => {
  const up = (options: object) => (x: any) => dsl.conv2dTranspose(x, { filters: 2, kernel: 3, ...options });
  const shapeOf = (options: object) => outputOf([5, 4, 3], up(options)).shape;
  assert.equal(shapeOf({}), [7, 6, 2]);
  assert.equal(shapeOf({ stride: 2 }), [11, 9, 2]);
  assert.equal(shapeOf({ stride: 4 }), [20, 16, 2]);
  assert.equal(shapeOf({ stride: 2, padding: "same" }), [10, 8, 2]);
  assert.equal(shapeOf({ stride: 2, padding: 1 }), [9, 7, 2]);
  assert.equal(shapeOf({ stride: 2, padding: 1, outputPadding: 1 }), [10, 8, 2]);
  assert.match(message([5, 4, 3], up({ outputPadding: 1 })), 'outputPadding with padding "valid"');
  assert.match(message([1, 1, 3], up({ padding: 2 })), "the padding leaves -1x-1 of the result");
});

test("conv2dTranspose: PyTorch's weights are [in, out, height, width]", () => {
  const stored = [floats("up.weight", [3, 2, 1, 4])];
  const graph = build([5, 4, 3], (x) => dsl.conv2dTranspose(x, w.convTranspose("up")), stored);
  const { weights } = graph.operations[0].attributes as any;
  assert.equal(weights.shape, [2, 1, 4, 3]);
  // [out 1, row 0, column 2, in 2] is [in 2, out 1, row 0, column 2] of the file.
  assert.is(weights.data[(1 * 4 + 2) * 3 + 2], (2 * 2 + 1) * 4 + 2);
});

test("uint8 inputs and results", () => {
  const quantization = { scale: 1 / 255, zeroPoint: 0 };
  const net = (options: object) => () => dsl.quantize(dsl.input("u", [4], options as any));
  assert.is(
    message([1], net({ dtype: "uint8", quantization: { scale: 1, zeroPoint: 256 } })).slice(-13),
    "from 0 to 255",
  );
  assert.match(message([1], net({ dtype: "uint8" })), "it is uint8 without a quantisation");
  assert.match(message([1], net({ dtype: "int16" })), '"int8", "uint8" or "float32"');
  const value = outputOf([4], (x) => dsl.quantize(x, { dtype: "uint8", quantization }));
  assert.equal([value.dtype, value.quantization?.zeroPoint], ["uint8", 0]);
  assert.match(
    message([4], (x) => dsl.quantize(x, { dtype: "uint8" })),
    "a uint8 result has no quantisation",
  );
  assert.match(
    message([4], () => dsl.softmax(dsl.input("u", [4], { dtype: "uint8", quantization }) as any)),
    "input u is uint8; expected int8",
  );
});

test("lstm and svdf need int8 weights", () => {
  assert.match(
    message([3, 2], (x) => dsl.lstm(x, {})),
    "lstm: there are no weights; expected int8 weights",
  );
  const stored = [
    floats("l.weight", [8, 2]),
    floats("l.recurrent_weight", [8, 2]),
    floats("l.cell_scale", [1]),
  ];
  assert.match(
    message([3, 2], (x) => dsl.lstm(x, w.lstm("l")), stored),
    "weights are float32; expected int8",
  );
  assert.match(
    message([3], (x) => dsl.svdf(x, w.svdf("l")), stored),
    '"l.weight"',
  );
  assert.match(
    message([3], (x) => dsl.svdf(x, { rank: 0 })),
    "rank is 0",
  );
});

test.run();
