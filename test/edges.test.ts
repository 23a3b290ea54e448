/** What a build may change at a network's edges: inputs by rows, and int8 instead of floats. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkEdges, withEdges, type EdgeOptions } from "../compiler/edges.js";
import { check } from "../compiler/2-check/index.js";
import { simplify } from "../compiler/3-simplify/index.js";
import { Rejected } from "../compiler/diagnostics/diagnostic.js";
import { readNpy } from "../compiler/files/npy.js";
import { importTflite, printProject } from "../compiler/import/index.js";
import type { Checked } from "../compiler/ir/graph.js";
import { evaluate } from "../compiler/ops/evaluate.js";
import type { Net } from "../dsl/graph.js";
import { conv2d, dequantize, input, maxPool2d, network, pad, quantize } from "../dsl/index.js";

const int8: EdgeOptions = { inferenceInputType: "int8", inferenceOutputType: "int8" };
const step = { scale: 0.1, zeroPoint: 3 };

function checked(net: Net, options: EdgeOptions = {}): Checked {
  const graph = check(withEdges(net, options), {
    file: "net.ts",
    board: "mps2-an500",
    loadCalibration: false,
  });
  checkEdges(graph, "net.ts", options);
  return graph;
}

const between = network("between", {}, () => {
  const x = input("x", [4, 4, 2], { dtype: "float32" });
  return { y: dequantize(maxPool2d(quantize(x, { quantization: step }), { size: 2 })) };
});

test("quantize and dequantize at the edges go, names stay", () => {
  const graph = checked(between, int8);
  assert.equal(
    graph.operations.map(({ kind }) => kind),
    ["maxPool2d"],
  );
  const [x, y] = [graph.values[graph.inputs[0]], graph.values[graph.outputs[0].value]];
  assert.equal([x.name, x.dtype, x.quantization], ["x", "int8", { ...step, scale: Math.fround(0.1) }]);
  assert.equal([graph.outputs[0].name, y.dtype], ["y", "int8"]);
});

test("each edge by itself, and nothing where nothing is float", () => {
  const kinds = (options: EdgeOptions) => checked(between, options).operations.map(({ kind }) => kind);
  assert.equal(kinds({ inferenceInputType: "int8" }), ["maxPool2d", "dequantize"]);
  assert.equal(kinds({ inferenceOutputType: "int8" }), ["quantize", "maxPool2d"]);
  const whole = network("whole", {}, () => maxPool2d(input("x", [4, 4, 2]), { size: 2 }));
  assert.equal(checked(whole, int8), checked(whole));
});

test("an output that others read stays for them", () => {
  const net = network("net", {}, () => {
    const y = dequantize(input("x", [4, 4, 2], { quantization: step }));
    return { y, z: maxPool2d(quantize(y, { quantization: step }), { size: 2 }) };
  });
  const graph = checked(net, { inferenceOutputType: "int8" });
  assert.equal(
    graph.outputs.map(({ value }) => graph.values[value].dtype),
    ["int8", "int8"],
  );
  assert.is(graph.operations.length, 3);
});

test("what cannot be int8 is told", () => {
  const net = network("net", {}, () => {
    const x = input("x", [4], { dtype: "float32" });
    return {
      a: quantize(x, { quantization: step }),
      b: quantize(x, { quantization: { ...step, scale: 1 } }),
    };
  });
  assert.throws(
    () => checked(net, int8),
    (error: unknown) => error instanceof Rejected && error.diagnostics[0].code === "MCU2041",
  );
});

test("a fed input stays one through the simplification", () => {
  const net = network("net", {}, () => {
    const x = pad(input("x", [8, 8, 4], { feed: "rows" }), {
      paddings: [
        [1, 1],
        [1, 1],
        [0, 0],
      ],
    });
    return conv2d(x, { filters: 4, kernel: 3 });
  });
  const simple = simplify(checked(net), { calibrate: false });
  assert.is(simple.values[simple.inputs[0]].feed, "rows");
  assert.is(simple.operations.length, 1);
});

test("the option is the same as the model's own", () => {
  const plain = network("net", {}, () => maxPool2d(input("x", [4, 4, 2]), { size: 2 }));
  const fed = network("net", {}, () => maxPool2d(input("x", [4, 4, 2], { feed: "rows" }), { size: 2 }));
  assert.equal(checked(plain, { feed: ["x"] }), checked(fed));
  assert.throws(
    () => withEdges(plain, { feed: ["y"] }),
    (error: unknown) => error instanceof Rejected && error.diagnostics[0].code === "MCU5012",
  );
});

const folder = fileURLToPath(new URL("../../shared/models/mcunet_vww/", import.meta.url));
const withModel = existsSync(folder) ? test : test.skip;

withModel("an imported network computes on int8 what it did inside of its floats", async () => {
  const options = { ...int8, feed: ["input_0_f_1"] };
  const { net, tensors } = importTflite(`${folder}model.tflite`);
  const edges = withEdges(net, options);
  const wishes = { file: "net.ts", tensors, board: "mps2-an500", loadCalibration: false };
  const simple = simplify(check(edges, wishes), { calibrate: true });
  const [inputs, outputs] = ["inputs", "outputs"].map((name) => readNpy(`${folder}${name}.npy`).data);
  const size = 80 * 80 * 3;
  for (const index of [0, 4]) {
    const image = inputs.slice(index * size, (index + 1) * size) as Int8Array;
    const values = evaluate(simple, new Map([[simple.inputs[0], image]]));
    assert.equal(values.get(simple.outputs[0].value), outputs.slice(2 * index, 2 * index + 2));
  }
  const text = String((await printProject({ net: edges, tensors, origins: new Map() }))[0].content);
  assert.match(text, 'input("input_0_f_1", [80, 80, 3], { ...w.quantization("quantize_1"), feed: "rows" })');
  assert.not.match(text, /quantize\(/);
});

test.run();
