/**
 * The Cortex-M7's instructions and the runtime functions of runtime-c/tsc_mcu.h, as the loop IR calls them; those of
 * tsc_mcu_arithmetic.h are in arithmetic.ts.
 * Cycles: issue slots halved where the instruction pairs (shared model: dual issue, one MAC and one load a cycle).
 */

import type { Element } from "../ir/loop.js";
import type { Instruction, Machine, Memory } from "./instruction.js";
import { pure } from "./pure.js";

export * from "./arithmetic.js";
export * from "./packed.js";

/** acc + the dot product of four int8 each; the unpacking of a word is shared between the products it takes part in. */
export const dot4 = pure(
  "mcu_dot4",
  3,
  4,
  (a, b, acc) =>
    (acc +
      ((a << 24) >> 24) * ((b << 24) >> 24) +
      ((a << 16) >> 24) * ((b << 16) >> 24) +
      ((a << 8) >> 24) * ((b << 8) >> 24) +
      (a >> 24) * (b >> 24)) |
    0,
  4,
);
/** Saturation to int16. */
export const ssat16 = pure("mcu_ssat16", 1, 0.5, (value) =>
  value < -32768 ? -32768 : value > 32767 ? 32767 : value,
);
export const min = pure("mcu_min", 2, 1, (a, b) => (a < b ? a : b), 2);
export const max = pure("mcu_max", 2, 1, (a, b) => (a > b ? a : b), 2);

/** Count of leading zeros; 32 for 0. */
export const clz = pure("mcu_clz", 1, 0.5, (value) => Math.clz32(value));

function reading(
  name: string,
  element: Element,
  meaning: (memory: Memory) => (address: number) => number,
): Instruction {
  const machine: Machine = { text: "ldr %0, %1", pipe: "load-word" };
  return {
    name,
    parameters: [{ pointer: element }],
    result: "int32",
    meaning,
    cycles: 0.5,
    instructions: 1,
    machine,
  };
}

/** Four int8 as one word; any alignment, words cost least. */
export const load4 = reading(
  "mcu_load4",
  "int8",
  (memory) => (address) => memory.view.getInt32(address, true),
);
/** Two int16 as one word, word-aligned. */
export const load2 = reading(
  "mcu_load2",
  "int16",
  (memory) => (address) => memory.view.getInt32(address, true),
);

/** Stores the four int8 of a word; any alignment. */
export const store4: Instruction = {
  name: "mcu_store4",
  parameters: [{ pointer: "int8", writable: true }, "int32"],
  meaning: (memory) => (address, word) => memory.view.setInt32(address, word, true),
  cycles: 1,
  instructions: 1,
  machine: { text: "str %2, %1", pipe: "store" },
};

/** Stores two int16 as one word, word-aligned. */
export const store2: Instruction = {
  name: "mcu_store2",
  parameters: [{ pointer: "int16", writable: true }, "int32"],
  meaning: (memory) => (address, word) => memory.view.setInt32(address, word, true),
  cycles: 1,
  instructions: 1,
  machine: { text: "str %2, %1", pipe: "store" },
};

/** Copies `count` bytes; the ranges do not overlap. */
export const copy: Instruction = {
  name: "mcu_copy",
  parameters: [{ pointer: "int8", writable: true }, { pointer: "int8" }, "int32"],
  meaning: (memory) => (to, from, count) => void memory.int8.copyWithin(to, from, from + count),
  cycles: 0.6,
  instructions: 10,
  perElement: 2,
};

/** Fills `count` bytes with `value`. */
export const fill: Instruction = {
  name: "mcu_fill",
  parameters: [{ pointer: "int8", writable: true }, "int32", "int32"],
  meaning: (memory) => (to, value, count) => void memory.int8.fill(value, to, to + count),
  cycles: 0.4,
  instructions: 10,
  perElement: 2,
};

/** Fills `count` int16 with `value`. */
export const fill16: Instruction = {
  name: "mcu_fill16",
  parameters: [{ pointer: "int16", writable: true }, "int32", "int32"],
  meaning: (memory) => (to, value, count) => {
    for (let i = 0; i < count; i++) memory.view.setInt16(to + 2 * i, value, true);
  },
  cycles: 1,
  instructions: 10,
  perElement: 2,
};
