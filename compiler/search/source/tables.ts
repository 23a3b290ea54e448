/**
 * Answers of calls that were made several times, with an answer for each name, as constants of the file:
 *
 *     const depth = choose(`stages.${s}.depth`, [1, 2, 3]);        const depths = [3, 2, 2];
 *                                                                  const depth = depths[s];
 *     const kernel = choose(`${name}.kernel`, [3, 5, 7]);          const blocks = { "stages.0.0": { kernel: 5, expansion: 4 }, … };
 *     const expansion = choose(`${name}.expansion`, [3, 4, 6]);    const kernel = blocks[name].kernel;
 *
 * Where names are made in another way: `chosen["the whole name"]`.
 */

import type { Choosable } from "../../../dsl/choices.js";
import { withoutTypes } from "../../1-read/references.js";
import { ts, type TS } from "../../1-read/typescript.js";
import { isWord, literal, typeOf } from "./literals.js";
import { Names, pluralOf } from "./names.js";
import type { Print } from "./printer.js";
import type { Answered } from "./trace.js";

/**
 * Types of the tables: `exact`: as the calls had them; `wide`: numbers are just numbers; `any`: no more is said, and all names stand
 * in one table.
 */
export type TableTypes = "wide" | "exact" | "any";

export interface Tables {
  /** Their declarations. */
  readonly text: string;
  /** What stands for a call. @param print of what its name is made of */
  access(node: TS.CallExpression, print: Print): string | undefined;
}

/** A call of `choose`. */
interface Site {
  readonly node: TS.CallExpression;
  readonly answers: Answered;
  readonly type: string;
  /** Of a name like `${row}.kernel`: its last part and the rest. */
  readonly column?: string;
  readonly template?: TS.TemplateExpression;
}

interface Table {
  readonly text: string;
  readonly access: (site: Site, print: Print) => string;
}

export function tablesOf(
  source: TS.SourceFile,
  calls: ReadonlyMap<TS.CallExpression, Answered>,
  checker: TS.TypeChecker,
  types: TableTypes,
): Tables {
  const names = new Names(source);
  const groups = new Map<string, Site[]>();
  for (const [node, answers] of calls) {
    const parts = types === "any" ? {} : partsOf(node);
    const site = { node, answers, type: siteType(node, answers, checker, types), ...parts };
    const key = groupOf(site);
    groups.set(key, [...(groups.get(key) ?? []), site]);
  }
  const access = new Map<TS.CallExpression, (print: Print) => string>();
  const texts = [...groups.values()].map((sites) => {
    const table = sites[0].template ? gridOf(sites, checker, names) : listOf(sites, names);
    for (const site of sites) access.set(site.node, (print) => table.access(site, print));
    return table.text;
  });
  return { text: texts.join("\n\n"), access: (node, print) => access.get(node)?.(print) };
}

function siteType(
  node: TS.CallExpression,
  answers: Answered,
  checker: TS.TypeChecker,
  types: TableTypes,
): string {
  if (types === "any") return "any";
  const type = typeOf(node, checker);
  const isNumbers = [...answers.values()].every((answer) => typeof answer === "number");
  return types === "wide" && isNumbers && type !== "any" ? "number" : type;
}

function partsOf(node: TS.CallExpression): Pick<Site, "column" | "template"> {
  const template = withoutTypes(node.arguments[0]);
  if (!ts.isTemplateExpression(template)) return {};
  const tail = template.templateSpans.at(-1)!.literal.text;
  const column = tail.slice(1);
  return tail.startsWith(".") && isWord(column) ? { column, template } : {};
}

/** Calls of one function whose names differ in the last part only, and that are made in the same rounds, share a table. */
function groupOf(site: Site): string {
  if (!site.template) return "";
  const rows = [...site.answers.keys()].map((name) => rowOf(name, site));
  return JSON.stringify([rowText(site.template), functionAround(site.node)?.pos, rows]);
}

const rowOf = (name: string, { column }: Site): string => name.slice(0, -(column!.length + 1));

/** The template without its last literal: `stages.${s}. */
function rowText(template: TS.TemplateExpression): string {
  const source = template.getSourceFile();
  return source.text.slice(
    template.getStart(source),
    template.templateSpans.at(-1)!.literal.getStart(source),
  );
}

function functionAround(node: TS.Node): TS.SignatureDeclaration | undefined {
  return ts.findAncestor(node, ts.isFunctionLike);
}

