/**
 * What depends on choices. Generous: what is named here may go from a member's source where the member does not use it, what is not
 * named here stays as its author wrote it, used or not.
 */

import { withoutTypes } from "../../1-read/references.js";
import { ts, type TS } from "../../1-read/typescript.js";

export class Dependents {
  readonly #symbols = new Set<TS.Symbol>();

  constructor(
    sources: readonly TS.SourceFile[],
    private readonly checker: TS.TypeChecker,
    private readonly isChoice: (node: TS.Node) => boolean,
  ) {
    for (let before = -1; before < this.#symbols.size;) {
      before = this.#symbols.size;
      for (const source of sources) this.#visit(source);
    }
  }

  /** Whether a part of `node` does. */
  has(node: TS.Node): boolean {
    if (this.isChoice(node)) return true;
    if (ts.isIdentifier(node)) {
      const symbol = symbolOf(node, this.checker);
      if (symbol && this.#symbols.has(symbol)) return true;
    }
    return ts.forEachChild(node, (child) => this.has(child) || undefined) ?? false;
  }

  #visit(node: TS.Node): void {
    if (ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node)) {
      if (node.initializer && this.has(node.initializer)) this.#addNames(node.name);
    } else if (ts.isFunctionDeclaration(node) && node.name && node.body && this.has(node.body)) {
      this.#addNames(node.name);
    } else if (ts.isCallExpression(node)) {
      this.#visitCall(node);
    } else if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
      if (this.has(node.right)) this.#addNames(node.left);
    } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      if (this.has(node.expression)) this.#addNames(node.initializer);
    }
    const condition = conditionOf(node);
    if (condition && this.has(condition)) this.#addAssigned(node);
    ts.forEachChild(node, (child) => this.#visit(child));
  }

  /** Arguments reach parameters; a function that is passed to a method may be given what the method's object has. */
  #visitCall(node: TS.CallExpression): void {
    const dependent = node.arguments.map((argument) => this.has(argument));
    const parameters = this.checker.getResolvedSignature(node)?.declaration?.parameters ?? [];
    dependent.forEach((one, index) => {
      if (!one) return;
      const target = node.arguments.some(ts.isSpreadElement)
        ? parameters
        : parameters.slice(index, index + 1);
      for (const parameter of target) if (ts.isParameter(parameter)) this.#addNames(parameter.name);
    });
    const callee = withoutTypes(node.expression);
    if (!ts.isPropertyAccessExpression(callee)) return;
    if (dependent.includes(true)) this.#addRoot(callee.expression);
    if (!this.has(callee.expression)) return;
    for (const argument of node.arguments) {
      if (!ts.isArrowFunction(argument) && !ts.isFunctionExpression(argument)) continue;
      for (const { name } of argument.parameters) this.#addNames(name);
    }
  }

  /** `list` of `list.push(choose(…))`. */
  #addRoot(expression: TS.Expression): void {
    let node = withoutTypes(expression);
    while (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
      node = withoutTypes(node.expression);
    if (ts.isIdentifier(node)) this.#addNames(node);
  }

  #addNames(node: TS.Node): void {
    if (ts.isIdentifier(node)) {
      const symbol = symbolOf(node, this.checker);
      if (symbol) this.#symbols.add(symbol);
    } else if (!ts.isPropertyAssignment(node)) {
      ts.forEachChild(node, (child) => this.#addNames(child));
    } else {
      this.#addNames(node.initializer);
    }
  }

  /** Variables that are assigned to inside of a statement that a choice decides about. */
  #addAssigned(node: TS.Node): void {
    if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) this.#addNames(node.left);
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
      if (node.operator === PlusPlusToken || node.operator === MinusMinusToken) this.#addNames(node.operand);
    }
    ts.forEachChild(node, (child) => this.#addAssigned(child));
  }
}

/** The variable that an identifier means, in whatever file it was declared. */
export function symbolOf(node: TS.Identifier, checker: TS.TypeChecker): TS.Symbol | undefined {
  const symbol =
    node.parent && ts.isShorthandPropertyAssignment(node.parent)
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

const isAssignment = (kind: TS.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

function conditionOf(node: TS.Node): TS.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return node.expression;
  if (ts.isSwitchStatement(node)) return node.expression;
  if (ts.isForStatement(node) || ts.isConditionalExpression(node)) return node.condition;
  return undefined;
}
