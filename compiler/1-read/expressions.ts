/** Expressions of the model language, one function for each kind of syntax. */

import { reject } from "../diagnostics/diagnostic.js";
import { callExpression, newExpression } from "./calls.js";
import { spanOf } from "./evaluation.js";
import { makeClosure } from "./functions.js";
import { arrayLiteral, objectLiteral } from "./literals.js";
import { getMember } from "./members.js";
import { compoundOf, negate, operate } from "./operators.js";
import { assign } from "./patterns.js";
import { memberKey, readIdentifier, resolveReference } from "./references.js";
import type { Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";
import { boundText, toKey, toText } from "./values.js";

type Evaluate = (node: any, scope: Scope) => unknown;

let table: Evaluate[] | undefined;

export function evaluate(node: TS.Node, scope: Scope): unknown {
  const { evaluation } = scope.unit;
  evaluation.charge(1);
  table ??= expressionTable();
  const value = (table[node.kind] ?? unsupported)(node, scope);
  evaluation.observe?.(node, value);
  return value;
}

/** In place of a value: an optional chain (`a?.b.c`) was cut at a missing value. */
export const CUT = Symbol("cut");

function expressionTable(): Evaluate[] {
  const K = ts.SyntaxKind;
  const inner: Evaluate = (node, scope) => evaluate(node.expression, scope);
  const whole: Evaluate = (node, scope) => {
    const value = link(node, scope);
    return value === CUT ? undefined : value;
  };
  const handlers: Evaluate[] = [];
  handlers[K.NumericLiteral] = (node) => Number(node.text);
  handlers[K.StringLiteral] = handlers[K.NoSubstitutionTemplateLiteral] = (node) => node.text;
  handlers[K.TrueKeyword] = () => true;
  handlers[K.FalseKeyword] = () => false;
  handlers[K.NullKeyword] = () => null;
  handlers[K.Identifier] = readIdentifier;
  handlers[K.ArrayLiteralExpression] = arrayLiteral;
  handlers[K.ObjectLiteralExpression] = objectLiteral;
  handlers[K.ArrowFunction] = handlers[K.FunctionExpression] = makeClosure;
  handlers[K.TemplateExpression] = template;
  handlers[K.BinaryExpression] = binary;
  handlers[K.PrefixUnaryExpression] = prefix;
  handlers[K.PostfixUnaryExpression] = postfix;
  handlers[K.ConditionalExpression] = (node: TS.ConditionalExpression, scope) =>
    evaluate(evaluate(node.condition, scope) ? node.whenTrue : node.whenFalse, scope);
  handlers[K.TypeOfExpression] = (node: TS.TypeOfExpression, scope) =>
    typeof evaluate(node.expression, scope);
  handlers[K.VoidExpression] = (node, scope) => void evaluate(node.expression, scope);
  handlers[K.NewExpression] = newExpression;
  handlers[K.ParenthesizedExpression] = handlers[K.AsExpression] = inner;
  handlers[K.SatisfiesExpression] = handlers[K.TypeAssertionExpression] = inner;
  handlers[K.ExpressionWithTypeArguments] = inner;
  handlers[K.CallExpression] = handlers[K.PropertyAccessExpression] = whole;
  handlers[K.ElementAccessExpression] = handlers[K.NonNullExpression] = whole;
  return handlers;
}

/** Reached only by syntax that `findUnsupported` lets through by mistake; still a diagnostic, never a guess. */
function unsupported(node: TS.Node, scope: Scope): never {
  return reject("MCU1001", spanOf(node, scope), { what: "this expression is", help: "write it another way" });
}

/** One link of a chain of accesses and calls. */
function link(node: TS.Expression, scope: Scope): unknown {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const base = linkOrValue(node.expression, scope);
    if (base === CUT || (node.questionDotToken && (base === undefined || base === null))) return CUT;
    return getMember(base, memberKey(node, scope), node, scope);
  }
  if (ts.isCallExpression(node)) return callExpression(node, scope);
  if (ts.isNonNullExpression(node)) return linkOrValue(node.expression, scope);
  return evaluate(node, scope);
}

