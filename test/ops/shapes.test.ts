/** The shape rules: networks before training, checked. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import * as dsl from "../../dsl/index.js";
import { check } from "../../compiler/2-check/index.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import type { Checked } from "../../compiler/ir/graph.js";
import { operatorOf } from "../../compiler/ops/index.js";

type Shape = readonly number[];

function build(shape: Shape, body: (x: any) => any): Checked {
  const net = dsl.network("net", {}, () => body(dsl.input("x", shape)));
  return check(net, { file: "net.ts", loadCalibration: false });
}

/** Shape of what `body` makes of an input of `shape`. */
const shapeOf = (shape: Shape, body: (x: any) => any) => {
  const graph = build(shape, body);
  return graph.values[graph.outputs[0].value].shape;
};

/** The one message that `body` is rejected with. */
function message(shape: Shape, body: (x: any) => any): string {
  try {
    build(shape, body);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    assert.is(error.diagnostics.length, 1);
    // Layers without a place in a text are named before the message.
    return `${error.diagnostics[0].code} ${error.diagnostics[0].message.replace(/^"[^"]+": /, "")}`;
  }
  return "accepted";
}

const macs = (graph: Checked) =>
  graph.operations.map((one) =>
    operatorOf(one).macs(
      one,
      one.inputs.map((id) => graph.values[id]),
      graph.values[one.output],
    ),
  );

test("conv2d", () => {
  const conv = (options: object) => (x: any) => dsl.conv2d(x, { filters: 6, kernel: 3, ...options });
  assert.equal(shapeOf([9, 8, 2], conv({})), [7, 6, 6]);
  assert.equal(shapeOf([9, 8, 2], conv({ padding: "same" })), [9, 8, 6]);
  assert.equal(shapeOf([9, 8, 2], conv({ padding: "same", stride: 2 })), [5, 4, 6]);
  assert.equal(shapeOf([9, 8, 2], conv({ padding: 1, stride: [2, 1] })), [5, 8, 6]);
  assert.equal(shapeOf([9, 8, 2], conv({ padding: [0, 1], dilation: [2, 1] })), [5, 8, 6]);
  assert.equal(shapeOf([9, 8, 2], conv({ padding: { top: 0, bottom: 1, left: 2, right: 3 } })), [8, 11, 6]);
  const graph = build([9, 8, 2], conv({ padding: "same", stride: 2, kernel: [4, 3] }));
  const [operation] = graph.operations;
  assert.equal((operation.attributes as any).padding, { top: 1, bottom: 2, left: 0, right: 1 });
  assert.equal((operation.attributes as any).weights.shape, [6, 4, 3, 2]);
  assert.equal((operation.attributes as any).bias.shape, [6]);
  assert.equal(macs(graph), [5 * 4 * 6 * 4 * 3 * 2]);
  assert.is((build([9, 8, 2], conv({ bias: false })).operations[0].attributes as any).bias, undefined);
});

test("conv2d rejects", () => {
  const conv = (options: object) => (x: any) => dsl.conv2d(x, { filters: 6, kernel: 3, ...options });
  assert.is(
    message([2, 8, 2], conv({})),
    "MCU2001 conv2d: the window spans 3x3 and does not fit into the input of 2x8; expected a window no larger than the input",
  );
  assert.is(
    message([8], conv({})),
    "MCU2001 conv2d: input x has shape [8]; expected 3 dimensions (height, width, channels)",
  );
  assert.match(
    message([8, 8, 2], conv({ stride: 0 })),
    "conv2d: stride is 0; expected a whole number from 1",
  );
  assert.match(message([8, 8, 2], conv({ stride: [1, 2, 3] })), "stride is [1,2,3]");
  assert.match(message([8, 8, 2], conv({ kernel: 1.5 })), "kernel is 1.5");
  assert.match(message([8, 8, 2], conv({ filters: NaN })), "filters is NaN");
  assert.match(
    message([8, 8, 2], conv({ filters: undefined })),
    "there are no weights; expected weights, or filters",
  );
  for (const padding of [-1, "full", { top: 1 }, [1], null, 0.5]) {
    assert.match(message([8, 8, 2], conv({ padding: padding ?? {} })), 'expected "same", "valid"');
  }
  assert.match(message([8, 8, 2], conv({ activation: "gelu" })), 'activation is "gelu"');
  assert.match(message([8, 8, 2], conv({ padding: 2 ** 20 })), "elements");
});

