import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { npyOutput, readCases } from "../../compiler/commands/cases.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { readNpy, writeNpy, type NpyData, type NpyDType } from "../../compiler/files/npy.js";
import type { Callable, CallableTensor } from "../../compiler/run/callable.js";
import { temporaryFolder } from "./command.js";

const folder = temporaryFolder();

const tensor = (name: string, shape: readonly number[], dtype: "int8" | "float32"): CallableTensor => ({
  name,
  symbol: `net_input_${name}`,
  shape,
  dtype,
  scale: 0.5,
  zeroPoint: 3,
});

function network(...inputs: readonly CallableTensor[]): Callable {
  return {
    name: "net",
    header: "net.h",
    sources: ["net.c"],
    run: "net_run",
    arenas: [],
    inputs,
    outputs: [],
  };
}

function save(name: string, data: NpyData, shape: readonly number[], dtype: NpyDType): string {
  const file = join(folder, name);
  writeFileSync(file, writeNpy(data, shape, dtype));
  return file;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics[0].code;
    throw error;
  }
  return "none";
}

const image = network(tensor("image", [1, 2, 3, 1], "int8"));
const six = Int8Array.of(-128, -1, 0, 1, 2, 127);
const twelve = Int8Array.from({ length: 12 }, (_, i) => i);

test("the case dimension is optional, and may be followed by a batch of one", () => {
  const shapes: readonly (readonly [readonly number[], number, readonly number[]])[] = [
    [[2, 3, 1], 1, []],
    [[1, 2, 3, 1], 1, [1]],
    [[2, 2, 3, 1], 2, [2]],
    [[2, 1, 2, 3, 1], 2, [2, 1]],
  ];
  for (const [shape, count, leading] of shapes) {
    const data = count === 1 ? six : twelve;
    const read = readCases([save("x.npy", data, shape, "int8")], image);
    assert.equal(read.leading, leading);
    assert.is(read.cases.length, count);
    assert.equal(read.cases[count - 1][0], data.slice(6 * (count - 1)));
  }
});

test("other shapes are rejected", () => {
  for (const shape of [[6], [3, 2, 1], [2, 3], [1, 1, 1, 2, 3, 1], [1, 3, 2, 1]]) {
    assert.is(
      codeOf(() => readCases([save("x.npy", six, shape, "int8")], image)),
      "MCU5010",
    );
  }
  assert.is(
    codeOf(() => readCases([save("x.npy", twelve, [1, 2, 2, 3, 1], "int8")], image)),
    "MCU5010",
  );
});

test("float32 is quantised: half away from zero, limited, NaN to the least", () => {
  const values = Float32Array.of(0.25, -0.25, 0.24, 1000, -1000, NaN);
  const { cases } = readCases([save("x.npy", values, [2, 3, 1], "float32")], image);
  assert.equal(cases[0][0], Int8Array.of(4, 2, 3, 127, -128, -128));
});

test("float32 inputs take float32 as it is, and nothing else", () => {
  const real = network(tensor("x", [1, 2], "float32"));
  const values = Float32Array.of(0.1, Infinity);
  assert.equal(readCases([save("x.npy", values, [2], "float32")], real).cases[0][0], values);
  assert.is(
    codeOf(() => readCases([save("x.npy", Int8Array.of(1, 2), [2], "int8")], real)),
    "MCU5011",
  );
  assert.is(
    codeOf(() => readCases([save("x.npy", new Uint8Array(6), [2, 3, 1], "uint8")], image)),
    "MCU5011",
  );
});

test("several inputs: by name, the rest in order; the same number of cases each", () => {
  const two = network(tensor("a", [1, 1], "int8"), tensor("b", [1, 1], "int8"));
  const one = save("1.npy", Int8Array.of(1, 2), [2, 1], "int8");
  const other = save("a=2.npy", Int8Array.of(3, 4), [2, 1], "int8");
  const long = save("3.npy", Int8Array.of(3, 4, 5), [3, 1], "int8");
  const numbers = (args: readonly string[], atMost?: number): number[][] =>
    readCases(args, two, atMost).cases.map((tensors) => tensors.map((data) => data[0]));
  assert.equal(numbers([one, other]), [
    [1, 3],
    [2, 4],
  ]);
  assert.equal(numbers([`b=${one}`, other]), [
    [3, 1],
    [4, 2],
  ]);
  assert.equal(numbers([one, other], 1), [[1, 3]]);
  assert.is(
    codeOf(() => numbers([one])),
    "MCU5013",
  );
  assert.is(
    codeOf(() => numbers([one, long])),
    "MCU5014",
  );
  assert.is(
    codeOf(() => numbers([one, other, long])),
    "MCU5019",
  );
  assert.is(
    codeOf(() => numbers([one, `c=${other}`])),
    "MCU5012",
  );
});

test("outputs have the inputs' leading dimensions", () => {
  const output = tensor("y", [1, 2], "int8");
  const results = [Int8Array.of(3, 4), Int8Array.of(-128, 127)];
  const bytes = readNpy(npyOutput("y.npy", output, results, [2, 1], false).content as Uint8Array);
  assert.equal([bytes.dtype, bytes.shape, [...bytes.data]], ["int8", [2, 1, 2], [3, 4, -128, 127]]);
  const reals = readNpy(npyOutput("y.npy", output, results, [2], true).content as Uint8Array);
  assert.equal([reals.dtype, reals.shape, [...reals.data]], ["float32", [2, 2], [0, 0.5, -65.5, 62]]);
});

test("a file too many, and an input given twice", () => {
  const file = save("one.npy", six, [2, 3, 1], "int8");
  assert.is(
    codeOf(() => readCases([file, file], image)),
    "MCU5019",
  );
  assert.is(
    codeOf(() => readCases([`image=${file}`, `image=${file}`], image)),
    "MCU5018",
  );
});

test("messages name the type of the file", () => {
  const file = save(
    "int64.npy",
    BigInt64Array.from({ length: 6 }, () => 1n),
    [2, 3, 1],
    "int64",
  );
  try {
    readCases([file], image);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Rejected).diagnostics[0].message, "the array is int64, but");
  }
});

test.run();
