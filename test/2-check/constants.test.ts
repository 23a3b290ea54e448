/** Weights files in both layouts, int8 weights, quantisation kept in files, and names. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readConstant, type Wanted } from "../../compiler/2-check/constants.js";
import { identifiers } from "../../compiler/2-check/identifiers.js";
import { tensorsOf } from "../../compiler/2-check/tensors.js";
import type { StoredTensor, TensorFile } from "../../compiler/files/tensor-file.js";
import type { ConstantLayout } from "../../compiler/ops/operator.js";
import type { Layout } from "../../dsl/weights.js";
import { checkProject, compileProject, floats, int32s, int8s } from "./scratch-project.js";

function inMemory(...tensors: readonly StoredTensor[]): TensorFile {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return { file: "memory", names: [...byName.keys()], get: (name) => byName.get(name) };
}

function constant(tensor: StoredTensor, layout: Layout, wanted: Pick<Wanted, "shape" | "layout">) {
  const reference = { kind: "tensor" as const, file: "memory", name: tensor.name, layout, optional: false };
  return readConstant(tensorsOf(inMemory(tensor)), reference, { ...wanted, integers: false, at: undefined })!;
}

/** Elements of a tensor of `shape` that say where they are: the k-th digit is the k-th index. */
const positions = (shape: readonly number[], dimensions: readonly number[]) =>
  floats("w", shape, (index) => {
    let value = 0;
    for (let rest = index, i = shape.length - 1; i >= 0; rest = Math.floor(rest / shape[i]), i--) {
      if (dimensions[i] >= 0) value += (rest % shape[i]) * 10 ** dimensions[i];
    }
    return value;
  });

const layouts: readonly [ConstantLayout, Layout, readonly number[], readonly number[], readonly number[]][] =
  [
    // layout, file's order, canonical shape, shape in the file, canonical dimension of each of the file's
    ["conv", "pytorch", [2, 3, 4, 5], [2, 5, 3, 4], [0, 3, 1, 2]],
    ["conv", "tensorflow", [2, 3, 4, 5], [2, 3, 4, 5], [0, 1, 2, 3]],
    ["depthwise", "pytorch", [3, 4, 6], [6, 1, 3, 4], [2, -1, 0, 1]],
    ["depthwise", "tensorflow", [3, 4, 6], [3, 4, 6], [0, 1, 2]],
    ["depthwise", "tensorflow", [3, 4, 6], [1, 3, 4, 6], [-1, 0, 1, 2]],
    ["dense", "pytorch", [2, 7], [2, 7], [0, 1]],
    ["vector", "pytorch", [5], [5], [0]],
  ];

for (const [layout, order, shape, inFile, dimensions] of layouts) {
  test(`${layout} weights, ${order} ${JSON.stringify(inFile)}: every element reaches its canonical place`, () => {
    const any = shape.map((size, i) => (i === 0 ? -1 : size));
    const read = constant(positions(inFile, dimensions), order, { shape: any, layout });
    const expected = positions(shape, [...shape.keys()]);
    assert.equal(read.shape, shape);
    assert.equal([...read.data!], [...expected.data!]);
  });
}

test("a network of int8 weights and given quantisation needs no calibration, and keeps its numbers", () => {
  const { operations, values, nominal } = compileProject({
    model: `const q = weights("./weights.safetensors", { layout: "tensorflow" });
      export default network("net", {}, () => {
        const x = input("x", [4, 4, 2], q.quantization("x"));
        return conv2d(x, q.conv("c"));
      });`,
    tensors: [
      ...[["x", 0.5, 3] as const, ["c", 0.25, -7] as const].flatMap(([name, scale, zeroPoint]) => [
        floats(`${name}.output_scale`, [1], () => scale),
        int32s(`${name}.output_zero_point`, [1], zeroPoint),
      ]),
      int8s("c.weight", [3, 1, 1, 2]),
      floats("c.weight_scale", [3], (i) => (i + 1) / 8),
      int32s("c.bias", [3], 77),
    ],
  });
  assert.is(nominal, false);
  assert.equal(
    values.map(({ quantization }) => quantization),
    [
      { scale: 0.5, zeroPoint: 3 },
      { scale: 0.25, zeroPoint: -7 },
    ],
  );
  const { weights, bias } = operations[0].attributes as any;
  assert.equal(weights.scales, [1 / 8, 2 / 8, 3 / 8]);
  assert.equal([...weights.data], [-5, -4, -3, -2, -1, 0]);
  assert.equal([...bias.data], [77, 77, 77]);
  assert.equal(bias.scales, [1 / 16, 2 / 16, 3 / 16]);
});

const untrained = `export default network("net", {}, () => {
  const x = conv2d(input("x", [9, 9, 3]), { filters: 8, kernel: [3, 2], stride: 2, activation: "relu" });
  return softmax(dense(t.flatten(x), { units: 5 }));
});`;

test("a network without weights gets placeholders of the right size, to be checked", () => {
  const { operations, nominal } = checkProject({ model: untrained });
  assert.is(nominal, true);
  const [conv] = operations as any;
  assert.equal(conv.attributes.weights.shape, [8, 3, 2, 3]);
  assert.is(conv.attributes.weights.data.length, 8 * 3 * 2 * 3);
  assert.is(conv.attributes.bias.data.length, 8);
});

test("names become C identifiers, each its own", () => {
  const nameOf = identifiers();
  const names = ["block0.dw", "block0_dw", "block0/dw", "0", "int", "_x", "größe", "", "a.b.c"].map(nameOf);
  assert.equal(names, [
    "block0_dw",
    "block0_dw_2",
    "block0_dw_3",
    "layer_0",
    "int_layer",
    "x",
    "gr_e",
    "layer",
    "a_b_c",
  ]);
});

test.run();
