/** Destructuring: of declarations and parameters (binding patterns) and of assignments (literals as patterns). */

import { reject } from "../diagnostics/diagnostic.js";
import { spanOf } from "./evaluation.js";
import { evaluate, propertyKey } from "./expressions.js";
import { getMember, ownProperties } from "./members.js";
import { resolveReference, withoutTypes } from "./references.js";
import type { Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";
import { isPrimitive, toList, type Plain } from "./values.js";

/** Declares the variables of `name` and gives them the parts of `value`. */
export function bind(name: TS.BindingName, value: unknown, scope: Scope, constant: boolean): void {
  if (ts.isIdentifier(name)) {
    scope.set(name.text, value, constant);
  } else if (ts.isArrayBindingPattern(name)) {
    const list = toList(value, name, scope);
    name.elements.forEach((element, index) => {
      if (ts.isOmittedExpression(element)) return;
      const part = element.dotDotDotToken ? list.slice(index) : list[index];
      bind(element.name, withDefault(part, element.initializer, scope), scope, constant);
    });
  } else {
    const taken: string[] = [];
    for (const element of name.elements) {
      if (element.dotDotDotToken) {
        bind(element.name, withoutKeys(value, taken, element, scope), scope, constant);
        continue;
      }
      const key = propertyKey(element.propertyName ?? (element.name as TS.Identifier), scope);
      taken.push(key);
      const part = withDefault(getMember(value, key, element, scope), element.initializer, scope);
      bind(element.name, part, scope, constant);
    }
    demandObject(value, name, scope);
  }
}

/** `[a, b.c] = value`, `({ a, b: c } = value)`, or `a = value`. @param from the expression that gave the value */
export function assign(target: TS.Expression, value: unknown, from: TS.Node, scope: Scope): void {
  const node = withoutTypes(target);
  if (ts.isArrayLiteralExpression(node)) {
    const list = toList(value, node, scope);
    node.elements.forEach((element, index) => {
      if (ts.isOmittedExpression(element)) return;
      if (ts.isSpreadElement(element)) assign(element.expression, list.slice(index), from, scope);
      else assignPart(element, list[index], from, scope);
    });
  } else if (ts.isObjectLiteralExpression(node)) {
    assignProperties(node, value, from, scope);
  } else {
    resolveReference(node, scope).set(value, from);
  }
}

function assignProperties(
  node: TS.ObjectLiteralExpression,
  value: unknown,
  from: TS.Node,
  scope: Scope,
): void {
  const taken: string[] = [];
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      assign(property.expression, withoutKeys(value, taken, property, scope), from, scope);
    } else if (ts.isShorthandPropertyAssignment(property)) {
      taken.push(property.name.text);
      const part = getMember(value, property.name.text, property, scope);
      assign(property.name, withDefault(part, property.objectAssignmentInitializer, scope), from, scope);
    } else if (ts.isPropertyAssignment(property)) {
      const key = propertyKey(property.name, scope);
      taken.push(key);
      assignPart(property.initializer, getMember(value, key, property, scope), from, scope);
    }
  }
  demandObject(value, node, scope);
}

/** One element of a pattern, which may have a default: `a = 1`. */
function assignPart(element: TS.Expression, value: unknown, from: TS.Node, scope: Scope): void {
  if (ts.isBinaryExpression(element) && element.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    assign(element.left, withDefault(value, element.right, scope), from, scope);
  } else {
    assign(element, value, from, scope);
  }
}

export function withDefault(value: unknown, initializer: TS.Expression | undefined, scope: Scope): unknown {
  return value === undefined && initializer ? evaluate(initializer, scope) : value;
}

/** The rest of an object; places of its properties go with it. */
function withoutKeys(value: unknown, taken: readonly string[], node: TS.Node, scope: Scope): Plain {
  const { spans } = scope.unit.evaluation;
  const rest: Plain = {};
  for (const key of ownProperties(value, node, scope)) {
    if (taken.includes(key)) continue;
    rest[key] = (value as Plain)[key];
    spans.set(rest, key, spans.get(value as object, key));
  }
  return rest;
}

/** `const {} = undefined` fails in JavaScript even without a property. */
function demandObject(value: unknown, node: TS.Node, scope: Scope): void {
  if (isPrimitive(value) && (value === null || value === undefined)) {
    reject("MCU1034", spanOf(node, scope), { found: String(value), where: "where an object is taken apart" });
  }
}
