/** Array and object literals. Each remembers where its elements and properties were written. */

import type { Span } from "../../dsl/graph.js";
import { reject } from "../diagnostics/diagnostic.js";
import { spanOf } from "./evaluation.js";
import { evaluate, propertyKey } from "./expressions.js";
import { makeClosure } from "./functions.js";
import { ownProperties } from "./members.js";
import { readIdentifier, withoutTypes } from "./references.js";
import type { Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";
import { boundElements, toList, type Plain } from "./values.js";

/**
 * Options whose value is a text in a language of ours. Their place is the text between the quotes, so that an offset in
 * the text is an offset in the source (where the literal has no escapes; `end - start` is then the text's length).
 */
const textOptions: ReadonlySet<string> = new Set(["limits"]);

export function arrayLiteral(node: TS.ArrayLiteralExpression, scope: Scope): unknown[] {
  const { spans } = scope.unit.evaluation;
  const result: unknown[] = [];
  for (const element of node.elements) {
    const given = ts.isSpreadElement(element) ? evaluate(element.expression, scope) : undefined;
    const values = ts.isSpreadElement(element) ? toList(given, element, scope) : [evaluate(element, scope)];
    boundElements(result.length + values.length, node, scope);
    const whole = spanOf(element, scope);
    values.forEach((value, index) => {
      const known = Array.isArray(given) ? spans.get(given, String(index)) : undefined;
      spans.set(result, String(result.length), known ?? whole);
      result.push(value);
    });
  }
  return result;
}

export function objectLiteral(node: TS.ObjectLiteralExpression, scope: Scope): Plain {
  const result: Plain = {};
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      spread(result, property, scope);
    } else if (ts.isShorthandPropertyAssignment(property)) {
      define(result, property.name.text, readIdentifier(property.name, scope), property.name, scope);
    } else if (ts.isPropertyAssignment(property)) {
      const key = propertyKey(property.name, scope);
      define(result, key, evaluate(property.initializer, scope), property.initializer, scope);
    } else if (ts.isMethodDeclaration(property)) {
      define(result, propertyKey(property.name, scope), makeClosure(property, scope), property, scope);
    }
  }
  return result;
}

function define(
  object: Plain,
  key: string,
  value: unknown,
  from: TS.Expression | TS.Node,
  scope: Scope,
): void {
  // A literal's __proto__ would set the prototype.
  if (key === "__proto__") reject("MCU1003", spanOf(from, scope), { key, of: "an object" });
  object[key] = value;
  const text =
    textOptions.has(key) && typeof value === "string" ? textSpan(from as TS.Expression, scope) : undefined;
  scope.unit.evaluation.spans.set(object, key, text ?? spanOf(from, scope));
}

/** Properties keep the places they have; those of objects that the DSL made have the place of the spread. */
function spread(object: Plain, node: TS.SpreadAssignment, scope: Scope): void {
  const { spans } = scope.unit.evaluation;
  const value = evaluate(node.expression, scope);
  if (value === undefined || value === null || value === false) return;
  const whole = spanOf(node, scope);
  for (const key of ownProperties(value, node.expression, scope)) {
    if (key === "__proto__") reject("MCU1003", whole, { key, of: "an object" });
    object[key] = (value as Plain)[key];
    spans.set(object, key, spans.get(value as object, key) ?? whole);
  }
}

/** The text of a literal without its quotes, also through a constant that names it. */
export function textSpan(expression: TS.Expression, scope: Scope): Span | undefined {
  const node = withoutTypes(expression);
  if (ts.isIdentifier(node)) return scope.find(node.text)?.text;
  if (!ts.isStringLiteral(node) && !ts.isNoSubstitutionTemplateLiteral(node)) return undefined;
  const span = spanOf(node, scope);
  return { ...span, start: span.start + 1, end: span.end - 1 };
}
