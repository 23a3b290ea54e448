/** Names in the emitted C. */

import { isTakenInC } from "../targets/c-names.js";
import type { ValueId } from "../ir/graph.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import { arenasOf, type Arena } from "../ir/plan.js";
import type { KernelFunction, Pointer, Statement } from "../ir/loop.js";

/** `<net>_<layer>_<constant>`: constants are visible to the linker. */
export function constantName(net: Lowered, step: Pick<LoweredStep, "name">, constant: string): string {
  return `${net.name}_${step.name}_${constant}`;
}

/** How a layer's pointers are written: its constants by their full names. */
export function pointerNames(
  net: Lowered,
  step: Pick<LoweredStep, "name" | "code">,
): (pointer: Pointer) => string {
  const constants = new Set(step.code.constants.map(({ name }) => name));
  return ({ name }) => (constants.has(name) ? constantName(net, step, name) : name);
}

/** Of a function's constants as parameters, in order: their names, unless a local has it. */
export function constantParameters({ parameters, constants, body }: KernelFunction): Map<string, string> {
  const taken = new Set([...parameters.map(({ name }) => name), ...declaredNames(body)]);
  return new Map(
    constants.map(({ name }) => {
      let free = name;
      while (taken.has(free) || isTakenInC(free)) free = `layer_${free}`;
      taken.add(free);
      return [name, free];
    }),
  );
}

/** Of all blocks; of asm the locals beside it. */
function declaredNames(body: readonly Statement[]): string[] {
  return body.flatMap((one) => {
    switch (one.kind) {
      case "declare":
        return [one.variable.name];
      case "point":
        return [one.pointer.name];
      case "for":
        return [one.variable.name, ...declaredNames(one.body)];
      case "scope":
        return declaredNames(one.body);
      case "scheduled": {
        const operands = one.assembly?.operands.filter(({ kind }) => kind !== "outer") ?? [];
        return [...operands.map(({ name }) => name), ...declaredNames(one.body)];
      }
      case "if":
        return declaredNames([...one.then, ...one.otherwise]);
      default:
        return [];
    }
  });
}

/** Of a value in its arena. */
export function offsetOf(net: Lowered, value: ValueId): number {
  const { buffer, offset } = net.storage.get(value)!;
  return net.buffers[buffer].offset + offset;
}

/** `KWS` for macros. */
export function macroPrefix(name: string): string {
  return name.toUpperCase();
}

/** A network's member in a union of arenas. */
export function memberName({ name }: Lowered): string {
  return isTakenInC(name) ? `${name}_` : name;
}

/** How an arena is called in C. */
export interface ArenaNames {
  /** `kws_arena`, `kws_dtcm`. */
  readonly type: string;
  /** `KWS_ARENA_BYTES`. */
  readonly bytesMacro: string;
  /** Of `<net>_run`: `arena`, `dtcm`. */
  readonly parameter: string;
}

/** The names that go with an arena: the main one is called so, others after their memory. */
export function arenaNames(net: Lowered, { memory }: Arena): ArenaNames {
  const parameter = memory === net.arena.memory ? "arena" : memoryName(net, memory);
  const type = `${net.name}_${parameter}`;
  return { type, bytesMacro: `${macroPrefix(type)}_BYTES`, parameter };
}

/** `*arena, *dtcm` with their types, as `<net>_run` takes them. */
export function arenaParameters(net: Lowered): string {
  const names = arenasOf(net).map((arena) => arenaNames(net, arena));
  return names.map(({ type, parameter }) => `${type} *${parameter}`).join(", ");
}

/** Names that begin with the network's are its functions' and macros'. */
const published = /^(arena|run|reset|feed|input|output|h)(_|$)/;

/** `dtcm` of DTCM; another where C, the network's functions, a layer or a constant have that name. */
function memoryName(net: Lowered, memory: string): string {
  const layers = net.lowered.map(({ name }) => name);
  const constants = net.lowered.flatMap((step) =>
    step.code.constants.map(({ name }) => constantName(net, step, name)),
  );
  const taken = new Set([...layers, ...constants]);
  const isTaken = (word: string) =>
    isTakenInC(word) || published.test(word) || taken.has(word) || taken.has(`${net.name}_${word}`);
  let word = memory.toLowerCase();
  while (isTaken(word)) word = `memory_${word}`;
  return word;
}
