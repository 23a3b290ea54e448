/** Statements of the model language except loops. A statement ends normally, or with a `Completion`. */

import { reject } from "../diagnostics/diagnostic.js";
import { spanOf } from "./evaluation.js";
import { evaluate } from "./expressions.js";
import { makeClosure } from "./functions.js";
import { textSpan } from "./literals.js";
import { doLoop, forInLoop, forLoop, forOfLoop, whileLoop } from "./loops.js";
import { bind } from "./patterns.js";
import type { Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";
import { describe } from "./values.js";

/** How a statement ended that did not just end. */
export type Completion =
  | { readonly kind: "break" | "continue"; readonly label?: string }
  | { readonly kind: "return"; readonly value: unknown };

type Execute = (node: any, scope: Scope, labels: readonly string[]) => Completion | undefined;

let table: Execute[] | undefined;

export function execute(
  node: TS.Statement,
  scope: Scope,
  labels: readonly string[] = [],
): Completion | undefined {
  scope.unit.evaluation.charge(1);
  scope.unit.evaluation.observe?.(node);
  table ??= statementTable();
  return (table[node.kind] ?? unsupported)(node, scope, labels);
}

function statementTable(): Execute[] {
  const K = ts.SyntaxKind;
  const nothing: Execute = () => undefined;
  const handlers: Execute[] = [];
  handlers[K.ExpressionStatement] = (node, scope) => void evaluate(node.expression, scope);
  handlers[K.VariableStatement] = (node, scope) => declareVariables(node.declarationList, scope);
  handlers[K.ReturnStatement] = (node: TS.ReturnStatement, scope) => ({
    kind: "return",
    value: node.expression && evaluate(node.expression, scope),
  });
  handlers[K.IfStatement] = ifStatement;
  handlers[K.Block] = (node, scope) => executeAll(node.statements, scope.inner());
  handlers[K.ForStatement] = forLoop;
  handlers[K.ForOfStatement] = forOfLoop;
  handlers[K.ForInStatement] = forInLoop;
  handlers[K.WhileStatement] = whileLoop;
  handlers[K.DoStatement] = doLoop;
  handlers[K.BreakStatement] = (node: TS.BreakStatement) => ({ kind: "break", label: node.label?.text });
  handlers[K.ContinueStatement] = (node: TS.ContinueStatement) => ({
    kind: "continue",
    label: node.label?.text,
  });
  handlers[K.SwitchStatement] = switchStatement;
  handlers[K.LabeledStatement] = labelledStatement;
  handlers[K.ThrowStatement] = throwStatement;
  handlers[K.EnumDeclaration] = enumDeclaration;
  // Function declarations have their value from the start of their block; types have none.
  handlers[K.FunctionDeclaration] = handlers[K.EmptyStatement] = nothing;
  handlers[K.InterfaceDeclaration] =
    handlers[K.TypeAliasDeclaration] =
    handlers[K.ModuleDeclaration] =
      nothing;
  // Modules have resolved them.
  handlers[K.ImportDeclaration] = handlers[K.ExportDeclaration] = nothing;
  return handlers;
}

function unsupported(node: TS.Node, scope: Scope): never {
  return reject("MCU1001", spanOf(node, scope), { what: "this statement is", help: "write it another way" });
}

/** A list of statements with a scope of their own. */
function executeAll(statements: readonly TS.Statement[], scope: Scope): Completion | undefined {
  hoist(statements, scope);
  for (const statement of statements) {
    const completion = execute(statement, scope);
    if (completion) return completion;
  }
  return undefined;
}

/** A function's body. */
export function executeBody(body: TS.Block, scope: Scope): unknown {
  const completion = executeAll(body.statements, scope);
  return completion?.kind === "return" ? completion.value : undefined;
}

/** Makes the names of a block known from its start: functions with their value, variables without. */
export function hoist(statements: readonly TS.Statement[], scope: Scope): void {
  for (const statement of statements) {
    if (ts.isFunctionDeclaration(statement) && statement.body) {
      scope.set(statement.name?.text ?? "default", makeClosure(statement, scope), false);
    } else if (ts.isVariableStatement(statement) && !isDeclared(statement)) {
      hoistVariables(statement.declarationList, scope);
    } else if (ts.isEnumDeclaration(statement) && !isDeclared(statement) && !scope.has(statement.name.text)) {
      scope.declare(statement.name.text, true);
    }
  }
}

export function hoistVariables(list: TS.VariableDeclarationList, scope: Scope): void {
  const declare = (name: TS.BindingName): void => {
    if (ts.isIdentifier(name)) return scope.declare(name.text, isConstant(list));
    for (const element of name.elements) if (!ts.isOmittedExpression(element)) declare(element.name);
  };
  for (const declaration of list.declarations) declare(declaration.name);
}

export function declareVariables(list: TS.VariableDeclarationList, scope: Scope): undefined {
  if (isDeclared(list.parent)) return;
  for (const { name, initializer } of list.declarations) {
    const value = initializer && evaluate(initializer, scope);
    bind(name, value, scope, isConstant(list));
    if (ts.isIdentifier(name) && isConstant(list) && typeof value === "string") {
      scope.find(name.text)!.text = textSpan(initializer!, scope);
    }
  }
}

export const isConstant = (list: TS.VariableDeclarationList): boolean =>
  Boolean(list.flags & ts.NodeFlags.Const);

/** `declare const`, `declare enum`: for the type checker alone. */
function isDeclared(node: TS.Node): boolean {
  const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
  return modifiers?.some((one) => one.kind === ts.SyntaxKind.DeclareKeyword) ?? false;
}

function ifStatement(node: TS.IfStatement, scope: Scope): Completion | undefined {
  if (evaluate(node.expression, scope)) return execute(node.thenStatement, scope);
  return node.elseStatement && execute(node.elseStatement, scope);
}

function switchStatement(
  node: TS.SwitchStatement,
  scope: Scope,
  labels: readonly string[],
): Completion | undefined {
  const value = evaluate(node.expression, scope);
  const { clauses } = node.caseBlock;
  const inner = scope.inner();
  for (const clause of clauses) hoist(clause.statements, inner);
  let first = clauses.findIndex(
    (clause) => ts.isCaseClause(clause) && evaluate(clause.expression, inner) === value,
  );
  if (first < 0) first = clauses.findIndex(ts.isDefaultClause);
  if (first < 0) return undefined;
  for (const statement of clauses.slice(first).flatMap((clause) => [...clause.statements])) {
    const completion = execute(statement, inner);
    if (completion?.kind === "break" && (completion.label === undefined || labels.includes(completion.label)))
      return;
    if (completion) return completion;
  }
  return undefined;
}

function labelledStatement(
  node: TS.LabeledStatement,
  scope: Scope,
  labels: readonly string[],
): Completion | undefined {
  const completion = execute(node.statement, scope, [...labels, node.label.text]);
  return completion?.kind === "break" && completion.label === node.label.text ? undefined : completion;
}

function throwStatement(node: TS.ThrowStatement, scope: Scope): never {
  const { evaluation } = scope.unit;
  const thrown = evaluate(node.expression, scope);
  const text = thrown instanceof Error ? thrown.message : thrown;
  if (typeof text === "string") return reject("MCU1020", spanOf(node, scope), { text }, evaluation.callers());
  return reject("MCU1034", spanOf(node, scope), {
    found: describe(thrown, evaluation),
    where: "as an error",
  });
}

/** An object with the members' values, and the names of numeric ones by their value. */
function enumDeclaration(node: TS.EnumDeclaration, scope: Scope): undefined {
  if (isDeclared(node)) return;
  const known = scope.find(node.name.text);
  const members = (known?.ready ? known.value : {}) as Record<string, unknown>;
  const inner = scope.inner();
  scope.set(node.name.text, members, true);
  let next: unknown = 0;
  for (const [name, value] of Object.entries(members)) inner.set(name, value, true);
  for (const member of node.members) {
    const name = (member.name as TS.Identifier | TS.StringLiteral).text;
    if (name === "__proto__") reject("MCU1003", spanOf(member, scope), { key: name, of: "an enum" });
    const value = member.initializer ? evaluate(member.initializer, inner) : next;
    inner.set(name, value, true);
    members[name] = value;
    if (typeof value === "number") members[value] = name;
    next = typeof value === "number" ? value + 1 : undefined;
    scope.unit.evaluation.spans.set(members, name, spanOf(member, scope));
  }
  scope.unit.evaluation.foreign.add(members);
}
