/** What the answers of a member decide: branches that are always or never taken, and expressions that have become constants. */

import type { Choosable } from "../../../dsl/choices.js";
import type { Program } from "../../1-read/program.js";
import { withoutTypes } from "../../1-read/references.js";
import { ts, type TS } from "../../1-read/typescript.js";
import { Dependents, symbolOf } from "./dependents.js";
import { dslFunctionOf, type Trace } from "./trace.js";

/** Methods that only look. */
const pureMethods = new Set([
  "includes",
  "startsWith",
  "endsWith",
  "at",
  "has",
  "get",
  "indexOf",
  "toString",
]);

const pureFunctions = new Set(["choose", "range", "makeDivisible"]);

export class Folding {
  readonly #dependents: Dependents;

  constructor(
    private readonly program: Program,
    private readonly trace: Trace,
    sources: readonly TS.SourceFile[],
  ) {
    const isChoice = (node: TS.Node): boolean =>
      ts.isCallExpression(node) && (trace.choices.has(node) || dslFunctionOf(node, program) === "choose");
    this.#dependents = new Dependents(sources, program.checker, isChoice);
  }

  /** Which way a condition went whenever it was asked, where choices have a say in it; undefined: no answer may be taken for granted. */
  outcome(condition: TS.Expression): boolean | undefined {
    const truth = this.trace.values(condition)?.truth;
    const isDecided = truth !== undefined && this.isPure(condition) && this.#dependents.has(condition);
    return isDecided ? truth : undefined;
  }

  /** The answer of a call of `choose` that was the same every time. */
  answer(node: TS.Node): Choosable | undefined {
    const answered = ts.isCallExpression(node) ? this.trace.choices.get(node) : undefined;
    if (!answered) return undefined;
    const values = new Set(answered.values());
    return values.size === 1 ? [...values][0] : undefined;
  }

  /** The value of an expression of answers and literals alone. */
  constant(node: TS.Expression): Choosable | undefined {
    const values = this.trace.values(node);
    if (!values?.same || !this.isClosed(node) || !this.#dependents.has(node)) return undefined;
    const { last } = values;
    return typeof last === "number" || typeof last === "string" || typeof last === "boolean"
      ? last
      : undefined;
  }

  /** The clause of a `switch` that was taken whenever it ran; -1: none. */
  clause(node: TS.SwitchStatement): number | undefined {
    const values = this.trace.values(node.expression);
    if (!values?.same || !this.isPure(node.expression) || !this.#dependents.has(node.expression))
      return undefined;
    const { clauses } = node.caseBlock;
    const found = clauses.findIndex(
      (one) => ts.isCaseClause(one) && this.trace.values(one.expression)?.last === values.last,
    );
    return found >= 0 ? found : clauses.findIndex(ts.isDefaultClause);
  }

  /**
   * What is left of a loop that never ran a round, where choices have a say in that: nothing, or its head where that does something;
   * undefined: all of it.
   */
  idle(node: TS.IterationStatement): "nothing" | "head" | undefined {
    if (!this.trace.values(node) || this.trace.values(node.statement)) return undefined;
    const parts: TS.Node[] = [];
    ts.forEachChild(node, (child) => void (child !== node.statement && parts.push(child)));
    if (!parts.some((part) => this.#dependents.has(part))) return undefined;
    const { incrementor } = node as TS.ForStatement;
    return parts.every((part) => part === incrementor || this.isPure(part)) ? "nothing" : "head";
  }

  private isClosed(expression: TS.Expression): boolean {
    const node = withoutTypes(expression);
    if (this.answer(node) !== undefined || ts.isLiteralExpression(node)) return true;
    if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return true;
    if (ts.isPrefixUnaryExpression(node)) return this.isPure(node) && this.isClosed(node.operand);
    if (ts.isBinaryExpression(node))
      return this.isPure(node) && this.isClosed(node.left) && this.isClosed(node.right);
    if (!ts.isIdentifier(node)) return false;
    const declaration = symbolOf(node, this.program.checker)?.valueDeclaration;
    if (!declaration || !ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name))
      return false;
    const isConstant = Boolean(declaration.parent.flags & ts.NodeFlags.Const);
    return isConstant && declaration.initializer !== undefined && this.isClosed(declaration.initializer);
  }

  /** Whether nothing is lost if the expression is not evaluated. */
  private isPure(node: TS.Node): boolean {
    return isPure(node, (call) => pureFunctions.has(dslFunctionOf(call, this.program) ?? ""));
  }
}

export function isPure(node: TS.Node, isPureCall: (call: TS.CallExpression) => boolean): boolean {
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return true;
  if (ts.isNewExpression(node)) return false;
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return false;
  if (ts.isPostfixUnaryExpression(node)) return false;
  if (ts.isPrefixUnaryExpression(node)) {
    const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
    if (node.operator === PlusPlusToken || node.operator === MinusMinusToken) return false;
  }
  if (ts.isCallExpression(node) && !isPureCall(node) && !isPureMethod(node)) return false;
  return !ts.forEachChild(node, (child) => !isPure(child, isPureCall) || undefined);
}

function isPureMethod({ expression }: TS.CallExpression): boolean {
  if (!ts.isPropertyAccessExpression(expression)) return false;
  const isMath = ts.isIdentifier(expression.expression) && expression.expression.text === "Math";
  return isMath || pureMethods.has(expression.name.text);
}

const isAssignment = (kind: TS.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
