/** Operators that move elements: shape rules, complaints, and what becomes a view. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { simplify } from "../../compiler/3-simplify/index.js";
import { check } from "../../compiler/2-check/index.js";
import { plan } from "../../compiler/4-plan/index.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import * as t from "../../dsl/index.js";

type Shape = readonly number[];

const quantization = { scale: 0.5, zeroPoint: 3 };

function build(shape: Shape, body: (x: any) => any) {
  const net = t.network("net", {}, () => body(t.input("x", shape, { quantization })));
  const checked = check(net, { file: "net.ts", loadCalibration: false });
  return simplify(checked, { calibrate: true });
}

/** Shapes of the results, and their elements where the input counts 0, 1, 2 …. */
function results(shape: Shape, body: (x: any) => any): { shape: Shape; data: number[] }[] {
  const graph = build(shape, body);
  const count = shape.reduce((a, b) => a * b, 1);
  const data = evaluate(graph, new Map([[graph.inputs[0], Int8Array.from({ length: count }, (_, i) => i)]]));
  return graph.outputs.map(({ value }) => ({
    shape: graph.values[value].shape,
    data: [...data.get(value)!],
  }));
}

function result(shape: Shape, body: (x: any) => any): [Shape, number[]] {
  const [{ shape: found, data }] = results(shape, body);
  return [found, data];
}

const named = (list: any[]) => Object.fromEntries(list.map((one, i) => [`r${i}`, one]));

/** Steps that compute something. */
const steps = (shape: Shape, body: (x: any) => any) => plan(build(shape, body)).steps.length;

function message(shape: Shape, body: (x: any) => any): string {
  try {
    build(shape, body);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return error.diagnostics.map((one) => `${one.code} ${one.message}`).join("\n");
  }
  return "accepted";
}

test("slices", () => {
  assert.equal(
    result([2, 3], (x) => t.slice(x, [0, 1], [-1, 2])),
    [
      [2, 2],
      [1, 2, 4, 5],
    ],
  );
  assert.equal(
    result([6], (x) => t.stridedSlice(x, [-1], [-7], { strides: [-2] })),
    [[3], [5, 3, 1]],
  );
  assert.equal(
    result([6], (x) => t.stridedSlice(x, [1], [100], { strides: [3] })),
    [[2], [1, 4]],
  );
  assert.match(
    message([2, 3], (x) => t.slice(x, [0, 2], [2, 2])),
    /MCU2001.*dimension 1 has 3 elements, and 2 from element 2 on are taken/,
  );
  assert.match(
    message([4], (x) => t.stridedSlice(x, [2], [2])),
    /MCU2001.*none is left from 2 to 2 by 1/,
  );
  assert.match(
    message([4], (x) => t.stridedSlice(x, [0], [2], { strides: [0] })),
    /MCU2001.*strides is \[0\]/,
  );
  assert.match(
    message([4], (x) => t.slice(x, [0, 0], [1, 1])),
    /begin is \[0,0\]/,
  );
});

test("split, unstack, stack, concatenate", () => {
  assert.equal(
    results([4], (x) => named(t.split(x, 2, { axis: 0 }))),
    [
      { shape: [2], data: [0, 1] },
      { shape: [2], data: [2, 3] },
    ],
  );
  assert.equal(
    results([2, 3], (x) => named(t.split(x, [1, 2], { axis: -1 }))),
    [
      { shape: [2, 1], data: [0, 3] },
      { shape: [2, 2], data: [1, 2, 4, 5] },
    ],
  );
  assert.equal(
    results([2, 3], (x) => named(t.unstack(x, 3, { axis: 1 }))).map(({ data }) => data),
    [
      [0, 3],
      [1, 4],
      [2, 5],
    ],
  );
  assert.equal(
    result([2, 3], (x) => t.stack(t.unstack(x, 2, { axis: 0 }), { axis: -1 })),
    [
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ],
  );
  assert.match(
    message([5], (x) => named(t.split(x, 2, { axis: 0 }))),
    /MCU2001.*parts is 2.*\n.*MCU2001/,
  );
  assert.match(
    message([5], (x) => named(t.split(x, [2, 2], { axis: 0 }))),
    /the sum of \[2,2\] is 4/,
  );
  assert.match(
    message([5], (x) => named(t.unstack(x, 4, { axis: 0 }))),
    /MCU2001/,
  );
  assert.match(
    message([2, 3], (x) => t.concatenate([x, t.transpose(x, [1, 0])])),
    /has shape 3x2|has shape \[3, 2\]/,
  );
  assert.match(
    message([2, 3], (x) => t.concatenate([x, x], { axis: 2 })),
    /axis is 2/,
  );
  assert.match(
    message([2, 3], () => t.concatenate([])),
    /MCU20/,
  );
});

