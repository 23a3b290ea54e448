/** What stands on the left of an assignment: a variable, a member, or a pattern of them. */

import { reject } from "../diagnostics/diagnostic.js";
import { spanOf } from "./evaluation.js";
import { evaluate } from "./expressions.js";
import { getMember, setMember } from "./members.js";
import type { Cell, Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";
import { toKey } from "./values.js";

export interface Reference {
  get(): unknown;
  /** @param from the expression that gave the value */
  set(value: unknown, from: TS.Node): void;
}

export function resolveReference(target: TS.Expression, scope: Scope): Reference {
  const node = withoutTypes(target);
  if (ts.isIdentifier(node)) {
    const cell = findCell(node, scope);
    return { get: () => readCell(cell, node, scope), set: (value) => writeCell(cell, value, node, scope) };
  }
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const base = evaluate(node.expression, scope);
    const key = memberKey(node, scope);
    return {
      get: () => getMember(base, key, node, scope),
      set(value, from) {
        setMember(base, key, value, node, scope);
        if (base !== null && typeof base === "object")
          scope.unit.evaluation.spans.set(base, key, spanOf(from, scope));
      },
    };
  }
  return reject("MCU1001", spanOf(node, scope), {
    what: "an assignment to this is",
    help: "assign to a variable or a property",
  });
}

/** The key of `x.key` or `x[key]`. */
export function memberKey(
  node: TS.PropertyAccessExpression | TS.ElementAccessExpression,
  scope: Scope,
): string {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return toKey(evaluate(node.argumentExpression, scope), node.argumentExpression, scope);
}

/** An expression inside of parentheses, `as`, `satisfies` and `!`. */
export function withoutTypes(node: TS.Expression): TS.Expression {
  while (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node)
  ) {
    node = node.expression;
  }
  return node;
}

export function readIdentifier(node: TS.Identifier, scope: Scope): unknown {
  const cell = scope.find(node.text);
  if (cell) return readCell(cell, node, scope);
  const { globals } = scope.unit.evaluation;
  if (globals.has(node.text)) return globals.get(node.text);
  return reject("MCU1002", spanOf(node, scope), { name: node.text });
}

function findCell(node: TS.Identifier, scope: Scope): Cell {
  return scope.find(node.text) ?? reject("MCU1002", spanOf(node, scope), { name: node.text });
}

function readCell(cell: Cell, node: TS.Identifier, scope: Scope): unknown {
  if (!cell.ready) reject("MCU1035", spanOf(node, scope), { name: node.text });
  return cell.value;
}

function writeCell(cell: Cell, value: unknown, node: TS.Identifier, scope: Scope): void {
  readCell(cell, node, scope);
  if (cell.constant)
    reject("MCU1033", spanOf(node, scope), { what: `'${node.text}'`, why: "it is a constant" });
  cell.value = value;
}
