/**
 * Reading and writing of members. A model reaches own properties of its objects, the elements of arrays, and the listed
 * methods of JavaScript's types; never a prototype, so never `constructor` or `__proto__`.
 */

import { reject } from "../diagnostics/diagnostic.js";
import { ELEMENTS_PER_STEP, MAX_ELEMENTS } from "./bounds.js";
import { spanOf, type Evaluation } from "./evaluation.js";
import { methodOf, statics } from "./natives/index.js";
import type { Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";
import { boundElements, describe, isPlain } from "./values.js";

/** @param node what to underline when there is no such member */
export function getMember(base: unknown, key: string, node: TS.Node, scope: Scope): unknown {
  const { evaluation } = scope.unit;
  if (base === undefined || base === null) {
    return reject("MCU1030", spanOf(node, scope), { key, value: String(base) });
  }
  if (typeof base === "string" || Array.isArray(base)) {
    if (key === "length") return base.length;
    if (isIndex(key)) return Object.hasOwn(base as object, key) ? base[Number(key)] : undefined;
  } else if (typeof base === "function" || statics.has(base)) {
    const own = statics.get(base as object);
    if (own && Object.hasOwn(own, key)) return own[key];
  } else if (base instanceof Map || base instanceof Set) {
    if (key === "size") return base.size;
  } else if (base instanceof Error) {
    if (key === "message") return base.message;
  } else if (isPlain(base, evaluation)) {
    if (Object.hasOwn(base, key)) return base[key];
    if (!(key in Object.prototype)) return undefined;
  }
  return reject("MCU1003", spanOf(keyNode(node), scope), {
    key,
    of: nameOf(base, evaluation),
    help: methodOf(base, key) ? `call it: ${key}(…)` : undefined,
  });
}

export function setMember(base: unknown, key: string, value: unknown, node: TS.Node, scope: Scope): void {
  const { evaluation } = scope.unit;
  if (base === undefined || base === null) {
    return reject("MCU1030", spanOf(node, scope), { key, value: String(base) });
  }
  checkWritable(base, node, scope);
  if (Array.isArray(base)) return setElement(base, key, value, node, scope);
  if (!isPlain(base, evaluation) || key === "__proto__") {
    return reject("MCU1003", spanOf(keyNode(node), scope), { key, of: describe(base, evaluation) });
  }
  base[key] = value;
}

function setElement(array: unknown[], key: string, value: unknown, node: TS.Node, scope: Scope): void {
  if (key === "length" && typeof value === "number" && value >= 0 && Number.isInteger(value)) {
    boundElements(value, node, scope);
    array.length = value;
  } else if (isIndex(key)) {
    boundElements(Number(key) + 1, node, scope);
    array[Number(key)] = value;
  } else {
    reject("MCU1003", spanOf(keyNode(node), scope), { key, of: "an array" });
  }
}

/** Rejects changes to what is frozen or not the model's own. */
export function checkWritable(base: unknown, node: TS.Node, scope: Scope): void {
  const { evaluation } = scope.unit;
  if (typeof base !== "object" || base === null) return;
  const why = evaluation.foreign.has(base)
    ? "it belongs to the language or to tsc-mcu; copy it: { ...object }"
    : Object.isFrozen(base)
      ? "it is frozen"
      : undefined;
  if (why !== undefined) reject("MCU1033", spanOf(node, scope), { what: describe(base, evaluation), why });
}

/** The own properties of an object, as spread, `Object.entries` and `for … in` see them. */
export function ownProperties(value: unknown, node: TS.Node, scope: Scope): readonly string[] {
  const { evaluation } = scope.unit;
  if (!Array.isArray(value) && !isPlain(value, evaluation)) {
    const found = describe(value, evaluation);
    return reject("MCU1034", spanOf(node, scope), {
      found,
      where: "where properties of an object are listed",
    });
  }
  const keys = Object.keys(value);
  evaluation.charge(1 + keys.length / ELEMENTS_PER_STEP);
  return keys;
}

/** A canonical array index below the limit on elements; also larger ones, so that they are rejected as too large. */
function isIndex(key: string): boolean {
  return /^(0|[1-9]\d{0,14})$/.test(key) || (Number(key) > MAX_ELEMENTS && /^\d+$/.test(key));
}

/** The part of an access that says which member. */
function keyNode(node: TS.Node): TS.Node {
  if (ts.isPropertyAccessExpression(node)) return node.name;
  return ts.isElementAccessExpression(node) ? node.argumentExpression : node;
}

/** "Math", "Number", or what kind of value it is. */
function nameOf(base: {}, evaluation: Evaluation): string {
  const name = [...evaluation.globals].find(([, value]) => value === base)?.[0];
  return name ?? describe(base, evaluation);
}
