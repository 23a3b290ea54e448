/** Operators on two tensors, reductions and matrix products with every position of the batch: the models are made here. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../compiler/2-check/index.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { buildNet } from "../../compiler/import/graph.js";
import type { TfliteTensor } from "../../compiler/import/model.js";
import { optionsTables } from "../../compiler/import/schema.js";
import { elements } from "../../compiler/ir/graph.js";
import { broadcastStrides } from "../../compiler/ops/arithmetic/broadcast.js";
import { positions } from "../../compiler/ops/arithmetic/positions.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { TensorData } from "../../compiler/ops/operator.js";

type Shape = readonly number[];

interface Source {
  readonly shape: Shape;
  readonly dtype?: string;
  /** Of a constant. */
  readonly data?: Int8Array | Int32Array;
  readonly scale?: number;
}

/** One operator with its inputs in order. Scales are 1 and zero points 0, so that int8 values are the reals. */
function model(name: string, sources: readonly Source[], output: Source, options?: readonly number[]) {
  const tensors = [...sources, output].map(
    ({ shape, dtype = "int8", data, scale = 1 }, index): TfliteTensor => ({
      index,
      name: `t${index}`,
      shape,
      signature: shape,
      dtype,
      quantization:
        dtype === "int8"
          ? { scales: Float32Array.of(scale), zeroPoints: [0], dimension: 0, isCustom: false }
          : undefined,
      data: data && { bytes: new Uint8Array(data.buffer), start: 0 },
      isVariable: false,
      isSparse: false,
      at: 0,
    }),
  );
  const inputs = tensors.slice(0, -1).map(({ index }) => index);
  const table = options && { int8: (index: number) => options[index] };
  const operator = {
    index: 0,
    name,
    inputs,
    outputs: [inputs.length],
    optionsTag: options ? tagOf(name) : 0,
    options: table as never,
    intermediates: [],
    at: 0,
  };
  const computed = tensors.slice(0, -1).filter(({ data }) => !data);
  return {
    file: "model.tflite",
    subgraph: {
      tensors,
      inputs: computed.map(({ index }) => index),
      outputs: [inputs.length],
      operators: [operator],
    },
  };
}

const tagOf = (name: string) =>
  name === "BATCH_MATMUL" ? optionsTables.batchMatmul.tag : optionsTables.reducer.tag;

/** Imports the model and evaluates it on these inputs. */
function run(made: ReturnType<typeof model>, inputs: readonly TensorData[]) {
  const { net, tensors } = buildNet(made);
  const graph = check(net, { file: made.file, tensors, loadCalibration: false });
  const data = evaluate(graph, new Map(graph.inputs.map((id, i) => [id, inputs[i]])));
  const { value } = graph.outputs[0];
  return { shape: graph.values[value].shape, data: [...data.get(value)!] };
}

const count = (shape: Shape) => Int8Array.from({ length: elements(shape) }, (_, i) => (i % 7) - 3);
const integers = (...values: number[]): Source => ({
  shape: [values.length],
  dtype: "int32",
  data: Int32Array.from(values),
});

test("leading 1s, the batch's among them, and missing dimensions broadcast alike", () => {
  const shapes: [Shape, Shape, Shape][] = [
    [[1, 2, 3, 4], [4], [1, 2, 3, 4]],
    [
      [1, 2, 3, 4],
      [1, 4],
      [1, 2, 3, 4],
    ],
    [
      [1, 2, 3, 4],
      [1, 1, 1, 4],
      [1, 2, 3, 4],
    ],
    [
      [1, 2, 3, 4],
      [2, 3, 1],
      [1, 2, 3, 4],
    ],
    [[1, 2, 3, 4], [], [1, 2, 3, 4]],
    [[1, 2, 3, 4], [1], [1, 2, 3, 4]],
    [
      [1, 6],
      [1, 1, 6],
      [1, 1, 6],
    ],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [
      [3, 1, 2],
      [1, 5, 2],
      [3, 5, 2],
    ],
    [[1], [1, 1], [1, 1]],
  ];
  for (const [left, right, shape] of shapes) {
    const [a, b] = [count(left), count(right)];
    const [from, to] = [left, right].map((one) => positions(shape, broadcastStrides(one, shape)));
    const expected = [...from].map((at, i) => a[at] - b[to[i]]);
    const computed = model("SUB", [{ shape: left }, { shape: right }], { shape });
    const wanted = shape.length > 1 && shape[0] === 1 ? shape.slice(1) : shape;
    // A single number cannot be an input of a network.
    if (right.length > 0) assert.equal(run(computed, [a, b]), { shape: wanted, data: expected });
    const constantRight = model("SUB", [{ shape: left }, { shape: right, data: b }], { shape });
    assert.equal(run(constantRight, [a]), { shape: wanted, data: expected });
    if (right.length === 0) continue;
    const constantLeft = model("SUB", [{ shape: left, data: a }, { shape: right }], { shape });
    assert.equal(run(constantLeft, [b]), { shape: wanted, data: expected });
  }
});

