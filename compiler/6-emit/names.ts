/** Names in the emitted C. */

import type { Lowered, LoweredStep } from "../ir/lowered.js";
import type { Pointer } from "../ir/loop.js";

/** Keywords, and names that <string.h>, <stdint.h> or a compiler's built-ins know. */
const reserved = new Set(
  (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register " +
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false " +
    "asm typeof main abs labs exp log log2 log10 pow sqrt sin cos tan tanh ceil floor round fabs fmin fmax div index " +
    "exit abort malloc free calloc realloc memcpy memset memcmp memmove strlen printf puts read write open close bytes arena"
  ).split(" "),
);

/** The C function of a layer: its own name, with `_layer` where C has taken that. */
export function functionName(step: LoweredStep): string {
  const { name } = step;
  return reserved.has(name) || /^(_|mcu_|str|mem|is|to[a-z])/i.test(name) ? `${name}_layer` : name;
}

/** `<net>_<layer>_<constant>`: constants are visible to the linker. */
export function constantName(net: Lowered, step: LoweredStep, constant: string): string {
  return `${net.name}_${step.name}_${constant}`;
}

/** How a layer's pointers are written: its constants by their full names. */
export function pointerNames(net: Lowered, step: LoweredStep): (pointer: Pointer) => string {
  const constants = new Set(step.code.constants.map(({ name }) => name));
  return ({ name }) => (constants.has(name) ? constantName(net, step, name) : name);
}

/** `KWS` for macros. */
export function macroPrefix(name: string): string {
  return name.toUpperCase();
}
