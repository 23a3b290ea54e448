/** Every instruction of targets/packed.ts: its meaning here against its C, portable and as the machine instruction it is. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { OutputFile } from "../../compiler/files/output-file.js";
import { packageRoot } from "../../compiler/package-root.js";
import type { Callable } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { runNative } from "../../compiler/run/native.js";
import { findProgram } from "../../compiler/run/program.js";
import type { Instruction } from "../../compiler/targets/instruction.js";
import * as packed from "../../compiler/targets/packed.js";
import { Random } from "../kernels/layers.js";

const runtime = join(packageRoot(), "runtime-c");

const instructions: readonly Instruction[] = Object.values(packed);
const triples = 4000;
const extremes = [
  0,
  1,
  -1,
  -(2 ** 31),
  2 ** 31 - 1,
  0x7fff8000,
  -0x7fff8000,
  0x00ff00ff,
  0x7f7f7f7f,
  -0x7f7f7f80,
];

/** Three words a call: random ones, extreme ones, small ones. */
const words = new Int32Array(3 * triples);
const random = new Random(7);
for (let i = 0; i < words.length; i++) {
  const kind = random.next();
  words[i] =
    kind < 0.4
      ? random.pick(extremes)
      : kind < 0.7
        ? random.int(-400, 400)
        : random.int(-(2 ** 31), 2 ** 31 - 1);
}

/**
 * The operands are kept in range of what kernels may ask for: sums of products do not overflow, shifts are less than 32.
 */
function operands({ name, parameters }: Instruction, at: number): number[] {
  const args = Array.from(words.subarray(3 * at, 3 * at + parameters.length));
  if (name === "mcu_shift_left") args[1] &= 31;
  if (/smla|smuad|smml/.test(name) && args.length === 3) args[2] >>= 12;
  if (/smla[bt]{2}|smlad|smuad/.test(name)) args[0] = clear(args[0]);
  return args;
}
/** Halves of at most 15 bits: two products and a sum fit int32. */
const clear = (word: number): number => word & 0x3fff3fff;

function cOperands(one: Instruction): string {
  const list = one.parameters.map((_, i) => `x[3 * i + ${i}]`);
  if (one.name === "mcu_shift_left") list[1] += " & 31";
  if (/smla|smuad|smml/.test(one.name) && list.length === 3) list[2] += " >> 12";
  if (/smla[bt]{2}|smlad|smuad/.test(one.name)) list[0] += " & 0x3fff3fff";
  return list.join(", ");
}

const bytes = words.byteLength;
const tensor = { shape: [1, words.length], dtype: "int32" as const };
const callable: Callable = {
  name: "packed",
  header: "packed.h",
  sources: ["packed.c"],
  run: "packed_run",
  arenas: [{ type: "packed_arena", bytes: bytes + 4 * triples * instructions.length }],
  inputs: [{ ...tensor, name: "x", symbol: "packed_x" }],
  outputs: instructions.map((_, i) => ({
    name: `y${i}`,
    symbol: `packed_y${i}`,
    shape: [1, triples],
    dtype: "int32",
  })),
};

function files(): OutputFile[] {
  const outputs = instructions.map((_, i) => `int32_t *packed_y${i}(packed_arena *arena)`);
  const header = `#include <stdint.h>
typedef struct { int32_t x[${words.length}]; int32_t y[${instructions.length}][${triples}]; } packed_arena;
int32_t *packed_x(packed_arena *arena);
${outputs.map((one) => `${one};\n`).join("")}void packed_run(packed_arena *arena);
`;
  const calls = instructions.map((one, i) => `        arena->y[${i}][i] = ${one.name}(${cOperands(one)});\n`);
  const source = `#include "packed.h"
#include "tsc_mcu.h"
int32_t *packed_x(packed_arena *arena) { return arena->x; }
${outputs.map((one, i) => `${one} { return arena->y[${i}]; }\n`).join("")}
void packed_run(packed_arena *arena)
{
    const int32_t *const x = arena->x;
    for (int32_t i = 0; i < ${triples}; i++) {
${calls.join("")}    }
}
`;
  const headers = readdirSync(runtime).flatMap((path) =>
    path.endsWith(".h") ? [{ path, content: readFileSync(join(runtime, path), "utf8") }] : [],
  );
  return [{ path: "packed.h", content: header }, { path: "packed.c", content: source }, ...headers];
}

function compare([results]: readonly (readonly ArrayLike<number>[])[]): void {
  instructions.forEach((one, i) => {
    const meaning = one.meaning(undefined as never) as (...args: number[]) => number;
    for (let at = 0; at < triples; at++) {
      const args = operands(one, at);
      assert.is(results[i][at], meaning(...args) | 0, `${one.name}(${args})`);
    }
  });
}

test("every instruction is there", () => {
  assert.ok(instructions.filter(({ machine }) => machine !== undefined).length > 20);
});

if (findProgram("cc")) {
  test("portable C, without undefined behaviour", async () => {
    const flags = ["-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all"];
    compare(await runNative(files(), callable, [[words]], { flags }));
  });
}

if (hasEmulator()) {
  test("machine instructions", async () => {
    compare(await runEmulated(files(), callable, [[words]]));
  });
  test("portable C on the core", async () => {
    compare(await runEmulated(files(), callable, [[words]], { flags: ["-O2", "-DTSC_MCU_PORTABLE"] }));
  });
}

test.run();
