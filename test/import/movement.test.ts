/** Translators of operators that move elements, on cases that the corpus lacks: masks, batches, negative axes. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../compiler/2-check/index.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { Call } from "../../compiler/import/call.js";
import { MemoryTensors } from "../../compiler/import/memory-tensors.js";
import type { TfliteTensor } from "../../compiler/import/model.js";
import { translators } from "../../compiler/import/translators.js";
import { withoutBatch, type Value } from "../../compiler/import/values.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import * as t from "../../dsl/index.js";

type Shape = readonly number[];

/** A tensor of the model: computed (its elements count from 0), or int32 or int8 constants. */
type Operand = { readonly shape: Shape } | { readonly integers: readonly number[]; readonly shape?: Shape };

function tensorOf(operand: Operand, index: number): TfliteTensor {
  const isConstant = "integers" in operand;
  const shape = operand.shape ?? [(operand as { integers: readonly number[] }).integers.length];
  const bytes = isConstant ? new Uint8Array(Int32Array.from(operand.integers).buffer) : undefined;
  return {
    index,
    name: `t${index}`,
    shape,
    signature: shape,
    dtype: isConstant ? "int32" : "int8",
    quantization: isConstant
      ? undefined
      : { scales: Float32Array.of(0.5), zeroPoints: [0], dimension: 0, isCustom: false },
    data: bytes && { bytes, start: 0 },
    isVariable: false,
    isSparse: false,
    at: 0,
  };
}

/**
 * The results of one operator.
 * @param fields its options by their index in the table
 * @param shapes of its results in the model
 */
function translate(
  name: string,
  operands: readonly Operand[],
  fields: Readonly<Record<number, number>>,
  shapes: readonly Shape[],
): { shape: Shape; data: number[] }[] {
  const tensors = [...operands, ...shapes.map((shape) => ({ shape }))].map(tensorOf);
  const values = new Map<number, Value>();
  const w = t.weights("./w.safetensors", { layout: "tensorflow" });
  const stored = new MemoryTensors("model.tflite");
  const around = { file: "model.tflite", tensors, values, stored, weights: w };
  const field = (index: number, absent: number) => fields[index] ?? absent;
  const operator = {
    index: 0,
    name,
    inputs: operands.map((_, i) => i),
    outputs: shapes.map((_, i) => operands.length + i),
    intermediates: [],
    optionsTag: 0,
    options: { int8: field, int32: field } as never,
    at: 0,
  };
  const made: Value[] = [];
  const net = t.network("net", {}, () => {
    operands.forEach((operand, i) => {
      if ("integers" in operand) return;
      const shape = withoutBatch(operand.shape);
      const tensor = t.input(`t${i}`, shape, { quantization: { scale: 0.5, zeroPoint: 0 } });
      values.set(i, { tensor: tensor as never, shape });
    });
    const call = new Call(operator, "layer", around as never);
    // The tag of the options is the translator's own: it is not looked at here.
    Object.assign(call, { options: (schema: any) => readFields(schema, field) });
    made.push(...[translators.get(name)!(call)].flat());
    return Object.fromEntries(made.map(({ tensor }, i) => [`r${i}`, tensor]));
  });
  const graph = check(net, { file: "model.tflite", tensors: stored, loadCalibration: false });
  const inputs = graph.inputs.map((id) => {
    const count = graph.values[id].shape.reduce((a, b) => a * b, 1);
    return [id, Int8Array.from({ length: count }, (_, i) => i)] as const;
  });
  const data = evaluate(graph, new Map(inputs));
  return graph.outputs.map(({ value }, i) => {
    assert.equal(graph.values[value].shape, made[i].shape, "the translator knows the shape");
    return { shape: made[i].shape, data: [...data.get(value)!] };
  });
}

function readFields(schema: any, field: (index: number, absent: number) => number): unknown {
  const entries = Object.entries<any>(schema.fields).map(([name, one]) => [
    name,
    field(one.index, one.absent),
  ]);
  return Object.fromEntries(entries);
}

