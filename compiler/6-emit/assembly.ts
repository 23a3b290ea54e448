/** An assembled block as one GNU asm statement with named operands. */

import type { Assembly, Operand } from "../ir/assembly.js";
import { Pointer, type Expr } from "../ir/loop.js";

/** How the surrounding C is written. */
export interface Names {
  expression(value: Expr): string;
  nameOf(pointer: Pointer): string;
  pointerType(pointer: Pointer): string;
}

/** The statements of a scope of its own. */
export function printAssembly(assembly: Assembly, names: Names, indent: string): string {
  const { operands, lines, comment } = assembly;
  const inner = `${indent}    `;
  const declarations = [...temporaries(operands, indent), ...operands.flatMap((one) => local(one, names))];
  const outputs = operands.filter(isOutput).map((one) => outputText(one));
  const inputs = operands.filter((one) => !isOutput(one)).map((one) => inputText(one, names));
  const clauses = [outputs, inputs, [`"cc"`, `"memory"`]].map(
    (list) => `${inner}: ${breakList(list, `${inner}  `)}`.trimEnd() + "\n",
  );
  return (
    `${indent}/* ${comment} */\n` +
    declarations.map((one) => `${indent}${one}\n`).join("") +
    `${indent}__asm__ volatile(\n` +
    lines.map((line, i) => `${inner}"${line}${i < lines.length - 1 ? "\\n\\t" : ""}"\n`).join("") +
    clauses.join("").replace(/\n$/, ");\n")
  );
}

function isOutput(one: Operand): boolean {
  return one.kind === "temporary" || one.written;
}

function outputText(one: Operand): string {
  if (one.kind === "temporary") return `[${one.name}] "=&r"(${one.name})`;
  if (one.kind === "value") return `[${one.name}] "${one.place === "memory" ? "+m" : "+&r"}"(${one.name})`;
  const access = one.read ? "+" : "=";
  return `[${one.name}] "${access}${one.place === "memory" ? "m" : "&r"}"(${one.of.name})`;
}

function inputText(one: Operand, names: Names): string {
  if (one.kind === "value") return `[${one.name}] "r"(${valueText(one.value, names)})`;
  if (one.kind === "temporary") return "";
  if (one.place === "memory") return `[${one.name}] "m"(${isArray(one, names) ? one.name : one.of.name})`;
  return `[${one.name}] "r"(${one.of instanceof Pointer ? names.nameOf(one.of) : one.of.name})`;
}

/** The name of a constant array stands for its elements, not for a pointer in memory. */
function isArray(one: Operand, names: Names): boolean {
  return one.kind === "outer" && one.of instanceof Pointer && names.nameOf(one.of) !== one.of.name;
}

function temporaries(operands: readonly Operand[], indent: string): string[] {
  const names = operands.flatMap((one) => (one.kind === "temporary" ? [one.name] : []));
  if (names.length === 0) return [];
  return [`int32_t ${breakList(names, `${indent}        `)};`];
}

const valueText = (value: Expr | Pointer, names: Names): string =>
  value instanceof Pointer ? names.nameOf(value) : names.expression(value);

/** What an operand needs to be declared before the statement. */
function local(one: Operand, names: Names): string[] {
  if (one.kind === "value" && one.written) {
    const type = one.value instanceof Pointer ? names.pointerType(one.value) : "int32_t ";
    return [`${type}${one.name} = ${valueText(one.value, names)};`];
  }
  if (one.kind === "outer" && one.place === "memory" && isArray(one, names)) {
    const pointer = one.of as Pointer;
    return [`${names.pointerType(pointer)}const ${one.name} = ${names.nameOf(pointer)};`];
  }
  return [];
}

/** Comma-separated, in lines of at most 100 columns; all but the first start with `indent`. */
function breakList(list: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = "";
  list.forEach((one, i) => {
    const text = i < list.length - 1 ? `${one},` : one;
    if (line !== "" && indent.length + line.length + 1 + text.length > 96) {
      lines.push(line);
      line = text;
    } else line = line === "" ? text : `${line} ${text}`;
  });
  return [...lines, line].join(`\n${indent}`);
}
