/** Single-layer networks with awkward sizes and worst-case data, for comparing kernels with the reference semantics. */

import type { Constant, DType, Operation, Quantization, Simplified, Value } from "../../compiler/ir/graph.js";
import { elements } from "../../compiler/ir/graph.js";
import type { OperatorAttributes, OperatorKind } from "../../compiler/ops/index.js";
import type { Board } from "../../compiler/targets/board.js";

/** Deterministic: mulberry32. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }
  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)];
  }
  int8(count: number): Int8Array {
    return Int8Array.from({ length: count }, () => this.int(-128, 127));
  }
}

export const board: Board = {
  name: "test",
  core: "cortex-m7",
  clockHz: 1e8,
  icacheBytes: 0,
  dcacheBytes: 0,
  regions: [{ name: "RAM", kind: "sram", bytes: 1 << 22, tightlyCoupled: false }],
};

export interface LayerTensor {
  readonly shape: readonly number[];
  readonly quantization?: Quantization;
  /** Default int8. */
  readonly dtype?: DType;
}

export function layerNet<K extends OperatorKind>(
  kind: K,
  attributes: OperatorAttributes[K],
  inputs: readonly LayerTensor[],
  output: LayerTensor,
): Simplified {
  const value = (name: string, one: (typeof inputs)[number]): Value => ({ name, dtype: "int8", ...one });
  const values = [...inputs.map((one, i) => value(`x${i}`, one)), value("y", output)];
  const operation = {
    kind,
    name: "layer",
    inputs: inputs.map((_, i) => i),
    output: inputs.length,
    attributes,
  } as Operation<K>;
  return {
    name: "net",
    board,
    limits: [],
    nominal: false,
    values,
    operations: [operation as unknown as Operation],
    inputs: inputs.map((_, i) => i),
    outputs: [{ name: "y", value: inputs.length }],
  };
}

export function weights(
  random: Random,
  shape: readonly number[],
  channels: number,
  extreme: boolean,
): Constant {
  const data = extreme
    ? Int8Array.from({ length: elements(shape) }, () => random.pick([-127, 127]))
    : random.int8(elements(shape));
  // Now and then a channel is dead: all its weights are zero. Output channels come first, or last in depthwise weights.
  const dead = random.next() < 0.3 ? random.int(0, channels - 1) : -1;
  const isFirst = shape[0] === channels;
  for (let i = 0; i < data.length; i++) {
    const channel = isFirst ? Math.floor(i / (data.length / channels)) : i % channels;
    if (channel === dead) data[i] = 0;
  }
  const scales = Array.from({ length: channels }, () => Math.fround(0.001 + random.next() * 0.02));
  return { shape, dtype: "int8", data, scales };
}

export function bias(random: Random, channels: number): Constant {
  const extreme = () => random.pick([2 ** 29, -(2 ** 29), 2 ** 30]);
  return {
    shape: [channels],
    dtype: "int32",
    data: Int32Array.from({ length: channels }, () =>
      random.next() < 0.05 ? extreme() : random.int(-20000, 20000),
    ),
  };
}

export function quantization(random: Random, scale = 0.02 + random.next() * 0.1): Quantization {
  return { scale: Math.fround(scale), zeroPoint: random.pick([-128, 127, 0, random.int(-128, 127)]) };
}

/** Random data, then data of extremes only. */
export function inputCases(random: Random, shape: readonly number[]): Int8Array[] {
  const count = elements(shape);
  return [
    random.int8(count),
    Int8Array.from({ length: count }, () => random.pick([-128, 127])),
    new Int8Array(count).fill(-128),
    new Int8Array(count).fill(127),
  ];
}