function message(...call: Parameters<typeof translate>): string {
  try {
    translate(...call);
  } catch (error) {
    if (error instanceof Rejected)
      return error.diagnostics.map((one) => `${one.code} ${one.message}`).join("\n");
    throw error;
  }
  return "accepted";
}

interface Slice {
  readonly shape: Shape;
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides?: readonly number[];
  readonly masks?: Readonly<Record<number, number>>;
}

const operandsOf = ({ shape, begin, end, strides = begin.map(() => 1) }: Slice): Operand[] => [
  { shape },
  ...[begin, end, strides].map((integers) => ({ integers })),
];

const sliced = (slice: Slice, result: Shape) =>
  translate("STRIDED_SLICE", operandsOf(slice), slice.masks ?? {}, [result])[0].data;

test("STRIDED_SLICE: begin, end and their masks, as Python's slices", () => {
  assert.equal(sliced({ shape: [6], begin: [1], end: [-1] }, [4]), [1, 2, 3, 4]);
  assert.equal(sliced({ shape: [6], begin: [9], end: [-9], strides: [-2] }, [3]), [5, 3, 1]);
  assert.equal(sliced({ shape: [6], begin: [3], end: [1], masks: { 0: 1 } }, [1]), [0]);
  assert.equal(sliced({ shape: [6], begin: [4], end: [0], masks: { 1: 1 } }, [2]), [4, 5]);
  const backwards = { begin: [0], end: [0], strides: [-1], masks: { 0: 1, 1: 1 } };
  assert.equal(sliced({ shape: [4], ...backwards }, [4]), [3, 2, 1, 0]);
  assert.equal(sliced({ shape: [6], begin: [2], end: [3], masks: { 5: 1 } }, [3]), [2, 3, 4]);
});

test("STRIDED_SLICE: fewer numbers than dimensions, an ellipsis, new and shrunk axes", () => {
  assert.equal(sliced({ shape: [2, 3], begin: [1], end: [2] }, [1, 3]), [3, 4, 5]);
  const last = { begin: [0, 1], end: [0, 2], masks: { 2: 1 } };
  assert.equal(sliced({ shape: [2, 2, 3], ...last }, [2, 2, 1]), [1, 4, 7, 10]);
  assert.equal(sliced({ shape: [2, 3], begin: [0, -1], end: [2, 0], masks: { 4: 2 } }, [2]), [2, 5]);
  const added = { begin: [0, 0, 1], end: [0, 2, 2], masks: { 3: 1 } };
  assert.equal(sliced({ shape: [2, 3], ...added }, [1, 2, 1]), [1, 4]);
});

test("STRIDED_SLICE: the batch may go, nothing else outside", () => {
  assert.equal(sliced({ shape: [1, 3], begin: [0, 1], end: [1, 3] }, [1, 2]), [1, 2]);
  assert.equal(sliced({ shape: [1, 3], begin: [0], end: [1], masks: { 4: 1 } }, [3]), [0, 1, 2]);
  const operands = (slice: Slice) => message("STRIDED_SLICE", operandsOf(slice), slice.masks ?? {}, [[1]]);
  assert.match(operands({ shape: [3], begin: [2], end: [2] }), /MCU3034.*0 elements from 2 by 1/);
  assert.match(operands({ shape: [3], begin: [5], end: [6], masks: { 4: 1 } }), /MCU3034/);
  assert.match(operands({ shape: [3], begin: [0], end: [2], strides: [0] }), /MCU3034.*stride of 0/);
  assert.match(operands({ shape: [3], begin: [0, 0], end: [1, 1] }), /MCU3034.*2 dimensions/);
});