test("gather, tile, broadcastTo, mirrorPad, squeeze, expandDims", () => {
  assert.equal(
    result([2, 3], (x) => t.gather(x, [2, 0, 2], { axis: 1 })),
    [
      [2, 3],
      [2, 0, 2, 5, 3, 5],
    ],
  );
  assert.match(
    message([2, 3], (x) => t.gather(x, [0, 3], { axis: 1 })),
    /indices has 3/,
  );
  assert.equal(
    result([2], (x) => t.tile(x, [3])),
    [[6], [0, 1, 0, 1, 0, 1]],
  );
  assert.match(
    message([2], (x) => t.tile(x, [0])),
    /repeats is \[0\]/,
  );
  assert.equal(
    result([2, 1], (x) => t.broadcastTo(x, [2, 2, 2])),
    [
      [2, 2, 2],
      [0, 0, 1, 1, 0, 0, 1, 1],
    ],
  );
  assert.match(
    message([2, 2], (x) => t.broadcastTo(x, [2, 3])),
    /shape is \[2,3\]/,
  );
  assert.equal(
    result([3], (x) => t.mirrorPad(x, { paddings: [[2, 1]], mode: "reflect" })),
    [[6], [2, 1, 0, 1, 2, 1]],
  );
  assert.match(
    message([3], (x) => t.mirrorPad(x, { paddings: [[3, 0]], mode: "reflect" })),
    /at most 2/,
  );
  assert.equal(result([1, 3, 1], (x) => t.squeeze(x))[0], [3]);
  assert.equal(result([1, 3, 1], (x) => t.squeeze(x, { axes: [-1] }))[0], [1, 3]);
  assert.match(
    message([1, 3], (x) => t.squeeze(x, { axes: [1] })),
    /axes is \[1\]/,
  );
  assert.equal(result([3], (x) => t.expandDims(x, -1))[0], [3, 1]);
});

test("pad with a value: the nearest int8, saturated", () => {
  const padded = (value: number) => result([1], (x) => t.pad(x, { paddings: [[1, 0]], value }))[1][0];
  assert.equal([0, 1, -2, 1000, -Infinity].map(padded), [3, 5, -1, 127, -128]);
  assert.match(
    message([1], (x) => t.pad(x, { paddings: [[1, 0]], value: NaN })),
    /value is NaN/,
  );
});

test("resizing", () => {
  assert.equal(result([2, 2, 1], (x) => t.resizeNearest(x, [2, 4]))[1], [0, 0, 1, 1, 2, 2, 3, 3]);
  assert.equal(result([1, 2, 1], (x) => t.resizeBilinear(x, [1, 4]))[1], [0, 1, 1, 1]);
  assert.match(
    message([2, 2, 1], (x) => t.resizeNearest(x, [0, 2])),
    /size is \[0,2\]/,
  );
  assert.match(
    message([2, 2, 1], (x) => t.resizeBilinear(x, [2, 2], { alignCorners: true, halfPixelCenters: true })),
    /at most one of/,
  );
});

test("along the outermost dimension nothing is copied", () => {
  assert.is(
    steps([4, 3, 2], (x) => named(t.split(x, 2, { axis: 0 }))),
    0,
  );
  assert.is(
    steps([1, 4, 2], (x) => named(t.unstack(x, 4, { axis: 1 }))),
    0,
    "the outermost that is not 1",
  );
  const relu = (x: any) => t.relu(x, { quantization });
  assert.is(
    steps([4, 3], (x) => t.concatenate([relu(x), relu(x)], { axis: 0 })),
    2,
  );
  assert.is(
    steps([4, 3], (x) => t.stack([relu(x), relu(x)], { axis: 0 })),
    2,
  );
  assert.is(
    steps([4, 3], (x) => t.concatenate([relu(x), relu(x)], { axis: 1 })),
    3,
  );
  assert.is(
    steps([4, 3], (x) => relu(t.tile(t.gather(x, [0, 1, 2, 3], { axis: 0 }), [1, 1]))),
    1,
    "what changes nothing is nothing",
  );
});

test.run();