test("depthwiseConv2d", () => {
  const conv = (options: object) => (x: any) =>
    dsl.depthwiseConv2d(x, { kernel: 3, padding: "same", ...options });
  assert.equal(shapeOf([9, 8, 5], conv({})), [9, 8, 5]);
  assert.equal(shapeOf([9, 8, 5], conv({ depthMultiplier: 3, stride: 2 })), [5, 4, 15]);
  assert.equal(macs(build([9, 8, 5], conv({ depthMultiplier: 2 }))), [9 * 8 * 10 * 9]);
  assert.match(
    message([9, 8, 5], conv({ kernel: undefined })),
    "there are no weights; expected weights, or kernel",
  );
  assert.match(message([9, 8, 5], conv({ depthMultiplier: 0 })), "depthMultiplier is 0");
});

test("dense works on the last dimension", () => {
  assert.equal(
    shapeOf([7], (x) => dsl.dense(x, { units: 3 })),
    [3],
  );
  assert.equal(
    shapeOf([4, 5, 7], (x) => dsl.dense(x, { units: 3 })),
    [4, 5, 3],
  );
  assert.equal(macs(build([4, 5, 7], (x) => dsl.dense(x, { units: 3 }))), [4 * 5 * 7 * 3]);
  assert.match(
    message([7], (x) => dsl.dense(x, {})),
    "there are no weights; expected weights, or units",
  );
});

test("add broadcasts, and rejects what does not", () => {
  assert.equal(
    shapeOf([4, 4, 2], (x) => dsl.add(x, dsl.relu(x))),
    [4, 4, 2],
  );
  const strided = (x: any) => dsl.add(x, dsl.conv2d(x, { filters: 2, kernel: 1, stride: 2, name: "skip" }));
  assert.match(
    message([4, 4, 2], strided),
    "add: the inputs do not fit together, [4, 4, 2] (x) and [2, 2, 2] (skip)",
  );
  const gate = (x: any) => dsl.mean(x, { axes: [0, 1], keepDimensions: true });
  for (const binary of [
    dsl.add,
    dsl.subtract,
    dsl.multiply,
    dsl.maximum,
    dsl.minimum,
    dsl.squaredDifference,
  ]) {
    const shapes = [
      shapeOf([4, 3, 2], (x) => binary(x, gate(x))),
      shapeOf([4, 3, 2], (x) => binary(dsl.globalAveragePool(x), x)),
      shapeOf([4, 3, 2], (x) => binary(dsl.mean(x, { axes: [0, 1, 2] }), x)),
    ];
    for (const shape of shapes) assert.equal(shape, [4, 3, 2]);
    const outer = (x: any) => binary(dsl.reshape(x, [5, 1]), dsl.reshape(x, [1, 5]));
    assert.equal(shapeOf([5], outer), [5, 5]);
  }
});

test("matmul", () => {
  const product = (a: Shape, b: Shape, options?: any) => (x: any) =>
    dsl.matmul(dsl.reshape(x, a), dsl.reshape(x, b), options);
  assert.equal(shapeOf([24], product([4, 6], [6, 4])), [4, 4]);
  assert.equal(shapeOf([24], product([4, 3, 2], [1, 2, 12])), [4, 3, 12]);
  assert.equal(shapeOf([24], product([6, 4], [6, 4], { transposeA: true })), [4, 4]);
  assert.equal(shapeOf([24], product([6, 4], [6, 4], { transposeB: true })), [6, 6]);
  assert.equal(macs(build([24], product([4, 3, 2], [1, 2, 12]))).at(-1), 4 * 3 * 12 * 2);
  const unlike = message([24], product([4, 6], [4, 6]));
  assert.match(unlike, "matmul: the inputs do not fit together, [4, 6]");
  assert.match(unlike, "expected as many columns on the left, 6, as rows on the right");
  assert.match(message([24], product([24], [24, 1])), "has shape [24]; expected at least 2 dimensions");
  assert.match(message([24], product([4, 6], [6, 4], { transposeA: 1 })), "transposeA is 1");
});

test("argMax, argMin, reduceMax, reduceMin", () => {
  for (const arg of [dsl.argMax, dsl.argMin]) {
    assert.equal(shapeOf([6, 5, 8], arg), [6, 5]);
    assert.equal(
      shapeOf([6, 5, 8], (x) => arg(x, { axis: 0, dtype: "int64" })),
      [5, 8],
    );
    assert.equal(shapeOf([6], arg), []);
    assert.match(
      message([6], (x) => arg(x, { axis: 1 })),
      "axis is 1; expected 0 or -1",
    );
    assert.match(
      message([6], (x) => arg(x, { dtype: "int8" as any })),
      'dtype is "int8"; expected "int32" or "int64"',
    );
    assert.match(
      message([6, 5], (x) => dsl.relu(arg(x) as any)),
      "is int32; expected int8",
    );
  }
  for (const reduce of [dsl.reduceMax, dsl.reduceMin]) {
    assert.equal(
      shapeOf([6, 5, 8], (x) => reduce(x, { axes: [-1] })),
      [6, 5],
    );
    assert.equal(
      shapeOf([6, 5, 8], (x) => reduce(x, { axes: [0, 2], keepDimensions: true })),
      [1, 5, 1],
    );
  }
});

