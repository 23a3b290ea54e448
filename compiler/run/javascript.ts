/**
 * Runs a lowered network here: the loop IR printed as JavaScript, over one emulated address space that holds the arenas,
 * one after the other, and the constants. The network's C does the same, byte for byte.
 */

import { bytes, rowBytes, type Value, type ValueId } from "../ir/graph.js";
import { elementBytes, type ConstantArray } from "../ir/loop.js";
import type { Lowered, Place } from "../ir/lowered.js";
import { arenasOf } from "../ir/plan.js";
import type { Memory } from "../targets/instruction.js";
import { arrayOf, type TypedArray } from "./arrays.js";
import { compileFunction } from "./javascript-function.js";

export type { TypedArray } from "./arrays.js";
export { compileFunction } from "./javascript-function.js";

/** One inference: inputs in the network's order, outputs likewise (copies). */
export type Runner = (inputs: readonly TypedArray[]) => TypedArray[];

export interface Prepared {
  readonly run: Runner;
  /** For tests that look at intermediate values: `write` the inputs, then call `step(i)` one after the other. */
  readonly memory: Memory;
  write(inputs: readonly TypedArray[]): void;
  /** Brings the state of recurrent layers back to its start; done once by `prepare`. */
  reset(): void;
  step(index: number): void;
}

/** Compiles the network's functions to JavaScript. */
export function prepare(net: Lowered): Prepared {
  const arenas = placeArenas(net);
  const addressOf = ({ memory, offset }: Place): number => arenas.starts.get(memory)! + offset;
  const constants = placeConstants(net, arenas.end);
  const rowAt = (constants.end + 7) & ~7;
  const memory = allocate(rowAt + longestRow(net));
  for (const { array, at } of constants.placed) writeConstant(memory, array, at);
  /** What `write` was given for inputs that arrive by rows; their steps, which come first, take them from here. */
  const fed = new Map<ValueId, Int8Array>();
  const steps = net.lowered.map((one, index) => {
    const call = compileFunction(one.code, constants.addresses[index], memory);
    const addresses = one.places.map((place) => (place ? addressOf(place) : rowAt));
    const { feeds } = one.step;
    if (feeds === undefined) return () => call(...addresses);
    return () => eachRow(fed.get(feeds)!, net.values[feeds], memory, rowAt, () => call(...addresses));
  });
  const place = (value: number) => {
    const storage = net.storage.get(value)!;
    const { memory, offset } = net.buffers[storage.buffer];
    return addressOf({ memory, offset: offset + storage.offset });
  };
  const writeInputs = (inputs: readonly TypedArray[]): void =>
    net.inputs.forEach((value, i) => {
      const { buffer, byteOffset, byteLength } = inputs[i];
      const data = new Int8Array(buffer, byteOffset, byteLength);
      if (net.values[value].feed) fed.set(value, data);
      else memory.int8.set(data, place(value));
    });
  const run: Runner = (inputs) => {
    writeInputs(inputs);
    for (const step of steps) step();
    return net.outputs.map(({ value }) => {
      const type = net.values[value];
      const copy = memory.int8.slice(place(value), place(value) + bytes(type));
      return arrayOf(type.dtype, copy.buffer);
    });
  };
  const reset = () =>
    net.state.forEach(({ offset, bytes: size, fill }) => memory.int8.fill(fill, offset, offset + size));
  reset();
  return { run, reset, memory, write: writeInputs, step: (index) => steps[index]() };
}

/** Calls a fed step with every row of an image, each in the same place. */
function eachRow(data: Int8Array, type: Value, memory: Memory, at: number, call: () => void): void {
  const size = rowBytes(type);
  for (let row = 0; row < type.shape[0]; row++) {
    memory.int8.set(data.subarray(row * size, (row + 1) * size), at);
    call();
  }
}

/** Bytes of the longest row that is fed; 0 where all inputs are whole. */
function longestRow({ lowered, values }: Lowered): number {
  return Math.max(
    0,
    ...lowered.flatMap(({ step: { feeds } }) => (feeds === undefined ? [] : [rowBytes(values[feeds])])),
  );
}

interface Placed {
  readonly placed: readonly { readonly array: ConstantArray; readonly at: number }[];
  /** Per step: address of each constant by name. */
  readonly addresses: readonly ReadonlyMap<string, number>[];
  readonly end: number;
}

/** First address of every arena, by its memory: the main one's is 0, so that state is found there. */
function placeArenas(net: Lowered): { readonly starts: ReadonlyMap<string, number>; readonly end: number } {
  const starts = new Map<string, number>();
  let end = 0;
  for (const { memory, bytes } of arenasOf(net)) {
    starts.set(memory, end);
    end = (end + bytes + 63) & ~63;
  }
  return { starts, end };
}

function placeConstants(net: Lowered, start: number): Placed {
  let end = start;
  const placed: { array: ConstantArray; at: number }[] = [];
  const addresses = net.lowered.map(({ code }) => {
    const names = new Map<string, number>();
    for (const array of code.constants) {
      end = (end + 7) & ~7;
      names.set(array.name, end);
      placed.push({ array, at: end });
      end += array.data.length * elementBytes[array.element];
    }
    return names;
  });
  return { placed, addresses, end };
}

function allocate(size: number): Memory {
  const buffer = new ArrayBuffer((size + 71) & ~7);
  return { int8: new Int8Array(buffer), view: new DataView(buffer) };
}

function writeConstant(memory: Memory, { element, data }: ConstantArray, at: number): void {
  const { buffer } = memory.int8;
  const target =
    element === "int8" || element === "uint8"
      ? new Int8Array(buffer, at, data.length)
      : element === "int16"
        ? new Int16Array(buffer, at, data.length)
        : element === "int32"
          ? new Int32Array(buffer, at, data.length)
          : element === "float32"
            ? new Float32Array(buffer, at, data.length)
            : new Float64Array(buffer, at, data.length);
  target.set(data);
}
