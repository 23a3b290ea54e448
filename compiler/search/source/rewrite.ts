/** A file of a search space as the file of one member. */

import type { Choosable } from "../../../dsl/choices.js";
import type { Program } from "../../1-read/program.js";
import { ts, type TS } from "../../1-read/typescript.js";
import { printDecided } from "./expressions.js";
import type { Folding } from "./folding.js";
import { literal, typeOf } from "./literals.js";
import { printerOf, type Print } from "./printer.js";
import { dslFunctionOf, type Trace } from "./trace.js";
import { printNetwork, printWeights, type Settings } from "./settings.js";
import { Statements, insideOf } from "./statements.js";
import { tablesOf, type TableTypes, type Tables } from "./tables.js";

/** How far a rewrite goes. */
export interface Style {
  /** Whether branches that are never taken go. */
  readonly folds: boolean;
  /** What goes where nothing uses it any more: also properties of objects, or only imports, constants, functions and types. */
  readonly tidies: "all" | "names" | "nothing";
  /** `exact`: answers keep the type that the choice had, `3 as 3 | 5 | 7`. `any`: all of them stand in a table. */
  readonly types: TableTypes;
}

export interface Rewriting {
  readonly program: Program;
  readonly trace: Trace;
  readonly folding: Folding;
  readonly settings: Settings;
  readonly style: Style;
}

/** How a file is to name another, which it imports as `specifier`. */
export type Rename = (source: TS.SourceFile, specifier: string) => string;

/** @returns the new text, not yet formatted */
export function rewriteFile(source: TS.SourceFile, rewriting: Rewriting, rename: Rename): string {
  const { program, trace, folding, style } = rewriting;
  const isOwn = (node: TS.Node): boolean => node.getSourceFile() === source;
  const inTables = [...trace.choices].filter(
    ([node]) => isOwn(node) && (style.types === "any" || folding.answer(node) === undefined),
  );
  const tables = tablesOf(source, new Map(inTables), program.checker, style.types);
  const statements = new Statements(source, folding);
  const replace = (node: TS.Node): string | undefined => {
    if (ts.isCallExpression(node)) return printCall(node, rewriting, tables, print);
    if (isSpecifier(node)) return JSON.stringify(rename(source, node.text));
    if (!style.folds) return undefined;
    if (ts.isStatement(node) && isIdleBody(node, folding)) return "{}";
    if (ts.isIfStatement(node)) return statements.printIf(node, print);
    if (ts.isBlock(node)) return `{${statements.print(insideOf(node), print)}}`;
    if (ts.isCaseOrDefaultClause(node)) {
      const head = source.text.slice(node.getStart(source), node.statements.pos);
      const piece = { statements: node.statements, from: node.statements.pos, to: node.end };
      return head + statements.print(piece, print);
    }
    return printDecided(node, folding, print);
  };
  const print: Print = printerOf(source, replace);
  return printFile(source, tables.text, style.folds ? statements : new Statements(source), print);
}

/** The file as it was, but for its imports. */
export function renameImports(source: TS.SourceFile, rename: Rename): string {
  const print = printerOf(source, (node) =>
    isSpecifier(node) ? JSON.stringify(rename(source, node.text)) : undefined,
  );
  return print(source);
}

/** Tables stand behind the imports. */
function printFile(source: TS.SourceFile, tables: string, statements: Statements, print: Print): string {
  const imports = source.statements.filter(ts.isImportDeclaration);
  const last = imports.at(-1);
  const behind = (statement: TS.Statement): string => (statement === last && tables ? `\n\n${tables}\n` : "");
  const piece = { statements: source.statements, from: 0, to: source.text.length };
  const text = statements.print(piece, print, behind);
  return last || !tables ? text : `${tables}\n\n${text}`;
}

function isIdleBody(node: TS.Statement, folding: Folding): boolean {
  const { parent } = node;
  return (
    ts.isIterationStatement(parent, false) && parent.statement === node && folding.idle(parent) !== undefined
  );
}

function isSpecifier(node: TS.Node): node is TS.StringLiteral {
  if (!ts.isStringLiteral(node)) return false;
  const { parent } = node;
  return (
    (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) && parent.moduleSpecifier === node
  );
}

function printCall(
  node: TS.CallExpression,
  { program, trace, folding, settings, style }: Rewriting,
  tables: Tables,
  print: Print,
): string | undefined {
  const answered = trace.choices.get(node);
  if (answered) {
    const access = tables.access(node, print);
    if (access !== undefined) return access;
    return printAnswer(node, folding.answer(node)!, program, style);
  }
  switch (dslFunctionOf(node, program)) {
    case "weights":
      return printWeights(node, trace.values(node.arguments[0])?.last, settings, print);
    case "network":
      return settings.network.size === 0 ? undefined : printNetwork(node, settings, print);
    default:
      return undefined;
  }
}

function printAnswer(
  node: TS.CallExpression,
  answer: Choosable,
  { checker }: Program,
  { types }: Style,
): string {
  const text = literal(answer);
  const type = typeOf(node, checker);
  if (types === "exact" || type === "any") return `(${text} as ${type})`;
  // Where nothing asks for one of a few texts, a text would become any text.
  if (typeof answer === "string" && !isTyped(node, checker)) return `(${text} as const)`;
  return text.startsWith("-") ? `(${text})` : text;
}

/** Whether a text keeps its type there: in a constant, or where it is expected. */
function isTyped(node: TS.CallExpression, checker: TS.TypeChecker): boolean {
  const { parent } = node;
  if (ts.isVariableDeclaration(parent)) return Boolean(parent.parent.flags & ts.NodeFlags.Const);
  if (ts.isTemplateSpan(parent) || ts.isElementAccessExpression(parent)) return true;
  return checker.getContextualType(node) !== undefined;
}
