/** Arithmetic, comparison and bitwise operators over values. */

import { reject } from "../diagnostics/diagnostic.js";
import { spanOf } from "./evaluation.js";
import type { Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";
import { boundText, describe, isPrimitive, toKey, toText } from "./values.js";

type Binary = (a: any, b: any) => unknown;

const arithmetic: Readonly<Record<string, Binary>> = {
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "**": (a, b) => a ** b,
  "|": (a, b) => a | b,
  "&": (a, b) => a & b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << b,
  ">>": (a, b) => a >> b,
  ">>>": (a, b) => a >>> b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** @param operator as in the source, without the `=` of an assignment; not the logical ones */
export function operate(operator: string, a: unknown, b: unknown, node: TS.Node, scope: Scope): unknown {
  switch (operator) {
    case "===":
      return a === b;
    case "!==":
      return a !== b;
    case "==":
      return looselyEqual(a, b, node, scope);
    case "!=":
      return !looselyEqual(a, b, node, scope);
    case "+":
      return plus(a, b, node, scope);
    case "in":
      return hasProperty(toKey(a, node, scope), b, node, scope);
  }
  demandNumbers([a, b], node, scope);
  return arithmetic[operator](a, b);
}

/** `-x`, `+x`, `~x`. */
export function negate(operator: string, value: unknown, node: TS.Node, scope: Scope): number {
  demandNumbers([value], node, scope);
  const number = Number(value);
  return operator === "-" ? -number : operator === "~" ? ~number : number;
}

function demandNumbers(values: readonly unknown[], node: TS.Node, scope: Scope): void {
  for (const value of values) {
    if (isPrimitive(value)) continue;
    const found = describe(value, scope.unit.evaluation);
    reject("MCU1034", spanOf(node, scope), { found, where: "in arithmetic" });
  }
}

function plus(a: any, b: any, node: TS.Node, scope: Scope): unknown {
  if (typeof a !== "string" && typeof b !== "string" && isPrimitive(a) && isPrimitive(b))
    return (a as any) + b;
  const left = toText(a, node, scope);
  const right = toText(b, node, scope);
  boundText(left.length + right.length, node, scope);
  return left + right;
}

/** Objects are equal to themselves only; JavaScript would turn them into text to compare them with a primitive. */
function looselyEqual(a: any, b: any, node: TS.Node, scope: Scope): boolean {
  if (a !== null && a !== undefined && b !== null && b !== undefined && isPrimitive(a) !== isPrimitive(b)) {
    const found = describe(isPrimitive(a) ? b : a, scope.unit.evaluation);
    reject("MCU1034", spanOf(node, scope), { found, where: "in a comparison with ==" });
  }
  return a == b;
}

function hasProperty(key: string, object: unknown, node: TS.Node, scope: Scope): boolean {
  const { evaluation } = scope.unit;
  const plain = typeof object === "object" && object !== null && !evaluation.opaque.has(object);
  if (!plain || (key in Object.prototype && !Object.hasOwn(object, key))) {
    return reject("MCU1034", spanOf(node, scope), {
      found: plain ? `'${key}'` : describe(object, evaluation),
      where: "with the operator in",
    });
  }
  return Object.hasOwn(object, key);
}

/** The operator of a compound assignment without its `=`; undefined for `=` and for other operators. */
export function compoundOf(token: TS.SyntaxKind): string | undefined {
  const text = ts.tokenToString(token)!;
  const isCompound =
    token >= ts.SyntaxKind.FirstCompoundAssignment && token <= ts.SyntaxKind.LastCompoundAssignment;
  return isCompound ? text.slice(0, -1) : undefined;
}
