import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { readNpy, writeNpy, type NpyData, type NpyDType } from "../../compiler/files/npy.js";

/** A version 1 file with this header over these bytes. */
function fileOf(header: string, data: Uint8Array = new Uint8Array(0), version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = version === 1 ? 10 : 12;
  const file = new Uint8Array(start + text.length + data.length);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(file.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  file.set(text, start);
  file.set(data, start + text.length);
  return file;
}

const dict = (descr: string, shape: string, order = "False"): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

function messageOf(bytes: Uint8Array): string {
  try {
    readNpy(bytes);
  } catch (error) {
    if (error instanceof Rejected) return error.message;
    throw error;
  }
  return "accepted";
}

test("what was written is read", () => {
  const cases: readonly (readonly [NpyDType, NpyData, readonly number[]])[] = [
    ["int8", Int8Array.of(-128, 127, 0, 1, 2, 3), [2, 3]],
    ["uint8", Uint8Array.of(255), [1]],
    ["int16", Int16Array.of(-300, 300), [2, 1, 1]],
    ["int32", Int32Array.of(2 ** 31 - 1), []],
    ["int64", BigInt64Array.of(-1n), [1]],
    ["float32", Float32Array.of(0.1, 1e-45, -Infinity), [3]],
    ["float32", new Float32Array(0), [0, 5]],
  ];
  for (const [dtype, data, shape] of cases) {
    const bytes = writeNpy(data, shape, dtype);
    assert.is((bytes.length - data.byteLength) % 64, 0);
    const read = readNpy(bytes);
    assert.equal([read.dtype, read.shape, read.data], [dtype, shape, data]);
  }
});

test("NumPy's own files are read, and written byte for byte", () => {
  const models = new URL("../../../shared/models/", import.meta.url);
  for (const file of ["ad01_int8/inputs.npy", "kws_ref_model/outputs.npy", "mcunet_vww/inputs_float.npy"]) {
    const bytes = readFileSync(new URL(file, models));
    const { shape, dtype, data } = readNpy(bytes);
    assert.ok(Buffer.from(writeNpy(data, shape, dtype)).equals(bytes), file);
  }
});

test("float16 and float64 become float32", () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00, 0xfbff, 0x8000);
  const half = readNpy(fileOf(dict("<f2", "(6,)"), new Uint8Array(halves.buffer)));
  assert.is(half.dtype, "float32");
  assert.equal(half.data, Float32Array.of(1, -2, 2 ** -24, Infinity, -65504, -0));
  const doubles = Float64Array.of(0.1, 1e300);
  const double = readNpy(fileOf(dict("<f8", "(2,)"), new Uint8Array(doubles.buffer)));
  assert.equal(double.data, Float32Array.of(0.1, Infinity));
});

test("versions 2 and 3, other orders of keys, other spaces, an order of one dimension", () => {
  for (const version of [1, 2, 3]) {
    const header = `{"shape":(2 , 1),"fortran_order":False,"descr":"|b1"}\n`;
    assert.equal(readNpy(fileOf(header, Uint8Array.of(0, 1), version)).shape, [2, 1]);
  }
  assert.equal(readNpy(fileOf(dict("|i1", "(2,)", "True"), new Uint8Array(2))).shape, [2]);
});

const faults: readonly (readonly [string, Uint8Array, string])[] = [
  [
    "text",
    new TextEncoder().encode("1,2,3\n4,5,6\n"),
    "MCU3020: not a .npy file: it does not start with the magic; expected \\x93NUMPY",
  ],
  ["version 9", fileOf("{}", undefined, 9), "MCU3020: not a .npy file: its version is 9; expected 1, 2 or 3"],
  [
    "a header that is cut",
    fileOf(dict("<f4", "(1,)")).slice(0, 30),
    "MCU3020: not a .npy file: its header claims 57 bytes; expected at most 20",
  ],
  [
    "code in the header",
    fileOf("{'descr': __import__('os'), 'shape': (1,)}"),
    `MCU3020: not a .npy file: its header has "__import__('os'), '"; expected a Python dict literal of strings, sizes and booleans`,
  ],
  [
    "a missing key",
    fileOf("{'descr': '<f4', 'shape': (1,)}"),
    "MCU3020: not a .npy file: its header lacks descr, fortran_order or shape; expected {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
  ],
  [
    "a record",
    fileOf("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"),
    "MCU3020: not a .npy file: its dtype is not a simple one; expected {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
  ],
  [
    "objects",
    fileOf(dict("|O", "(1,)")),
    'MCU3021: .npy file: its dtype is "|O"; expected int8, uint8, int16, uint16, int32, uint32, int64, float16, float32 or float64',
  ],
  [
    "big-endian",
    fileOf(dict(">f4", "(1,)"), new Uint8Array(4)),
    'MCU3021: .npy file: its dtype ">f4" is big-endian; expected little-endian',
  ],
  [
    "Fortran order",
    fileOf(dict("|i1", "(2, 2)", "True"), new Uint8Array(4)),
    "MCU3021: .npy file: the array is in Fortran order; expected C order",
  ],
  [
    "too little data",
    fileOf(dict("<f4", "(2, 2)"), new Uint8Array(15)),
    "MCU3021: .npy file: 15 bytes of data; expected 16 for <f4 [2, 2]",
  ],
  [
    "a huge shape",
    fileOf(dict("<f4", "(9999999999999999, 9999999999999999)")),
    "MCU3021: .npy file: 0 bytes of data; expected 4e+32 for <f4 [10000000000000000, 10000000000000000]",
  ],
];

for (const [name, bytes, expected] of faults) {
  test(`rejected: ${name}`, () => assert.is(messageOf(bytes), expected));
}

test("mutated files are read or rejected, nothing else", () => {
  const good = writeNpy(Float32Array.of(1, 2, 3, 4), [2, 2], "float32");
  let state = 7;
  const random = (below: number): number => (state = (state * 48271) % 0x7fffffff) % below;
  for (let round = 0; round < 3000; round++) {
    const bytes = good.slice(0, random(4) === 0 ? random(good.length) : good.length);
    for (let change = random(3); change >= 0; change--) bytes[random(bytes.length || 1)] = 32 + random(96);
    messageOf(bytes);
  }
});

test.run();
