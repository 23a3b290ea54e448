/** What kind a value is, what to call it in a message, and how it becomes text or a property name. */

import { reject } from "../diagnostics/diagnostic.js";
import { ELEMENTS_PER_STEP, MAX_ELEMENTS, MAX_TEXT } from "./bounds.js";
import { spanOf, type Evaluation } from "./evaluation.js";
import type { Scope } from "./scope.js";
import type { TS } from "./typescript.js";

export type Primitive = string | number | boolean | null | undefined;
export type Plain = Record<string, unknown>;

export function isPrimitive(value: unknown): value is Primitive {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

/** An object literal, or an object of the DSL that models may look into. */
export function isPlain(value: unknown, evaluation: Evaluation): value is Plain {
  if (typeof value !== "object" || value === null || evaluation.opaque.has(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** For messages: "a number", "an array", "undefined". */
export function describe(value: unknown, evaluation: Evaluation): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (evaluation.opaque.has(value)) return (value as Plain).kind === "network" ? "a network" : "a tensor";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Map) return "a Map";
  if (value instanceof Set) return "a Set";
  if (value instanceof Error) return "an Error";
  return isPlain(value, evaluation) ? "an object" : "an iterator";
}

/** As `${value}` does. Objects are rejected: their text is never what was meant. */
export function toText(value: unknown, node: TS.Node, scope: Scope): string {
  if (isPrimitive(value)) return String(value);
  if (Array.isArray(value) && value.every(isPrimitive)) return joinText(value, ",", node, scope);
  return reject("MCU1034", spanOf(node, scope), {
    found: describe(value, scope.unit.evaluation),
    where: "in text",
  });
}

/** `array.join(separator)`, bounded. @param parts primitives */
function joinText(parts: readonly unknown[], separator: string, node: TS.Node, scope: Scope): string {
  scope.unit.evaluation.charge(parts.length);
  const texts = Array.from(parts, (part) => (part === null || part === undefined ? "" : String(part)));
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  boundText(length, node, scope);
  return texts.join(separator);
}

export function boundText(length: number, node: TS.Node, scope: Scope): void {
  if (length > MAX_TEXT) reject("MCU1013", spanOf(node, scope), { what: "text", limit: MAX_TEXT });
}

export function boundElements(count: number, node: TS.Node, scope: Scope, what = "an array"): void {
  if (count > MAX_ELEMENTS) reject("MCU1013", spanOf(node, scope), { what, limit: MAX_ELEMENTS });
}

/** A computed property name. */
export function toKey(value: unknown, node: TS.Node, scope: Scope): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return String(value);
  const found = describe(value, scope.unit.evaluation);
  return reject("MCU1034", spanOf(node, scope), { found, where: "as a property name" });
}

const iterators = [[].values(), new Map().values(), new Set().values(), ""[Symbol.iterator]()].map((one) =>
  Object.getPrototypeOf(one),
);

/** Arrays, strings, Maps, Sets and what their `entries()`, `keys()` and `values()` return. */
export function toIterable(value: unknown, node: TS.Node, scope: Scope): Iterable<unknown> {
  if (typeof value === "string" || Array.isArray(value) || value instanceof Map || value instanceof Set)
    return value;
  if (typeof value === "object" && value !== null && iterators.includes(Object.getPrototypeOf(value))) {
    return value as Iterable<unknown>;
  }
  return reject("MCU1032", spanOf(node, scope), { found: describe(value, scope.unit.evaluation) });
}

/** All elements of an iterable, bounded. */
export function toList(value: unknown, node: TS.Node, scope: Scope): unknown[] {
  const list: unknown[] = [];
  for (const element of toIterable(value, node, scope)) {
    list.push(element);
    boundElements(list.length, node, scope);
  }
  scope.unit.evaluation.charge(1 + list.length / ELEMENTS_PER_STEP);
  return list;
}