test("pools step by their size, and keep their padding below it", () => {
  for (const pool of [dsl.averagePool2d, dsl.maxPool2d]) {
    assert.equal(
      shapeOf([9, 8, 5], (x) => pool(x, { size: 2 })),
      [4, 4, 5],
    );
    assert.equal(
      shapeOf([9, 8, 5], (x) => pool(x, { size: [3, 2], stride: 1, padding: "same" })),
      [9, 8, 5],
    );
    assert.match(
      message([9, 8, 5], (x) => pool(x, { size: 2, padding: 2 })),
      "the padding is as large as the window of 2x2",
    );
    assert.match(
      message([9, 8, 5], (x) => pool(x, { size: 10 })),
      "does not fit",
    );
  }
});

test("mean", () => {
  const mean = (axes: any, keepDimensions?: boolean) => (x: any) => dsl.mean(x, { axes, keepDimensions });
  assert.equal(shapeOf([6, 5, 8], mean([0, 1])), [8]);
  assert.equal(shapeOf([6, 5, 8], mean([1, 0], true)), [1, 1, 8]);
  assert.equal(shapeOf([6, 5, 8], mean([2])), [6, 5]);
  assert.equal(shapeOf([6, 5, 8], dsl.globalAveragePool), [8]);
  assert.equal(shapeOf([6, 5, 8], mean([-1, -3])), [5]);
  assert.match(message([6, 5, 8], mean([3])), "axes is 3; expected 0 to 2, or -1 to -3");
  assert.match(message([6, 5, 8], mean([0, 0])), "axes is [0,0]; expected each dimension once");
  assert.match(message([6, 5, 8], mean([0, -3])), "axes is [0,-3]; expected each dimension once");
  assert.match(message([6, 5, 8], mean([])), "axes is []");
});

test("pad, reshape, transpose, softmax", () => {
  const pad = (paddings: any) => (x: any) => dsl.pad(x, { paddings });
  const shaped = (shape: any) => (x: any) => dsl.reshape(x, shape);
  const turned = (permutation: any) => (x: any) => dsl.transpose(x, permutation);
  assert.equal(
    shapeOf(
      [6, 5],
      pad([
        [1, 2],
        [0, 3],
      ]),
    ),
    [9, 8],
  );
  assert.match(message([6, 5], pad([[1, 2]])), "expected [before, after] for each of the 2 dimensions");
  assert.match(message([6], pad([[-1, 2]])), "paddings is [[-1,2]]");
  assert.equal(shapeOf([6, 5], shaped([3, -1])), [3, 10]);
  assert.equal(shapeOf([6, 5], dsl.flatten), [30]);
  assert.match(
    message([6, 5], shaped([4, -1])),
    "the input [6, 5] has 30 elements; expected sizes whose product divides",
  );
  assert.match(message([6, 5], shaped([31])), "expected sizes whose product is 30");
  assert.match(message([6, 5], shaped([-1, -1])), "expected at most one -1");
  assert.match(message([6, 5], shaped([0, -1])), "whole numbers from 1");
  assert.equal(shapeOf([6, 5, 4], turned([2, 0, 1])), [4, 6, 5]);
  assert.match(message([6, 5], turned([0, 0])), "permutation is [0,0]");
  assert.match(message([6, 5], turned([1, 2])), "permutation names dimension 2");
  assert.equal(shapeOf([6, 5], dsl.softmax), [6, 5]);
  assert.match(
    message([6], (x) => dsl.softmax(x, { beta: -1 })),
    "beta is -1",
  );
  assert.match(message([4096], dsl.softmax), "4096 elements; expected fewer than 4096");
});

test("float32 stays at the edges", () => {
  const graph = build([4], (x) => dsl.dequantize(dsl.relu6(x)));
  assert.is(graph.values[graph.outputs[0].value].dtype, "float32");
  const net = (body: (x: any) => any) => (x: any) => body(dsl.dequantize(x));
  assert.match(message([4], net(dsl.relu)), "relu: input dequantize is float32; expected int8");
  assert.is(message([4], net(dsl.quantize)), "accepted");
});

test("batchNorm before training has its vectors", () => {
  const graph = build([4, 4, 3], (x) => dsl.batchNorm(x, { activation: "relu" }));
  const { scale, variance } = graph.operations[0].attributes as any;
  assert.equal([scale.shape, variance.shape], [[3], [3]]);
  assert.match(
    message([4], (x) => dsl.batchNorm(x, { epsilon: 0 })),
    "epsilon is 0",
  );
});

test.run();
