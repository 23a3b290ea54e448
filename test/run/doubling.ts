/** A network of two layers written by hand, in the form of the emitted C: y = 2 x + 1 with wrap-around. */

import type { OutputFile } from "../../compiler/files/output-file.js";
import type { Callable } from "../../compiler/run/callable.js";

const size = 16;

export const doubling: Callable = {
  name: "doubling",
  header: "doubling.h",
  sources: ["doubling.c"],
  run: "doubling_run",
  arenas: [{ type: "doubling_arena", bytes: 48 }],
  inputs: [
    { name: "x", symbol: "doubling_input_x", shape: [1, size], dtype: "int8", scale: 0.5, zeroPoint: 3 },
  ],
  outputs: [
    { name: "y", symbol: "doubling_output_y", shape: [1, size], dtype: "int8", scale: 0.25, zeroPoint: -1 },
  ],
};

/** One call a layer, as `emitCalls` gives them. */
export const doublingCalls = [
  "twice((const int8_t *)bytes, (int8_t *)(bytes + 16));",
  "increment((const int8_t *)(bytes + 16), (int8_t *)(bytes + 32));",
];

/** @param twice the body of the first layer, where a test wants another */
export function doublingFiles(twice = "out[i] = (int8_t)(in[i] * 2);"): OutputFile[] {
  const header = `#ifndef DOUBLING_H
#define DOUBLING_H
#include <stdint.h>
typedef struct { _Alignas(8) uint8_t bytes[48]; } doubling_arena;
int8_t *doubling_input_x(doubling_arena *arena);
void doubling_run(doubling_arena *arena);
const int8_t *doubling_output_y(const doubling_arena *arena);
#endif
`;
  const source = `#include "doubling.h"
static void twice(const int8_t *restrict in, int8_t *restrict out)
{
    for (int32_t i = 0; i < ${size}; i++) {
        ${twice}
    }
}
static void increment(const int8_t *restrict in, int8_t *restrict out)
{
    for (int32_t i = 0; i < ${size}; i++) {
        out[i] = (int8_t)(in[i] + 1);
    }
}
int8_t *doubling_input_x(doubling_arena *arena) { return (int8_t *)arena->bytes; }
const int8_t *doubling_output_y(const doubling_arena *arena) { return (const int8_t *)arena->bytes + 32; }
void doubling_run(doubling_arena *arena)
{
    uint8_t *const bytes = arena->bytes;
    ${doublingCalls.join("\n    ")}
}
`;
  return [
    { path: "doubling.h", content: header },
    { path: "doubling.c", content: source },
  ];
}

export const doublingCases = [0, 5, -90].map((first) => [
  Int8Array.from({ length: size }, (_, i) => first + 7 * i),
]);

export const doublingResults = doublingCases.map(([x]) => [x.map((value) => value * 2 + 1)]);
