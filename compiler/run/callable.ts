/** What a program must know of the emitted C to call it: the part of report.json that says so. */

import type { OutputFile } from "../files/output-file.js";
import { bytesPerElement, type DType } from "../ir/graph.js";
import { arrayOf, type TypedArray } from "./arrays.js";

export interface CallableTensor {
  readonly name: string;
  /** C function that gives its place in the arena; of an input that is fed: that takes a row. */
  readonly symbol: string;
  /** With the batch of 1. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** int8 and uint8 only: real = scale * (q - zeroPoint). */
  readonly scale?: number;
  readonly zeroPoint?: number;
  /** Of inputs that are fed: row by row, so many of them; before the run, in the order of the inputs. */
  readonly feed?: "rows";
  readonly rows?: number;
}

/** `reportJson(net)` is one. */
export interface Callable {
  readonly name: string;
  readonly header: string;
  readonly sources: readonly string[];
  /** C function that runs one inference. */
  readonly run: string;
  /** C function that brings the state of recurrent layers to its start; absent where there is none. */
  readonly reset?: string;
  readonly arenas: readonly { readonly type: string; readonly bytes: number }[];
  readonly inputs: readonly CallableTensor[];
  readonly outputs: readonly CallableTensor[];
}

/** The data of one tensor, without the batch. */
export type TensorArray = TypedArray;

/** One array a network input, or output, in order. */
export type Tensors = readonly TensorArray[];

export interface CompileOptions {
  /** Default: `$CC` or `cc` on the host, arm-none-eabi-gcc for the emulator. */
  readonly compiler?: string;
  /** Instead of `-O2`: optimisation, sanitizers, defines. */
  readonly flags?: readonly string[];
  /** Networks with state start anew with every case; default: the cases are consecutive calls. */
  readonly resetsEachCase?: boolean;
}

/** Warnings under which the emitted C must be clean. */
export const strict = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror"];

export function elementCount(tensor: CallableTensor): number {
  return tensor.shape.reduce((product, size) => product * size, 1);
}

/** Bytes of one tensor. */
export function tensorBytes(tensor: CallableTensor): number {
  return elementCount(tensor) * bytesPerElement[tensor.dtype];
}

/** The contents of inputs.bin: case after case, input after input. */
export function packCases(callable: Callable, cases: readonly Tensors[]): Uint8Array {
  const caseBytes = callable.inputs.reduce((sum, input) => sum + tensorBytes(input), 0);
  const packed = new Uint8Array(caseBytes * cases.length);
  let at = 0;
  for (const tensors of cases) {
    callable.inputs.forEach((input, index) => {
      const data = tensors[index];
      if (data?.byteLength !== tensorBytes(input))
        throw new Error(`input ${input.name}: ${data?.byteLength} bytes`);
      packed.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
      at += data.byteLength;
    });
  }
  return packed;
}

/** The outputs of `count` cases from the contents of outputs.bin. */
export function unpackCases(callable: Callable, packed: Uint8Array, count: number): TensorArray[][] {
  let at = 0;
  const take = (output: CallableTensor): TensorArray => {
    // A copy, not Buffer's slice: the array needs a buffer of its own.
    const bytes = Uint8Array.from(packed.subarray(at, at + tensorBytes(output)));
    if (bytes.length !== tensorBytes(output)) throw new Error(`outputs.bin ends in ${output.name}`);
    at += bytes.length;
    return arrayOf(output.dtype, bytes.buffer);
  };
  return Array.from({ length: count }, () => callable.outputs.map(take));
}

/** Adds a program to the emitted files. */
export function withDriver(files: readonly OutputFile[], driver: string): OutputFile[] {
  return [...files, { path: driverFile, content: driver }];
}

export const driverFile = "driver.c";
