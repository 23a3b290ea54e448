/** Names in the emitted C. */

import { isTakenInC } from "../targets/c-names.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import type { Pointer } from "../ir/loop.js";

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

/** A network's member in a union of arenas. */
export function memberName({ name }: Lowered): string {
  return isTakenInC(name) ? `${name}_` : name;
}
