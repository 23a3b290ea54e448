/** The cases that `run` and `profile` are given: `.npy` files to tensors of the network's types, and back. */

import { existsSync } from "node:fs";
import { reject } from "../diagnostics/diagnostic.js";
import { readNpy, writeNpy, type NpyArray, type NpyData } from "../files/npy.js";
import type { OutputFile } from "../files/output-file.js";
import type { DType } from "../ir/graph.js";
import {
  elementCount,
  type Callable,
  type CallableTensor,
  type TensorArray,
  type Tensors,
} from "../run/callable.js";
import { dequantized, quantized } from "../run/real-values.js";

export interface Cases {
  readonly cases: readonly Tensors[];
  /** The dimensions before the tensor's own: [], [n] or [n, 1]; outputs get the same. */
  readonly leading: readonly number[];
}

/**
 * @param args `x.npy`, or `name=x.npy` where there are several inputs
 * @param atMost only the first so many cases
 * @throws Rejected MCU5010 to MCU5014, MCU30xx
 */
export function readCases(args: readonly string[], callable: Callable, atMost = Infinity): Cases {
  const files = assign(args, callable.inputs);
  const read = callable.inputs.map((input, index) => {
    const file = files[index] ?? reject("MCU5013", undefined, { input: input.name });
    return readInput(file, input);
  });
  const total = read[0].cases.length;
  read.forEach(({ cases }, index) => {
    const input = callable.inputs[index].name;
    if (cases.length !== total) {
      reject("MCU5014", { file: files[index]! }, { input, cases: cases.length, expected: total });
    }
  });
  const count = Math.min(total, atMost);
  const leading = read[0].leading.length === 0 ? [] : [count, ...read[0].leading.slice(1)];
  return {
    cases: Array.from({ length: count }, (_, index) => read.map(({ cases }) => cases[index])),
    leading,
  };
}

/** Files by name first, the others to the inputs that are left, in order. */
function assign(args: readonly string[], inputs: readonly CallableTensor[]): (string | undefined)[] {
  const names = inputs.map((input) => input.name);
  const files: (string | undefined)[] = names.map(() => undefined);
  const unnamed = args.filter((arg) => {
    const named = splitName(arg);
    if (!named) return true;
    const index = names.indexOf(named.name);
    if (index < 0) reject("MCU5012", undefined, { input: named.name, available: names });
    if (files[index] !== undefined) reject("MCU5018", undefined, { option: "--input", name: named.name });
    files[index] = named.file;
    return false;
  });
  for (const file of unnamed) {
    const free = files.indexOf(undefined);
    if (free < 0) reject("MCU5019", { file }, { option: "--input", given: args.length, names });
    files[free] = file;
  }
  return files;
}

/** `name=file`, unless the whole is a file: names of files may have a `=` in them. */
export function splitName(arg: string): { readonly name: string; readonly file: string } | undefined {
  const match = /^(\w+)=(.+)$/s.exec(arg);
  return match && !existsSync(arg) ? { name: match[1], file: match[2] } : undefined;
}

function readInput(
  file: string,
  input: CallableTensor,
): { cases: TensorArray[]; leading: readonly number[] } {
  const array = readNpy(file);
  const wanted = input.shape.slice(1);
  const leading = leadingOf(array.shape, wanted);
  if (!leading) reject("MCU5010", { file }, { input: input.name, actual: array.shape, expected: wanted });
  const data = converted(array, input, file);
  const size = elementCount(input);
  const count = leading[0] ?? 1;
  return {
    cases: Array.from({ length: count }, (_, index) => data.slice(index * size, (index + 1) * size)),
    leading,
  };
}

function leadingOf(actual: readonly number[], wanted: readonly number[]): readonly number[] | undefined {
  const extra = actual.length - wanted.length;
  if (extra < 0 || extra > 2 || wanted.some((size, index) => actual[extra + index] !== size))
    return undefined;
  if (extra === 2 && actual[1] !== 1) return undefined;
  return actual.slice(0, extra);
}

/** int8 and uint8 as they are, float32 as it is or quantised. */
function converted({ data, dtype }: NpyArray, input: CallableTensor, file: string): TensorArray {
  if (input.dtype === "int8" && data instanceof Int8Array) return data;
  if (input.dtype === "uint8" && data instanceof Uint8Array) return data;
  if (data instanceof Float32Array) return input.dtype === "float32" ? data : quantized(data, input);
  const expected = input.dtype === "float32" ? "float32" : `${input.dtype}, or float32 to be quantised`;
  return reject("MCU5011", { file }, { input: input.name, actual: dtype, expected });
}

/** One output of all cases as a `.npy` file. */
export function npyOutput(
  path: string,
  output: CallableTensor,
  results: readonly TensorArray[],
  leading: readonly number[],
  float: boolean,
): OutputFile {
  const arrays = float ? results.map((data) => dequantized(data, output)) : results;
  const dtype = float ? "float32" : output.dtype;
  const size = elementCount(output);
  const all = new Float64Array(size * arrays.length);
  arrays.forEach((data, index) => all.set(data, index * size));
  return { path, content: writeNpy(stored(all, dtype), [...leading, ...output.shape.slice(1)], dtype) };
}

function stored(values: Float64Array, dtype: DType): NpyData {
  switch (dtype) {
    case "int8":
      return Int8Array.from(values);
    case "uint8":
      return Uint8Array.from(values);
    case "int16":
      return Int16Array.from(values);
    case "int32":
      return Int32Array.from(values);
    case "int64":
      return BigInt64Array.from(Array.from(values, BigInt));
    case "float32":
      return Float32Array.from(values);
  }
}
