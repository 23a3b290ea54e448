/** Loop IR as JavaScript: a function over emulated memory, with the direct way to reach it, or one that watches. */

import {
  Address,
  Binary,
  Call,
  Constant,
  Convert,
  Load,
  Select,
  Variable,
  elementBytes,
  type Element,
  type Expr,
  type KernelFunction,
  type Pointer,
  type Statement,
} from "../ir/loop.js";
import type { Instruction, Memory } from "../targets/instruction.js";

/** How the code reaches memory. Pointers are byte addresses; pointer and index are given as text, the index in elements. */
export interface MemoryAccess {
  /** Declares what `load` and `store` name; `memory` is at hand. */
  readonly head: string;
  load(element: Element, pointer: string, index: string): string;
  /** A statement without its semicolon. */
  store(element: Element, pointer: string, index: string, value: string): string;
}

/**
 * One kernel function; called with the byte address of every parameter.
 * @param constants the byte address of every constant array
 */
export function compileFunction(
  code: KernelFunction,
  constants: ReadonlyMap<string, number>,
  memory: Memory,
  access: MemoryAccess = direct,
): (...addresses: number[]) => void {
  const printer = new JavaScriptPrinter(constants, access);
  const body = printer.statements(code.body);
  const heads = [...constants].map(([name, at]) => `const $${name} = ${at};\n`);
  const names = [...printer.instructions.keys()];
  const text = `"use strict";
${access.head}
${heads.join("")}return function (${code.parameters.map(local).join(", ")}) {
${body}};`;
  const make = new Function("memory", ...names, text);
  return make(memory, ...names.map((name) => printer.instructions.get(name)!.meaning(memory)));
}

const views: Record<Element, string> = {
  int8: "I8",
  uint8: "U8",
  int16: "I16",
  int32: "I32",
  int64: "I64",
  float32: "F32",
  float64: "F64",
};
const shifts: Record<Element, number> = {
  int8: 0,
  uint8: 0,
  int16: 1,
  int32: 2,
  int64: 3,
  float32: 2,
  float64: 3,
};

/** Typed arrays over the memory. */
const direct: MemoryAccess = {
  head: `const { int8: I8 } = memory;
const { buffer } = I8;
const U8 = new Uint8Array(buffer), I16 = new Int16Array(buffer), I32 = new Int32Array(buffer), F32 = new Float32Array(buffer), F64 = new Float64Array(buffer), I64 = new BigInt64Array(buffer);`,
  load: elementText,
  store: (element, pointer, index, value) => `${elementText(element, pointer, index)} = ${value}`,
};

function elementText(element: Element, pointer: string, index: string): string {
  const shift = shifts[element];
  if (shift === 0) return `${views[element]}[${pointer} + ${index}]`;
  return `${views[element]}[(${pointer} >> ${shift}) + ${index}]`;
}

/** Pointers are byte addresses; int32 arithmetic wraps as C's may not (kernels prove that it does not). */
class JavaScriptPrinter {
  readonly instructions = new Map<string, Instruction>();

  constructor(
    private readonly constants: ReadonlyMap<string, number>,
    private readonly access: MemoryAccess,
  ) {}

  /** Constants are apart from locals of the same name, and neither is a word of JavaScript (`in`). */
  #name(pointer: Pointer): string {
    return this.constants.has(pointer.name) ? `$${pointer.name}` : local(pointer);
  }

  statements(list: readonly Statement[]): string {
    return list.map((one) => this.#statement(one)).join("");
  }

  #statement(one: Statement): string {
    switch (one.kind) {
      case "comment":
        return "";
      case "declare":
        return `let ${local(one.variable)} = ${this.#value(one.value)};\n`;
      case "point":
        return `let ${local(one.pointer)} = ${this.#address(one.to)};\n`;
      case "assign":
        return `${local(one.variable)} = ${this.#value(one.value)};\n`;
      case "advance":
        return `${local(one.pointer)} += ${scaled(this.#value(one.by), one.pointer)};\n`;
      case "repoint":
        return `${local(one.pointer)} = ${this.#address(one.to)};\n`;
      case "store":
        return `${this.#store(one.pointer, one.index, one.value)};\n`;
      case "call":
        return `${this.#call(one.instruction, one.args)};\n`;
      case "for": {
        const name = local(one.variable);
        const head = `for (let ${name} = ${this.#value(one.from)}; ${name} < ${this.#value(one.to)}; ${name} += ${one.step})`;
        return `${head} {\n${this.statements(one.body)}}\n`;
      }
      case "scheduled":
      case "scope":
        return `{\n${this.statements(one.body)}}\n`;
      case "if":
        return `if (${this.#value(one.condition)}) {\n${this.statements(one.then)}} else {\n${this.statements(one.otherwise)}}\n`;
    }
  }

  #store(pointer: Pointer, index: Expr, value: Expr): string {
    const { element } = pointer;
    const text = element === "int64" ? `BigInt(${this.#value(value)})` : this.#value(value);
    return this.access.store(element, this.#name(pointer), this.#value(index), text);
  }

  #value(value: Expr): string {
    if (value instanceof Constant) return value.value < 0 ? `(${value.value})` : String(value.value);
    if (value instanceof Variable) return local(value);
    if (value instanceof Load) {
      const { pointer, index } = value;
      return this.access.load(pointer.element, this.#name(pointer), this.#value(index));
    }
    if (value instanceof Call) return this.#call(value.instruction, value.args);
    if (value instanceof Select) {
      return `(${this.#value(value.condition)} ? ${this.#value(value.yes)} : ${this.#value(value.no)})`;
    }
    if (value instanceof Convert) return convert(value, this.#value(value.value));
    if (value instanceof Binary) return this.#binary(value);
    throw new Error("unknown expression");
  }

  #binary({ operator, left, right, type }: Binary): string {
    const [a, b] = [this.#value(left), this.#value(right)];
    if (operator === "*" && type === "int32") return `Math.imul(${a}, ${b})`;
    const text = `(${a} ${operator} ${b})`;
    if ((operator === "+" || operator === "-" || operator === "/") && type === "int32")
      return `(${text} | 0)`;
    return type === "float32" ? `Math.fround${text}` : text;
  }

  #address({ pointer, index }: Address): string {
    return `${this.#name(pointer)} + ${scaled(this.#value(index), pointer)}`;
  }

  #call(instruction: Instruction, args: readonly (Expr | Address)[]): string {
    this.instructions.set(instruction.name, instruction);
    return `${instruction.name}(${args.map((one) => (one instanceof Address ? this.#address(one) : this.#value(one))).join(", ")})`;
  }
}

const local = ({ name }: { readonly name: string }) => `_${name}`;

function scaled(index: string, pointer: Pointer): string {
  const size = elementBytes[pointer.element];
  return size === 1 ? index : `${index} * ${size}`;
}

function convert({ type, value }: Convert, text: string): string {
  if (type === "int32") return `(${text} | 0)`;
  return type === "float32" && value.type !== "float32" ? `Math.fround(${text})` : text;
}
