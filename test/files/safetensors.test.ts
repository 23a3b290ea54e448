import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { openSafetensors, parseSafetensors, writeSafetensors } from "../../compiler/files/safetensors.js";
import type { StoredTensor } from "../../compiler/files/tensor-file.js";

const folder = mkdtempSync(join(tmpdir(), "safetensors-"));
test.after(() => rmSync(folder, { recursive: true }));

const tensors: readonly StoredTensor[] = [
  { name: "conv.weight", dtype: "I8", shape: [3, 1], data: Int8Array.of(-128, 0, 127) },
  { name: "conv.weight_scale", dtype: "F32", shape: [1], data: Float32Array.of(0.25) },
  { name: "conv.bias", dtype: "I32", shape: [2], data: Int32Array.of(-7, 2 ** 30) },
  { name: "none", dtype: "U8", shape: [0, 4], data: new Uint8Array(0) },
  { name: "samples", dtype: "I16", shape: [1], data: Int16Array.of(-2) },
];

/** A file of this header over `data` zero bytes. */
function fileOf(header: unknown, data: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data);
  new DataView(file.buffer).setUint32(0, json.length, true);
  file.set(json, 8);
  return file;
}

function messageOf(bytes: Uint8Array): string {
  try {
    parseSafetensors(bytes, "w.safetensors");
  } catch (error) {
    if (error instanceof Rejected) return error.message;
    throw error;
  }
  return "accepted";
}

test("what was written is read", () => {
  const file = parseSafetensors(writeSafetensors(tensors), "w.safetensors");
  assert.equal(
    file.names,
    tensors.map((tensor) => tensor.name),
  );
  for (const { name, dtype, shape, data } of tensors) {
    const read = file.get(name)!;
    assert.equal([read.dtype, read.shape, read.data], [dtype, shape, data]);
  }
  assert.is(file.get("absent"), undefined);
});

test("data starts at a multiple of 8, every tensor at a multiple of its element's size", () => {
  const bytes = writeSafetensors(tensors);
  const header = new DataView(bytes.buffer).getUint32(0, true);
  assert.is((8 + header) % 8, 0);
  const file = parseSafetensors(bytes, "w.safetensors");
  for (const { name, data } of tensors) assert.is(file.get(name)!.offset! % data!.BYTES_PER_ELEMENT, 0, name);
});

test("misaligned data is copied", () => {
  const bytes = fileOf({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, 4);
  bytes.set(new Uint8Array(Float32Array.of(1.5).buffer), bytes.length - 4);
  for (const shift of [0, 1, 2, 3]) {
    const moved = new Uint8Array(bytes.length + shift);
    moved.set(bytes, shift);
    assert.is(parseSafetensors(moved.subarray(shift), "w").get("a")!.data![0], 1.5);
    assert.is(parseSafetensors(Buffer.from(moved.buffer, shift), "w").get("a")!.data![0], 1.5);
  }
});

test("types without an array are known by size", () => {
  const bytes = fileOf(
    { n: { dtype: "I64", shape: [], data_offsets: [0, 8] }, __metadata__: { format: "pt" } },
    8,
  );
  const file = parseSafetensors(bytes, "w");
  assert.equal(file.names, ["n"]);
  assert.is(file.get("n")!.data, undefined);
});

const one = { dtype: "F32", shape: [2], data_offsets: [0, 8] };

const faults: readonly (readonly [string, Uint8Array, string])[] = [
  ["empty", new Uint8Array(0), "MCU3010: not a safetensors file: it has 0 bytes; expected at least 8"],
  [
    "header beyond the end",
    Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123, 125),
    "MCU3010: not a safetensors file: its header claims 9 bytes; expected at most 2",
  ],
  [
    "header of 2^63 bytes",
    Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123, 125),
    "MCU3010: not a safetensors file: its header claims 9223372036854776000 bytes; expected at most 2",
  ],
  [
    "no JSON",
    fileOf("{nonsense", 0),
    "MCU3010: not a safetensors file: its header is not a JSON object; expected one entry a tensor",
  ],
  [
    "a list",
    fileOf([1], 0),
    "MCU3010: not a safetensors file: its header is not a JSON object; expected one entry a tensor",
  ],
  [
    "cut short",
    fileOf({ a: one }, 7),
    'MCU3011: tensor "a": data_offsets [0,8]; expected two ascending integers up to 7, the end of the file\'s data',
  ],
  [
    "bytes left over",
    fileOf({ a: one }, 9),
    "MCU3010: not a safetensors file: its tensors take 8 bytes, but 9 follow the header; expected as many",
  ],
  [
    "unknown dtype",
    fileOf({ a: { ...one, dtype: "toString" } }, 8),
    'MCU3011: tensor "a": dtype "toString" is not known; expected F64, I64, U64, F32, I32, U32, F16, BF16, I16, U16, I8, U8, BOOL',
  ],
  [
    "wrong shape",
    fileOf({ a: { ...one, shape: [3] } }, 8),
    'MCU3011: tensor "a": 8 bytes of data; expected 12 for F32 [3]',
  ],
  [
    "shape that overflows",
    fileOf({ a: { ...one, shape: [2 ** 40, 2 ** 40] } }, 8),
    'MCU3011: tensor "a": 8 bytes of data; expected 4.835703278458517e+24 for F32 [1099511627776,1099511627776]',
  ],
  [
    "negative size",
    fileOf({ a: { ...one, shape: [-2, -1] } }, 8),
    'MCU3011: tensor "a": shape [-2,-1]; expected at most 8 sizes, each an integer >= 0',
  ],
  [
    "overlap",
    fileOf({ a: one, b: { ...one, data_offsets: [4, 12] } }, 12),
    'MCU3011: tensor "b": its data starts at 4; expected 8, where the one before it ends',
  ],
  [
    "entry is null",
    fileOf({ a: null }, 0),
    'MCU3011: tensor "a": dtype (missing) is not known; expected F64, I64, U64, F32, I32, U32, F16, BF16, I16, U16, I8, U8, BOOL',
  ],
];

for (const [name, bytes, expected] of faults) {
  test(`rejected: ${name}`, () => assert.is(messageOf(bytes), expected));
}

test("a file that cannot be read is reported where it is named", () => {
  const place = { file: "net.ts", start: 10, end: 20 };
  for (const [file, reason] of [
    [join(folder, "absent"), "there is no such file"],
    [folder, "it is a folder"],
  ]) {
    try {
      openSafetensors(file, place, "./w.safetensors");
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Rejected);
      const [found] = (error as Rejected).diagnostics;
      assert.is(found.message, `cannot read ./w.safetensors: ${reason}`);
      assert.is(found.place, place);
    }
  }
});

test("mutated files are read or rejected, nothing else", () => {
  const good = writeSafetensors(tensors);
  writeFileSync(join(folder, "good"), good);
  assert.equal(openSafetensors(join(folder, "good")).names.length, tensors.length);
  let state = 1;
  const random = (below: number): number => (state = (state * 48271) % 0x7fffffff) % below;
  for (let round = 0; round < 2000; round++) {
    const bytes = good.slice(0, random(4) === 0 ? random(good.length) : good.length);
    for (let change = random(3); change >= 0; change--) bytes[random(bytes.length || 1)] = random(256);
    try {
      const file = parseSafetensors(bytes, "w");
      for (const name of file.names) file.get(name);
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
    }
  }
});

test.run();
