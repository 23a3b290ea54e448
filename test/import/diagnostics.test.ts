/** What is said about files that cannot be imported. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../compiler/2-check/index.js";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { FlatBuffer, type Table } from "../../compiler/import/flatbuffer.js";
import { buildNet } from "../../compiler/import/graph.js";
import { importTflite } from "../../compiler/import/index.js";
import { readModel } from "../../compiler/import/model.js";
import * as schema from "../../compiler/import/schema.js";
import { bytesOf } from "./models.js";

const folder = mkdtempSync(join(tmpdir(), "import-"));
test.after(() => rmSync(folder, { recursive: true }));

const file = "model.tflite";

function found(bytes: Uint8Array): readonly Diagnostic[] {
  try {
    buildNet(readModel(bytes, file));
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics;
    throw error;
  }
  return [];
}

const messages = (bytes: Uint8Array): string =>
  found(bytes)
    .map(({ code, message }) => `${code}: ${message}`)
    .join("\n");

/** A model with one field of a table overwritten. */
function patched(
  model: string,
  tableOf: (root: Table) => Table,
  field: number,
  value: number,
  bits: 8 | 32 | 64,
): Uint8Array {
  const bytes = bytesOf(model);
  const at = tableOf(new FlatBuffer(bytes, file).root()).position(field)!;
  const view = new DataView(bytes.buffer);
  if (bits === 8) view.setInt8(at, value);
  if (bits === 32) view.setInt32(at, value, true);
  // A vector of 64-bit numbers: the first of them.
  if (bits === 64) view.setBigInt64(at + view.getUint32(at, true) + 4, BigInt(value), true);
  return bytes;
}

const graphOf = (root: Table): Table => root.tables(schema.modelFields.subgraphs)[0];
const tensorOf = (index: number) => (root: Table) =>
  graphOf(root).tables(schema.subgraphFields.tensors)[index];
const operatorOf = (index: number) => (root: Table) =>
  graphOf(root).tables(schema.subgraphFields.operators)[index];
const optionsOf = (index: number) => (root: Table) =>
  operatorOf(index)(root).table(schema.operatorFields.options)!;
const kws = "models/kws_ref_model";

test("an empty file, and one that is cut inside of the identifier", () => {
  assert.is(
    messages(new Uint8Array(0)),
    "MCU3030: not a TensorFlow Lite model: the file has 0 bytes; expected at least 8",
  );
  assert.is(
    messages(bytesOf(kws).slice(0, 7)),
    "MCU3030: not a TensorFlow Lite model: the file has 7 bytes; expected at least 8",
  );
});

test("not a flatbuffer", () => {
  const [archive] = found(new TextEncoder().encode("PK\x03\x04 an archive"));
  assert.is(archive.message, 'not a TensorFlow Lite model: its identifier is " an "; expected "TFL3"');
  assert.equal(archive.place, { file, offset: 4 });
  assert.is(
    archive.help,
    "convert the model with tf.lite.TFLiteConverter and give the file that convert() returned",
  );
  const random = Uint8Array.from({ length: 64 }, (_, index) => index * 37);
  assert.is(
    messages(random),
    'MCU3030: not a TensorFlow Lite model: its identifier is 94 b9 de 03; expected "TFL3"',
  );
});

test("truncated: at any length, and exactly said", () => {
  const bytes = bytesOf(kws);
  const [cut] = found(bytes.slice(0, 20000));
  assert.is(
    cut.message,
    "the model is truncated or damaged: it refers to bytes 25280 to 25283 (the file has 20000 bytes)",
  );
  assert.equal(cut.place, { file, offset: 20000 });
  for (let length = 8; length < bytes.length - 8; length += 997) {
    assert.is(found(bytes.slice(0, length))[0]?.code, "MCU3031", `${length}`);
  }
});

test("unsupported operators: each named once, with what is supported", () => {
  const bytes = bytesOf(kws);
  const codes = new FlatBuffer(bytes, file).root().tables(schema.modelFields.operatorCodes);
  const view = new DataView(bytes.buffer);
  for (const code of codes.slice(0, 2)) {
    const unsupported = schema.builtinOperators.indexOf(code === codes[0] ? "RNN" : "CALL");
    view.setInt8(code.position(schema.operatorCodeFields.deprecatedBuiltinCode)!, unsupported);
    const newer = code.position(schema.operatorCodeFields.builtinCode);
    if (newer !== undefined) view.setInt32(newer, unsupported, true);
  }
  const all = found(bytes);
  assert.equal(
    all.map(({ message }) => message),
    ["operator 0 is RNN, which is not supported", "operator 1 is CALL, which is not supported"],
  );
  assert.equal(all[0].place, { file, offset: operatorOf(0)(new FlatBuffer(bytes, file).root()).at });
  assert.is(all[0].help, undefined);
  assert.match(all[1].help!, /^supported are .*\bCONV_2D, .*\bSOFTMAX\b/);
});

test("unsupported use of an operator", () => {
  const { fields } = schema.optionsTables.svdf;
  assert.is(
    messages(patched("conformance/svdf_rank2_relu", optionsOf(0), fields.activation.index, 4, 8)),
    "MCU3034: SVDF (operator 0): the activation TANH; expected RELU",
  );
  assert.is(
    messages(patched("conformance/svdf_rank2_relu", optionsOf(0), fields.rank.index, 5, 32)),
    "MCU3034: SVDF (operator 0): rank 5 of 12 filters; expected a divisor",
  );
  assert.is(
    messages(patched("conformance/svdf_rank2_relu", tensorOf(4), schema.tensorFields.isVariable, 0, 8)),
    'MCU3034: SVDF (operator 0): its state, "state", is not variable; expected a variable',
  );
  const { strideWidth } = schema.optionsTables.transposeConv.fields;
  assert.is(
    messages(patched("conformance/transpose_conv_3x3_s2_same", optionsOf(0), strideWidth.index, 0, 32)),
    "MCU3034: TRANSPOSE_CONV (operator 0): a stride of 2 x 0; expected at least 1 x 1",
  );
});