test("SLICE, SPLIT and SPLIT_V, the batch too", () => {
  const slice = [{ shape: [1, 4] }, { integers: [0, 1] }, { integers: [-1, -1] }];
  assert.equal(translate("SLICE", slice, {}, [[1, 3]]), [{ shape: [3], data: [1, 2, 3] }]);
  const halves = translate("SPLIT", [{ integers: [-1] }, { shape: [1, 4] }], {}, [
    [1, 2],
    [1, 2],
  ]);
  assert.equal(
    halves.map(({ data }) => data),
    [
      [0, 1],
      [2, 3],
    ],
  );
  const batches = translate("SPLIT", [{ integers: [0] }, { shape: [2, 2] }], {}, [
    [1, 2],
    [1, 2],
  ]);
  assert.equal(
    batches.map(({ data }) => data),
    [
      [0, 1],
      [2, 3],
    ],
  );
  const sizes = [{ shape: [1, 5] }, { integers: [2, -1] }, { integers: [1] }];
  assert.equal(
    translate("SPLIT_V", sizes, {}, [
      [1, 2],
      [1, 3],
    ]).map(({ data }) => data),
    [
      [0, 1],
      [2, 3, 4],
    ],
  );
  assert.match(
    message("SPLIT", [{ integers: [0] }, { shape: [3] }], {}, [[1], [1]]),
    /MCU3034.*2 parts of 3/,
  );
  assert.match(message("SPLIT", [{ integers: [] }, { shape: [3] }], {}, [[3]]), /MCU3034/);
});

test("CONCATENATION and PACK along any axis", () => {
  const two = [{ shape: [1, 2] }, { shape: [1, 2] }];
  assert.equal(translate("CONCATENATION", two, { 0: -1 }, [[1, 4]])[0], { shape: [4], data: [0, 1, 0, 1] });
  assert.equal(translate("CONCATENATION", two, { 0: 0 }, [[2, 2]])[0].shape, [2, 2]);
  assert.equal(translate("PACK", two, { 1: 0 }, [[2, 1, 2]])[0].shape, [2, 1, 2]);
  assert.equal(translate("PACK", two, { 1: -1 }, [[1, 2, 2]])[0], { shape: [2, 2], data: [0, 0, 1, 1] });
  assert.match(message("CONCATENATION", two, { 0: 2 }, [[1, 4]]), /MCU3034.*axis 2/);
  assert.match(message("CONCATENATION", two, { 0: 1, 1: 1 }, [[1, 4]]), /MCU3034.*activation/);
  assert.match(
    message("CONCATENATION", [{ shape: [1, 2] }, { shape: [1, 2, 3] }], { 0: 1 }, [[1, 4]]),
    /MCU3034/,
  );
  assert.match(message("CONCATENATION", [], {}, [[1, 4]]), /MCU3034/);
});

test("UNPACK, GATHER, TILE and BROADCAST_TO", () => {
  const columns = translate("UNPACK", [{ shape: [1, 2, 2] }], { 1: -1 }, [
    [1, 2],
    [1, 2],
  ]);
  assert.equal(
    columns.map(({ data }) => data),
    [
      [0, 2],
      [1, 3],
    ],
  );
  assert.match(message("UNPACK", [{ shape: [3] }], {}, [[1]]), /MCU3034/);
  const square = [{ shape: [1, 3] }, { integers: [2, 0, 1, 1], shape: [2, 2] }];
  assert.equal(translate("GATHER", square, { 0: 1 }, [[1, 2, 2]])[0], { shape: [2, 2], data: [2, 0, 1, 1] });
  const batched = [{ shape: [1, 3] }, { integers: [2, 0], shape: [1, 2] }];
  assert.equal(translate("GATHER", batched, { 0: 1, 1: 1 }, [[1, 2]])[0].data, [2, 0]);
  assert.match(
    message("GATHER", [{ shape: [1, 3] }, { integers: [-1] }], { 0: 1 }, [[1, 1]]),
    /MCU3034.*index -1/,
  );
  assert.equal(translate("TILE", [{ shape: [1, 2] }, { integers: [2, 1] }], {}, [[2, 2]])[0].shape, [2, 2]);
  assert.match(message("TILE", [{ shape: [1, 2] }, { integers: [1, 0] }], {}, [[1, 0]]), /MCU3034/);
  assert.equal(translate("BROADCAST_TO", [{ shape: [1, 2] }], {}, [[3, 2]])[0].data, [0, 1, 0, 1, 0, 1]);
  assert.match(message("BROADCAST_TO", [{ shape: [1, 2] }], {}, [[1, 3]]), /MCU3034/);
});

test.run();