/** The cut of a chain goes on to its end, but not out of it: in `(a?.b).c`, it ends at the parenthesis. */
export function linkOrValue(node: TS.Expression, scope: Scope): unknown {
  if (!(node.flags & ts.NodeFlags.OptionalChain)) return evaluate(node, scope);
  scope.unit.evaluation.charge(1);
  return link(node, scope);
}

function template(node: TS.TemplateExpression, scope: Scope): string {
  let text = node.head.text;
  for (const span of node.templateSpans) {
    text += toText(evaluate(span.expression, scope), span.expression, scope) + span.literal.text;
    boundText(text.length, node, scope);
  }
  return text;
}

function binary(node: TS.BinaryExpression, scope: Scope): unknown {
  const K = ts.SyntaxKind;
  const { left, right, operatorToken } = node;
  const token = operatorToken.kind;
  if (token === K.EqualsToken) {
    const target = ts.isIdentifier(left) || isPattern(left) ? undefined : resolveReference(left, scope);
    const value = evaluate(right, scope);
    if (target) target.set(value, right);
    else assign(left, value, right, scope);
    return value;
  }
  const compound = compoundOf(token);
  if (compound !== undefined) return compoundAssignment(node, compound, scope);
  if (token === K.CommaToken) {
    evaluate(left, scope);
    return evaluate(right, scope);
  }
  const a = evaluate(left, scope);
  const operator = ts.tokenToString(token)!;
  if (isLogical(operator)) return endsEarly(operator, a) ? a : evaluate(right, scope);
  return operate(operator, a, evaluate(right, scope), node, scope);
}

const isPattern = (node: TS.Node): boolean =>
  ts.isArrayLiteralExpression(node) ||
  ts.isObjectLiteralExpression(node) ||
  ts.isParenthesizedExpression(node);

const isLogical = (operator: string): boolean => operator === "&&" || operator === "||" || operator === "??";

const endsEarly = (operator: string, a: unknown): boolean =>
  operator === "&&" ? !a : operator === "||" ? Boolean(a) : a !== undefined && a !== null;

function compoundAssignment(node: TS.BinaryExpression, operator: string, scope: Scope): unknown {
  const target = resolveReference(node.left, scope);
  const before = target.get();
  if (isLogical(operator) && endsEarly(operator, before)) return before;
  const given = evaluate(node.right, scope);
  const value = isLogical(operator) ? given : operate(operator, before, given, node, scope);
  target.set(value, node.right);
  return value;
}

function prefix(node: TS.PrefixUnaryExpression, scope: Scope): unknown {
  const operator = ts.tokenToString(node.operator)!;
  if (operator === "++" || operator === "--") return step(node, operator, scope).after;
  const value = evaluate(node.operand, scope);
  return operator === "!" ? !value : negate(operator, value, node, scope);
}

function postfix(node: TS.PostfixUnaryExpression, scope: Scope): unknown {
  return step(node, ts.tokenToString(node.operator)!, scope).before;
}

function step(
  node: TS.PrefixUnaryExpression | TS.PostfixUnaryExpression,
  operator: string,
  scope: Scope,
): { before: number; after: number } {
  const target = resolveReference(node.operand, scope);
  const before = negate("+", target.get(), node, scope);
  const after = operator === "++" ? before + 1 : before - 1;
  target.set(after, node);
  return { before, after };
}

/** The key of a property in a literal or a pattern. */
export function propertyKey(name: TS.PropertyName | TS.BindingName, scope: Scope): string {
  if (ts.isComputedPropertyName(name)) return toKey(evaluate(name.expression, scope), name, scope);
  if (ts.isNumericLiteral(name)) return String(Number(name.text));
  return (name as TS.Identifier | TS.StringLiteral).text;
}
