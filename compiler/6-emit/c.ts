/** The loop IR as C11: the only file that prints C expressions. */

import {
  Address,
  Binary,
  Call,
  Constant,
  Convert,
  Expr,
  Load,
  Select,
  Variable,
  elementBytes,
  type BinaryOperator,
  type Element,
  type Pointer,
  type Scalar,
  type Statement,
} from "../ir/loop.js";
import type { Instruction, ParameterType } from "../targets/instruction.js";
import { printAssembly } from "./assembly.js";

/** How a pointer of the IR is written: constants carry the network's and layer's name in C. */
export type PointerNames = (pointer: Pointer) => string;

export const cTypes: Record<Element, string> = {
  int8: "int8_t",
  uint8: "uint8_t",
  int16: "int16_t",
  int32: "int32_t",
  int64: "int64_t",
  float32: "float",
  float64: "double",
};

const scalarTypes: Record<Scalar, string> = { int32: "int32_t", float32: "float", float64: "double" };

/** C's precedence, higher binds tighter. */
const precedence: Record<BinaryOperator, number> = {
  "*": 12,
  "/": 12,
  "+": 11,
  "-": 11,
  ">>": 10,
  "<": 9,
  "<=": 9,
  ">": 9,
  ">=": 9,
  "==": 8,
  "!=": 8,
  "&": 7,
  "^": 6,
  "|": 5,
  "&&": 4,
};
const ternary = 2;
const unary = 14;
const primary = 20;

/** Operators that GCC's -Wparentheses, and readers, want in parentheses inside of others. */
const always = new Set<BinaryOperator>([">>", "&", "|", "^", "&&"]);

export class CPrinter {
  /** @param asm scheduled code as asm, with the C behind `#else` */
  constructor(
    private readonly nameOf: PointerNames,
    private readonly asm = true,
  ) {}

  /** @param outer precedence of what stands around it: parentheses are added where it binds tighter */
  expression(value: Expr, outer = 0): string {
    const [text, level] = this.#expression(value);
    return level < outer ? `(${text})` : text;
  }

  #expression(value: Expr): [string, number] {
    if (value instanceof Constant) return literal(value);
    if (value instanceof Variable) return [value.name, primary];
    if (value instanceof Load) return [this.#element(value.pointer, value.index), primary];
    if (value instanceof Call) return [this.#call(value.instruction, value.args), primary];
    if (value instanceof Convert)
      return [`(${scalarTypes[value.type]})${this.expression(value.value, unary)}`, unary];
    if (value instanceof Select) {
      const [condition, yes, no] = [value.condition, value.yes, value.no].map((one) =>
        this.expression(one, ternary + 1),
      );
      return [`${condition} ? ${yes} : ${no}`, ternary];
    }
    if (value instanceof Binary) return this.#binary(value);
    throw new Error("unknown expression");
  }

  #binary({ operator, left, right }: Binary): [string, number] {
    const level = precedence[operator];
    const minus = operator === "+" && right instanceof Constant && right.value < 0;
    const shown = minus
      ? this.expression(new Constant(-right.value, right.type), level + 1)
      : this.#operand(right, level + 1, operator);
    return [`${this.#operand(left, level, operator)} ${minus ? "-" : operator} ${shown}`, level];
  }

