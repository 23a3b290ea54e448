/** Expressions in which a member's answers have taken the place of its choices. */

import type { Choosable } from "../../../dsl/choices.js";
import { withoutTypes } from "../../1-read/references.js";
import { ts, type TS } from "../../1-read/typescript.js";
import type { Folding } from "./folding.js";
import { literal } from "./literals.js";
import { afterLine, type Print } from "./printer.js";

/** The new text of an expression of which choices have decided a part; undefined: it is as it was. */
export function printDecided(node: TS.Node, folding: Folding, print: Print): string | undefined {
  if (ts.isConditionalExpression(node)) {
    const outcome = folding.outcome(node.condition);
    return outcome === undefined
      ? undefined
      : enclosed(outcome ? node.whenTrue : node.whenFalse, node, print);
  }
  if (ts.isBinaryExpression(node)) return printBinary(node, folding, print);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    const value = folding.constant(node);
    return value === undefined ? undefined : literal(value);
  }
  if (ts.isTemplateExpression(node)) return printTemplate(node, folding, print);
  return ts.isObjectLiteralExpression(node) ? printObject(node, folding, print) : undefined;
}

function printBinary(node: TS.BinaryExpression, folding: Folding, print: Print): string | undefined {
  const operator = ts.tokenToString(node.operatorToken.kind)!;
  if (isComparison(operator)) {
    const value = folding.constant(node);
    return value === undefined ? undefined : literal(value);
  }
  if (operator !== "&&" && operator !== "||") return undefined;
  const left = folding.constant(node.left);
  if (left === undefined) return undefined;
  if (Boolean(left) === (operator === "&&")) return enclosed(node.right, node, print);
  return literal(left);
}

const isComparison = (operator: string): boolean => /^([!=]==?|[<>]=?)$/.test(operator);

/** In parentheses, which Prettier takes away again where they are not needed. */
function enclosed(node: TS.Expression, instead: TS.Expression, print: Print): string {
  // A statement that starts with one could be taken for the arguments of a call before it.
  return ts.isExpressionStatement(instead.parent) ? print(node) : `(${print(node)})`;
}

/** `conv${choose("kernel", [3, 5])}` -> "conv3". */
function printTemplate(node: TS.TemplateExpression, folding: Folding, print: Print): string | undefined {
  const answers = node.templateSpans.map(({ expression }) => folding.answer(withoutTypes(expression)));
  if (answers.every((one) => one === undefined)) return undefined;
  const source = node.getSourceFile();
  let text = "";
  let isText = true;
  node.templateSpans.forEach(({ expression, literal: after }, index) => {
    const answer = answers[index];
    if (answer === undefined) isText = false;
    const part = answer === undefined ? `\${${print(expression)}}` : escaped(answer);
    const end = after.end - (ts.isTemplateTail(after) ? 1 : 2);
    text += part + source.text.slice(after.getStart(source) + 1, end);
  });
  const head = source.text.slice(node.head.getStart(source) + 1, node.head.end - 2);
  const whole = head + text;
  return isText && !/["\\\n\r]/.test(whole) ? `"${whole}"` : `\`${whole}\``;
}

const escaped = (answer: Choosable): string => String(answer).replace(/[\\`]|\$\{/g, "\\$&");

/** `...(isBiased ? { bias } : {})`: the properties, or nothing. */
function printObject(node: TS.ObjectLiteralExpression, folding: Folding, print: Print): string | undefined {
  const spreads = new Map(
    node.properties.flatMap((one) => {
      const text = ts.isSpreadAssignment(one) ? printSpread(one, folding, print) : undefined;
      return text === undefined ? [] : [[one as TS.Node, text]];
    }),
  );
  if (spreads.size === 0) return undefined;
  const { text } = node.getSourceFile();
  let result = "{";
  let at = node.properties.pos;
  let isRemoved = false;
  for (const property of node.properties) {
    const start = property.getStart();
    const before = isRemoved ? afterLine(text.slice(at, start)) : text.slice(at, start);
    const printed = spreads.get(property) ?? print(property);
    isRemoved = printed.trim() === "";
    result += isRemoved ? afterLine(before) : `${before}${printed},`;
    at = property.end;
    if (text[at] === ",") at++;
  }
  return `${result}${text.slice(at, node.end - 1)}}`;
}

/** undefined: it stays a spread. */
function printSpread(node: TS.SpreadAssignment, folding: Folding, print: Print): string | undefined {
  const given = withoutTypes(node.expression);
  if (ts.isConditionalExpression(given)) {
    const outcome = folding.outcome(given.condition);
    if (outcome === undefined) return undefined;
    const branch = withoutTypes(outcome ? given.whenTrue : given.whenFalse);
    return ts.isObjectLiteralExpression(branch) ? insideOf(print(branch)) : undefined;
  }
  if (!ts.isBinaryExpression(given) || given.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken)
    return undefined;
  const outcome = folding.outcome(given.left);
  if (outcome === undefined) return undefined;
  const right = withoutTypes(given.right);
  if (!outcome) return "";
  return ts.isObjectLiteralExpression(right) ? insideOf(print(right)) : `...(${print(right)})`;
}

/** The properties of a printed literal. */
const insideOf = (text: string): string => text.slice(1, -1).trim().replace(/,$/, "");
