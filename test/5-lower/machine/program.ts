/** Functions of one scheduled block, to run here, natively and on the emulated M7, and to look at their schedules. */

import { assembleFunction } from "../../../compiler/5-lower/machine/index.js";
import { withoutUnused } from "../../../compiler/5-lower/unused.js";
import { CPrinter, pointerType } from "../../../compiler/6-emit/c.js";
import type { OutputFile } from "../../../compiler/files/output-file.js";
import type { Assembly } from "../../../compiler/ir/assembly.js";
import { Block, Pointer, type KernelFunction, type Statement } from "../../../compiler/ir/loop.js";
import type { Callable } from "../../../compiler/run/callable.js";
import { compileFunction } from "../../../compiler/run/javascript.js";
import { packageRoot } from "../../../compiler/package-root.js";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const runtime = join(packageRoot(), "runtime-c");

/** Bytes of the input, and of a program's results. */
export const size = 1024;
/** Where the words of the results start. */
export const words = 512;

export interface Program {
  readonly code: KernelFunction;
}

/** The input as bytes, halves and words; the results: bytes, and from `words` on words. */
export const x = new Pointer("x", "int8", false);
export const x16 = new Pointer("x16", "int16", false);
export const x32 = new Pointer("x32", "int32", false);
export const y = new Pointer("y", "int8", true);
export const y32 = new Pointer("y32", "int32", true);
const parameters = [x, x16, x32, y, y32];

export function programOf(write: (block: Block) => void): Program {
  const block = new Block();
  write(block);
  const plain: KernelFunction = {
    parameters,
    constants: [],
    body: withoutUnused(block.statements),
    notes: [],
  };
  return { code: assembleFunction(plain, false) };
}

export function assembliesOf(body: readonly Statement[]): Assembly[] {
  return body.flatMap((one) => {
    if (one.kind === "scheduled") return one.assembly ? [one.assembly] : [];
    if (one.kind === "for" || one.kind === "scope") return assembliesOf(one.body);
    return one.kind === "if" ? [...assembliesOf(one.then), ...assembliesOf(one.otherwise)] : [];
  });
}

/** Runs it as JavaScript. */
export function runHere({ code }: Program, input: Int8Array): Int8Array {
  const buffer = new ArrayBuffer(2 * size);
  const memory = { int8: new Int8Array(buffer), view: new DataView(buffer) };
  memory.int8.set(input);
  compileFunction(code, new Map(), memory)(0, 0, 0, size, size + words);
  return memory.int8.slice(size);
}

export const callable = (count: number): Callable => ({
  name: "programs",
  header: "programs.h",
  sources: ["programs.c"],
  run: "programs_run",
  arenas: [{ type: "programs_arena", bytes: (count + 1) * size }],
  inputs: [{ name: "x", symbol: "programs_x", shape: [1, size], dtype: "int8", scale: 1, zeroPoint: 0 }],
  outputs: Array.from({ length: count }, (_, i) => ({
    name: `y${i}`,
    symbol: `programs_y${i}`,
    shape: [1, size],
    dtype: "int8" as const,
    scale: 1,
    zeroPoint: 0,
  })),
});

/** All programs in one C file; each has its own results. */
export function filesOf(programs: readonly Program[], asm = true): OutputFile[] {
  const outputs = programs.map((_, i) => `int8_t *programs_y${i}(programs_arena *arena)`);
  const header = `#ifndef PROGRAMS_H
#define PROGRAMS_H
#include <stdint.h>
typedef struct { _Alignas(8) uint8_t bytes[${(programs.length + 1) * size}]; } programs_arena;
int8_t *programs_x(programs_arena *arena);
${outputs.map((one) => `${one};\n`).join("")}void programs_run(programs_arena *arena);
#endif
`;
  const source = `#include "programs.h"
#include "tsc_mcu.h"
${programs.map((one, i) => functionText(`program${i}`, one, asm)).join("\n")}
int8_t *programs_x(programs_arena *arena) { return (int8_t *)arena->bytes; }
${outputs.map((one, i) => `${one} { return (int8_t *)arena->bytes + ${(i + 1) * size}; }\n`).join("")}
void programs_run(programs_arena *arena)
{
    int8_t *const bytes = (int8_t *)arena->bytes;
    for (int32_t i = ${size}; i < ${(programs.length + 1) * size}; i++) bytes[i] = 0;
${programs.map((_, i) => `    ${call(i)}\n`).join("")}}
`;
  const headers = readdirSync(runtime).flatMap((path) =>
    path.endsWith(".h") ? [{ path, content: readFileSync(join(runtime, path), "utf8") }] : [],
  );
  return [{ path: "programs.h", content: header }, { path: "programs.c", content: source }, ...headers];
}

function call(i: number): string {
  const y = `bytes + ${(i + 1) * size}`;
  const y32 = `bytes + ${(i + 1) * size + words}`;
  return `program${i}(bytes, (const mcu_int16 *)(void *)bytes, (const int32_t *)(void *)bytes, ${y}, (int32_t *)(void *)(${y32}));`;
}

export function functionText(name: string, { code }: Program, asm = true): string {
  const printer = new CPrinter((pointer) => pointer.name, asm);
  const list = code.parameters.map((one) => `${pointerType(one)}restrict ${one.name}`).join(", ");
  const unused = code.parameters.map((one) => `(void)${one.name};`).join(" ");
  return `TSC_MCU_LAYER void ${name}(${list})\n{\n    ${unused}\n${printer.statements(code.body, 1)}}\n`;
}
