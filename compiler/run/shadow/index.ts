/**
 * Runs a lowered network as run/javascript.ts does, but in a memory that knows who wrote every byte. Shows by execution that
 * no step reads what something else has overwritten, writes outside of what is its own, or depends on what it finds there.
 */

import { bytes, rowBytes, type ValueId } from "../../ir/graph.js";
import { elementBytes, type ConstantArray } from "../../ir/loop.js";
import type { Lowered } from "../../ir/lowered.js";
import { arenasOf } from "../../ir/plan.js";
import { arrayOf, type TypedArray } from "../arrays.js";
import { compileFunction, type MemoryAccess } from "../javascript-function.js";
import { ShadowMemory, StrayStore, watchedMemory, type GarbageReads } from "./memory.js";
import { Space } from "./space.js";

export { StrayStore, type GarbageReads } from "./memory.js";

export interface Watched {
  /** @throws StrayStore */
  run(inputs: readonly TypedArray[]): TypedArray[];
  reset(): void;
  /** Loads of a tensor's, state's or constant's own bytes that found another's there; texts for people. */
  readonly faults: readonly string[];
  readonly garbageReads: readonly GarbageReads[];
}

/** @param seed of the garbage that loads get which find no bytes of theirs */
export function watch(net: Lowered, seed: number): Watched {
  const space = new Space(net);
  const names = {
    owner: (owner: number) => space.nameOf(owner),
    step: (step: number) => net.lowered[step]?.name ?? "the caller",
  };
  const memory = new ShadowMemory(space.size, space.regions, names, seed);
  space.constants.forEach(({ array, at, owner }) => memory.give(at, bytesOf(array), owner));
  /** Inputs that arrive by rows. */
  const fed = new Map<ValueId, Int8Array>();
  const steps = callsOf(net, memory, space).map((call, index) => () => {
    const { feeds } = net.lowered[index].step;
    if (feeds === undefined) return call();
    const size = rowBytes(net.values[feeds]);
    for (let row = 0; row < net.values[feeds].shape[0]; row++) {
      const data = fed.get(feeds)!.subarray(row * size, (row + 1) * size);
      memory.give(space.rows.get(feeds)!, data, space.ownerOf(feeds));
      call();
    }
  });
  const reset = () =>
    net.state.forEach(({ offset, bytes: size, fill }) => {
      const start = space.addressOf({ memory: net.arena.memory, offset });
      memory.give(start, new Int8Array(size).fill(fill), space.states.get(offset)!);
    });
  reset();
  return {
    reset,
    get faults() {
      return memory.faults;
    },
    get garbageReads() {
      return memory.garbageReads;
    },
    run(inputs) {
      forgetAllButState(net, memory, space);
      net.inputs.forEach((value, i) => {
        const { buffer, byteOffset, byteLength } = inputs[i];
        const data = new Int8Array(buffer, byteOffset, byteLength);
        if (net.values[value].feed) fed.set(value, data);
        else memory.give(space.placeOf(value), data, space.ownerOf(value));
      });
      for (const step of steps) step();
      return net.outputs.map(({ name, value }) => {
        const type = net.values[value];
        const start = space.placeOf(value);
        const region = { step: -1, name: `output ${name}`, start, end: start + bytes(type) };
        const data = memory.take({ ...region, ...space.contents(value) });
        return arrayOf(type.dtype, data.buffer as ArrayBuffer);
      });
    },
  };
}

/**
 * Runs cases twice, with different garbage wherever a load finds no bytes of its own.
 * @param resets before every case, else only before the first
 * @param expected outputs of every case
 * @returns what is wrong
 */
export function faultsOf(
  net: Lowered,
  cases: readonly (readonly TypedArray[])[],
  resets: boolean,
  expected: readonly (readonly TypedArray[])[],
): readonly string[] {
  const faults = new Set<string>();
  for (const seed of [1, 2]) {
    const watched = watch(net, seed);
    try {
      cases.forEach((inputs, index) => {
        if (resets) watched.reset();
        watched.run(inputs).forEach((data, i) => {
          const at = expected[index][i].findIndex((one, k) => !Object.is(one, data[k]));
          const { name } = net.outputs[i];
          if (at >= 0) faults.add(`case ${index}, ${name}[${at}] is wrong or depends on garbage`);
        });
      });
    } catch (error) {
      if (!(error instanceof StrayStore)) throw error;
      faults.add(error.message);
    }
    watched.faults.forEach((fault) => faults.add(fault));
  }
  return [...faults];
}

function callsOf(net: Lowered, memory: ShadowMemory, space: Space): (() => void)[] {
  const watched = watchedMemory(memory);
  return space.steps.map(({ parameters, constants }, index) => {
    const pointers = new Map([...constants].map(([name, region]) => [name, memory.pointer(region)]));
    const call = compileFunction(net.lowered[index].code, pointers, watched, watchedAccess);
    const addresses = parameters.map((region) => memory.pointer(region));
    return () => {
      memory.begin(index);
      call(...addresses);
    };
  });
}

/** Elements through methods of the watched memory. */
export const watchedAccess: MemoryAccess = {
  head: "const { shadow: S } = memory, V = S.view;",
  load: (element, pointer, index) => {
    const size = elementBytes[element];
    if (size === 1) return `V.get${methods[element]}(S.load(${pointer} + ${index}, 1))`;
    return `V.get${methods[element]}(S.loadAligned(${pointer} + ${index} * ${size}, ${size}), true)`;
  },
  // The value comes first: it may load.
  store: (element, pointer, index, value) => {
    const size = elementBytes[element];
    const at = `S.storeAligned(${pointer} + ${index} * ${size}, ${size})`;
    return `{ const value = ${value}; V.set${methods[element]}(${at}, value, true) }`;
  },
};

/** Of a DataView. */
const methods: Record<keyof typeof elementBytes, string> = {
  int8: "Int8",
  uint8: "Uint8",
  int16: "Int16",
  int32: "Int32",
  int64: "BigInt64",
  float32: "Float32",
  float64: "Float64",
};

/** A run begins: what was computed before is worth nothing. */
function forgetAllButState(net: Lowered, memory: ShadowMemory, space: Space): void {
  const forget = (name: string, from: number, to: number): void =>
    memory.forget(
      space.addressOf({ memory: name, offset: from }),
      space.addressOf({ memory: name, offset: to }),
    );
  const main = net.arena.memory;
  let from = 0;
  for (const { offset, bytes: size } of [...net.state].sort((a, b) => a.offset - b.offset)) {
    forget(main, from, offset);
    from = offset + size;
  }
  for (const { memory: name, bytes: size } of arenasOf(net)) forget(name, name === main ? from : 0, size);
}

function bytesOf({ element, data }: ConstantArray): Int8Array {
  const make = {
    int8: Int8Array,
    uint8: Uint8Array,
    int16: Int16Array,
    int32: Int32Array,
    int64: Int32Array,
    float32: Float32Array,
    float64: Float64Array,
  }[element];
  return new Int8Array(make.from(data).buffer);
}