test("unsupported dtypes", () => {
  const codeOf = (dtype: string): number => schema.tensorTypes.indexOf(dtype);
  const type = schema.tensorFields.type;
  const [input] = found(patched(kws, tensorOf(0), type, codeOf("int16"), 8));
  assert.is(input.message, 'tensor "input_1" is an input of int16; expected int8, uint8 or float32');
  assert.is(input.help, "convert with inference_input_type=tf.int8");
  const floats = patched(kws, tensorOf(0), type, codeOf("float32"), 8);
  assert.is(
    messages(floats),
    'MCU3033: CONV_2D (operator 0): its input 0 "input_1" is float32; expected int8',
  );
  const { subgraph } = readModel(bytesOf(kws), file);
  const [, weights] = subgraph.operators[0].inputs;
  const unsigned = patched(kws, tensorOf(weights), type, codeOf("uint8"), 8);
  assert.is(
    messages(unsigned),
    'MCU3033: CONV_2D (operator 0): its weights "functional_1/conv2d/Conv2D" is uint8; expected int8',
  );
  const halves = patched(kws, tensorOf(weights), type, codeOf("float16"), 8);
  assert.is(found(halves)[0].code, "MCU3031");
  const unknown = patched(kws, tensorOf(subgraph.operators[0].outputs[0]), type, 99, 8);
  assert.match(
    messages(unknown),
    /^MCU3033: CONV_2D \(operator 0\): its output ".*" is of unknown type 99; expected int8$/,
  );
});

test("fused activations, strides, options of another operator", () => {
  const { activation, strideWidth } = schema.optionsTables.conv2D.fields;
  assert.is(
    messages(patched(kws, optionsOf(0), activation.index, 4, 8)),
    "MCU3034: CONV_2D (operator 0): the fused activation TANH; expected none, RELU, RELU6 or RELU_N1_TO_1",
  );
  assert.is(
    messages(patched(kws, optionsOf(0), strideWidth.index, -1, 32)),
    "MCU3034: CONV_2D (operator 0): a stride of 2 x -1; expected at least 1 x 1",
  );
  assert.match(
    messages(patched(kws, optionsOf(0), strideWidth.index, 3, 32)),
    /^MCU3034: CONV_2D \(operator 0\): its result ".*" is \[1, 25, 5, 64\]; expected \[1, 25, 4, 64\]$/,
  );
  assert.is(
    messages(patched(kws, operatorOf(0), schema.operatorFields.optionsType, 5, 8)),
    "MCU3034: CONV_2D (operator 0): options of kind 5; expected kind 1",
  );
});

test("quantisation", () => {
  const { subgraph } = readModel(bytesOf(kws), file);
  const stepOf = (index: number) => (root: Table) =>
    tensorOf(index)(root).table(schema.tensorFields.quantization)!;
  assert.is(
    messages(patched(kws, stepOf(0), schema.quantizationFields.zeroPoint, 200, 64)),
    'MCU3036: tensor "input_1" has the zero point 200; expected -128 to 127',
  );
  assert.is(
    messages(
      patched(kws, stepOf(subgraph.operators[0].inputs[1]), schema.quantizationFields.zeroPoint, 3, 64),
    ),
    "MCU3034: CONV_2D (operator 0): its weights have the zero point 3; expected 0",
  );
});

test("models of another kind", () => {
  assert.is(
    messages(patched(kws, (root) => root, schema.modelFields.version, 2, 32)),
    "MCU3035: the model has schema version 2; expected 3",
  );
  const bytes = bytesOf(kws);
  const root = new FlatBuffer(bytes, file).root();
  const vector = root.position(schema.modelFields.subgraphs)!;
  const view = new DataView(bytes.buffer);
  view.setUint32(vector + view.getUint32(vector, true), 0, true);
  assert.is(messages(bytes), "MCU3035: the model has 0 subgraphs; expected one");
  const open = bytesOf(kws);
  const signature = tensorOf(0)(new FlatBuffer(open, file).root()).position(
    schema.tensorFields.shapeSignature,
  )!;
  const openView = new DataView(open.buffer);
  openView.setInt32(signature + openView.getUint32(signature, true) + 8, -1, true);
  assert.is(
    messages(open),
    'MCU3036: tensor "input_1" has the open shape [-1, -1, 10, 1]; expected fixed sizes besides the batch',
  );
});

test("a file that is not there, and a folder", () => {
  for (const [path, reason] of [
    [join(folder, "absent.tflite"), "there is no such file"],
    [folder, "it is a folder"],
  ]) {
    assert.throws(
      () => importTflite(path),
      (error: Error) => {
        return error instanceof Rejected && error.message === `MCU3001: cannot read ${path}: ${reason}`;
      },
    );
  }
  writeFileSync(join(folder, "cut.tflite"), bytesOf(kws).slice(0, 20000));
  assert.throws(() => importTflite(join(folder, "cut.tflite")), /^MCU3031/);
});

test("what is wrong with a layer, found after the import, names the file, the layer and the operator", () => {
  const model = buildNet(readModel(bytesOf(kws), file));
  const wrong = { file, names: [], get: () => undefined };
  try {
    check(model.net, { file, tensors: wrong, origins: model.origins, loadCalibration: false });
    assert.unreachable();
  } catch (error) {
    const [{ message, place }] = (error as Rejected).diagnostics;
    assert.match(message, /^"\w+" \(operator 0\): there is no tensor "\w+\.weight"/);
    assert.equal(place, { file });
  }
});

test.run();