  #operand(value: Expr, outer: number, inside: BinaryOperator): string {
    const mixed =
      value instanceof Binary &&
      value.operator !== inside &&
      (always.has(inside) || always.has(value.operator));
    return this.expression(value, mixed && !isComparison(value) ? primary : outer);
  }

  #element(pointer: Pointer, index: Expr): string {
    return `${this.nameOf(pointer)}[${this.expression(index)}]`;
  }

  address({ pointer, index }: Address): string {
    if (index instanceof Constant && index.value === 0) return this.nameOf(pointer);
    return `${this.nameOf(pointer)} + ${this.expression(index, precedence["+"])}`;
  }

  #call({ name, parameters }: Instruction, args: readonly (Expr | Address)[]): string {
    const texts = args.map((one, index) =>
      one instanceof Address ? this.#argument(one, parameters[index]) : this.expression(one),
    );
    return `${name}(${texts.join(", ")})`;
  }

  /** Instructions on words of int8 take the bytes of uint8 as well. */
  #argument(address: Address, parameter: ParameterType): string {
    const element = typeof parameter === "object" ? parameter.pointer : undefined;
    const isOther = address.pointer.element === "uint8" && element === "int8";
    const cast = `(${address.pointer.writable ? "" : "const "}int8_t *)`;
    return `${isOther ? cast : ""}${this.address(address)}`;
  }

  /** Statements, one a line, indented by four spaces a level. */
  statements(list: readonly Statement[], level: number): string {
    return list.map((one) => this.#statement(one, "    ".repeat(level), level)).join("");
  }

  #statement(one: Statement, indent: string, level: number): string {
    switch (one.kind) {
      case "comment":
        return `${indent}/* ${one.text} */\n`;
      case "declare":
        return wrap(
          `${indent}${one.mutable ? "" : "const "}${scalarTypes[one.variable.type]} ${one.variable.name} = ${this.expression(one.value)};`,
        );
      case "point":
        return wrap(
          `${indent}${pointerType(one.pointer)}${one.mutable ? "" : "const "}${one.pointer.name} = ${this.address(one.to)};`,
        );
      case "assign":
        return wrap(`${indent}${one.variable.name} = ${this.expression(one.value)};`);
      case "advance":
        return wrap(`${indent}${this.nameOf(one.pointer)} += ${this.expression(one.by)};`);
      case "repoint":
        return wrap(`${indent}${this.nameOf(one.pointer)} = ${this.address(one.to)};`);
      case "store":
        return wrap(
          `${indent}${this.#element(one.pointer, one.index)} = ${this.#stored(one.pointer.element, one.value)};`,
        );
      case "call":
        return wrap(`${indent}${this.#call(one.instruction, one.args)};`);
      case "for": {
        const name = one.variable.name;
        const step = one.step === 1 ? `${name}++` : `${name} += ${one.step}`;
        const head = `for (int32_t ${name} = ${this.expression(one.from)}; ${name} < ${this.expression(one.to, 10)}; ${step}) {`;
        return wrap(`${indent}${head}`) + this.statements(one.body, level + 1) + `${indent}}\n`;
      }
      case "scheduled":
        return this.#scheduled(one, indent, level);
      case "scope":
        return `${indent}{\n${this.statements(one.body, level + 1)}${indent}}\n`;
      case "if": {
        const otherwise =
          one.otherwise.length > 0 ? ` else {\n${this.statements(one.otherwise, level + 1)}${indent}}` : "";
        return (
          wrap(`${indent}if (${this.expression(one.condition)}) {`) +
          this.statements(one.then, level + 1) +
          `${indent}}${otherwise}\n`
        );
      }
    }
  }

  #scheduled(
    { body, assembly }: Extract<Statement, { kind: "scheduled" }>,
    indent: string,
    level: number,
  ): string {
    const plain = `${indent}{\n${this.statements(body, level + 1)}${indent}}\n`;
    if (!assembly || !this.asm) return plain;
    const names = {
      expression: (value: Expr) => this.expression(value),
      nameOf: this.nameOf,
      pointerType,
    };
    const asm = printAssembly(assembly, names, `${indent}    `);
    return `#if TSC_MCU_ASM\n${indent}{\n${asm}${indent}}\n#else\n${plain}#endif\n`;
  }

  /** int32 values are narrowed by a cast: kernels have them in range. */
  #stored(element: Element, value: Expr): string {
    if (elementBytes[element] >= 4) return this.expression(value);
    return `(${cTypes[element]})${this.expression(value, unary)}`;
  }
}

function isComparison(value: Expr): boolean {
  return value instanceof Binary && /^[<>=!]=?$/.test(value.operator);
}

/** Wider elements of arena memory have types of the runtime's that may alias. */
const pointedTypes: Record<Element, string> = { ...cTypes, int16: "mcu_int16", float32: "mcu_float32" };

/** `const int8_t *` */
export function pointerType(pointer: Pointer): string {
  return `${pointer.writable ? "" : "const "}${pointedTypes[pointer.element]} *`;
}

/** An int32. */
export function intLiteral(value: number): string {
  return value === -2147483648 ? "INT32_MIN" : String(value);
}

function literal({ value, type }: Constant): [string, number] {
  if (type === "int32") return [intLiteral(value), value < 0 ? unary : primary];
  return [floatLiteral(value, type), value < 0 ? unary : primary];
}

/** The shortest decimal that reads back to the same float or double. */
export function floatLiteral(value: number, type: "float32" | "float64"): string {
  let text = String(value);
  if (type === "float32") {
    for (let digits = 6; digits <= 9; digits++) {
      text = String(Number(value.toPrecision(digits)));
      if (Math.fround(Number(text)) === value) break;
    }
  }
  if (!/[.e]/.test(text)) text += ".0";
  return type === "float32" ? `${text}f` : text;
}

/** Breaks a statement longer than 100 columns at its commas and spaces; continuation lines are indented by eight more. */
function wrap(line: string): string {
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > 100) {
    const cut = rest.lastIndexOf(" ", 100);
    if (cut <= indent.length + 8) break;
    lines.push(rest.slice(0, cut));
    rest = `${indent}        ${rest.slice(cut + 1)}`;
  }
  return [...lines, rest].join("\n") + "\n";
}