test("axes count the batch, from either end; a result may keep a 1 or lose it", () => {
  const sources: [Shape, number[], boolean, Shape][] = [
    [[1, 2, 3, 4], [-1], false, [1, 2, 3]],
    [[1, 2, 3, 4], [1, 2], true, [1, 1, 1, 4]],
    [[1, 2, 3, 4], [2, 1, -2], false, [1, 4]],
    [[1, 2, 3, 4], [0], false, [2, 3, 4]],
    [[1, 2, 3, 4], [0], true, [1, 2, 3, 4]],
    [[1, 2, 3, 4], [0, 1], false, [3, 4]],
    [[1, 2, 3, 4], [1, 2, 3], false, [1]],
    [[1, 2, 3, 4], [0, 1, 2, 3], false, []],
    [[2, 3], [0], false, [3]],
    [[5], [0], true, [1]],
  ];
  for (const [shape, axes, keep, result] of sources) {
    const data = count(shape);
    const kept = shape.map((size, i) => (axes.includes(i) || axes.includes(i - shape.length) ? 1 : size));
    const targets = positions(shape, broadcastStrides(kept, shape));
    const groups = Array.from({ length: elements(kept) }, (_, group) =>
      [...data].filter((_, i) => targets[i] === group),
    );
    const wanted = result.length > 1 && result[0] === 1 ? result.slice(1) : result;
    const made = (name: string) =>
      model(name, [{ shape }, integers(...axes)], { shape: result }, [Number(keep)]);
    assert.equal(run(made("REDUCE_MAX"), [data]), {
      shape: wanted,
      data: groups.map((group) => Math.max(...group)),
    });
    assert.equal(
      run(made("REDUCE_MIN"), [data]).data,
      groups.map((group) => Math.min(...group)),
    );
    // TFLite rounds twice, the first time to as little as half a step.
    const means = groups.map((group) => group.reduce((a, b) => a + b) / group.length);
    run(made("MEAN"), [data]).data.forEach((mean, i) => assert.ok(Math.abs(mean - means[i]) < 0.75));
  }
});

test("matrix products of single rows, of batches, of transposed and of constant operands", () => {
  const sources: [Shape, Shape, Shape, number[]?][] = [
    [
      [1, 4],
      [4, 3],
      [1, 3],
    ],
    [
      [1, 2, 4],
      [1, 4, 3],
      [1, 2, 3],
    ],
    [
      [2, 2, 4],
      [4, 3],
      [2, 2, 3],
    ],
    [
      [1, 1, 4],
      [5, 4, 3],
      [5, 1, 3],
    ],
    [
      [4, 1],
      [4, 3],
      [1, 3],
      [1, 0],
    ],
    [
      [1, 4],
      [1, 4],
      [1, 1],
      [0, 1],
    ],
  ];
  for (const [left, right, shape, [adjointX, adjointY] = [0, 0]] of sources) {
    const [a, b] = [count(left), count(right)];
    const matrix = (data: Int8Array, full: Shape, exchanged: number) => {
      const [rows, columns] = full.slice(-2);
      return (batch: number, row: number, column: number) => {
        const start = full.length > 2 && full[0] > 1 ? batch * rows * columns : 0;
        return data[start + (exchanged ? column * columns + row : row * columns + column)];
      };
    };
    const [x, y] = [matrix(a, left, adjointX), matrix(b, right, adjointY)];
    const depth = left.at(adjointX ? -2 : -1)!;
    const [rows, columns] = shape.slice(-2);
    const expected = Array.from({ length: elements(shape) }, (_, i) => {
      const [batch, row, column] = [
        Math.floor(i / (rows * columns)),
        Math.floor(i / columns) % rows,
        i % columns,
      ];
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += x(batch, row, k) * y(batch, k, column);
      return sum;
    });
    const options = [adjointX, adjointY];
    const made = model("BATCH_MATMUL", [{ shape: left }, { shape: right }], { shape }, options);
    assert.equal(run(made, [a, b]).data, expected);
    const fixed = model("BATCH_MATMUL", [{ shape: left }, { shape: right, data: b }], { shape }, options);
    assert.equal(run(fixed, [a]).data, expected);
  }
});

test("positions along any axis", () => {
  const data = Int8Array.of(1, 5, 5, 0, -3, 2);
  const argMax = (shape: Shape, axis: number, result: Shape, dtype = "int32") =>
    run(model("ARG_MAX", [{ shape }, integers(axis)], { shape: result, dtype }), [data]);
  assert.equal(argMax([1, 2, 3], -1, [1, 2]), { shape: [2], data: [1, 2] });
  assert.equal(argMax([1, 2, 3], 1, [1, 3], "int64"), { shape: [3], data: [0, 0, 0] });
  assert.equal(argMax([2, 3], 1, [2]), { shape: [2], data: [1, 2] });
  assert.equal(argMax([1, 6], 1, [1]), { shape: [1], data: [1] });
});

test("what does not fit is rejected", () => {
  const message = (made: ReturnType<typeof model>) => {
    try {
      run(made, []);
    } catch (error) {
      if (error instanceof Rejected) return `${error.diagnostics[0].code}: ${error.diagnostics[0].message}`;
      throw error;
    }
    return "accepted";
  };
  const [four, five] = [{ shape: [1, 4] }, { shape: [1, 5] }];
  assert.match(message(model("ADD", [four, five], five)), /MCU3034.*inputs of \[4\] and \[5\]/);
  assert.match(
    message(model("MAXIMUM", [four, { ...four, scale: 2 }], four)),
    /MCU3034.*input 1 has another/,
  );
  assert.match(message(model("REDUCE_MAX", [four, integers(1)], { shape: [1], scale: 2 })), "MCU3034");
  assert.match(message(model("MEAN", [four, integers(2)], { shape: [1] })), /MCU3034.*axes \[2\]/);
  assert.match(
    message(model("ARG_MAX", [four, integers(0)], { shape: [4], dtype: "int32" })),
    /the axis \[0\]/,
  );
  assert.match(message(model("BATCH_MATMUL", [four, four], four)), /MCU3034.*matrices of \[1, 4\]/);
  assert.match(message(model("ADD", [four, { ...four, data: count([4]), dtype: "int16" }], four)), "MCU3033");
});

test.run();