function listOf(sites: readonly Site[], names: Names): Table {
  const name = names.take("chosen");
  const types = [...new Set(sites.map((site) => site.type))];
  const rows = new Map(sites.flatMap(({ answers }) => [...answers]));
  return {
    text: `const ${name}: Readonly<Record<string, ${types.join(" | ")}>> = ${objectText(rows, literal)};`,
    access({ node, type }, print) {
      const [first] = node.arguments;
      const given = node.arguments.map(print).join(", ");
      const key = ts.isSpreadElement(first) ? `([${given}] as any[])[0]` : print(first);
      return types.length > 1 ? `(${name}[${key}] as ${type})` : `${name}[${key}]`;
    },
  };
}

/** Rows by name, or by number where they count from 0; a column for each call, or just its values. */
function gridOf(sites: readonly Site[], checker: TS.TypeChecker, names: Names): Table {
  const [{ answers, column, node, template }] = sites;
  const rows = [...answers.keys()].map((name) => rowOf(name, sites[0]));
  const counted = countedRow(template!, rows, checker);
  const cell = (site: Site, row: string): Choosable => site.answers.get(`${row}.${site.column}`)!;
  const columns = new Map(sites.map((site) => [site.column!, site]));
  const isSingle = columns.size === 1;
  const around = functionAround(node);
  const role =
    around && "name" in around && around.name && ts.isIdentifier(around.name) ? around.name.text : "";
  const name = names.take(isSingle ? pluralOf(column!) : role === "" ? "chosen" : pluralOf(role));
  const rowLiteral = (row: string): string =>
    isSingle
      ? literal(cell(sites[0], row))
      : `{ ${[...columns].map(([one, site]) => `${one}: ${literal(cell(site, row))}`).join(", ")} }`;
  const rowType = isSingle
    ? sites[0].type
    : `{ ${[...columns].map(([one, site]) => `readonly ${one}: ${site.type}`).join("; ")} }`;
  const inOrder = counted && [...rows].sort((a, b) => counted.index(a) - counted.index(b));
  const isPlain = sites.every(({ type }) => type === "number");
  const text = inOrder
    ? `const ${name}${isPlain ? "" : `: readonly (${rowType})[]`} = [${inOrder.map(rowLiteral).join(", ")}];`
    : `const ${name}: Readonly<Record<string, ${rowType}>> = ${objectText(new Map(rows.map((row) => [row, row])), rowLiteral)};`;
  return {
    text,
    access(site, print) {
      const at = `${name}[${keyText(site.template!, counted !== undefined, print)}]`;
      return isSingle ? at : `${at}.${site.column}`;
    },
  };
}

function objectText<T>(rows: ReadonlyMap<string, T>, value: (one: T) => string): string {
  return `{\n${[...rows].map(([key, one]) => `${JSON.stringify(key)}: ${value(one)},`).join("\n")}\n}`;
}

/** Where the one thing that varies in the rows' names counts 0, 1, 2, …: the number of a row. */
function countedRow(
  template: TS.TemplateExpression,
  rows: readonly string[],
  checker: TS.TypeChecker,
): { index(row: string): number } | undefined {
  if (template.templateSpans.length !== 1) return undefined;
  const { flags } = checker.getTypeAtLocation(template.templateSpans[0].expression);
  const index = (row: string): number => Number(row.slice(template.head.text.length));
  const isCounted = rows.every(
    (row) => rows.includes(`${template.head.text}${index(row)}`) && index(row) < rows.length,
  );
  return flags & ts.TypeFlags.NumberLike && isCounted ? { index } : undefined;
}

function keyText(template: TS.TemplateExpression, isCounted: boolean, print: Print): string {
  const spans = template.templateSpans;
  const isAlone = spans.length === 1 && (isCounted || template.head.text === "");
  if (isAlone) return print(spans[0].expression);
  const source = template.getSourceFile();
  const head = source.text.slice(template.head.getStart(source), template.head.end - 2);
  const parts = spans.map((span, index) => {
    const { literal: after } = span;
    // `}text${` or, of the last, nothing.
    const text =
      index === spans.length - 1 ? "" : source.text.slice(after.getStart(source) + 1, after.end - 2);
    return `\${${print(span.expression)}}${text}`;
  });
  return `${head}${parts.join("")}\``;
}
