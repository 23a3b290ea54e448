/**
 * Runs a lowered network here: the loop IR printed as JavaScript, over one emulated address space that holds the arenas,
 * one after the other, and the constants. The network's C does the same, byte for byte.
 */

import { bytes } from "../ir/graph.js";
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
  type ConstantArray,
  type Element,
  type Expr,
  type KernelFunction,
  type Pointer,
  type Statement,
} from "../ir/loop.js";
import type { Lowered, Place } from "../ir/lowered.js";
import { arenasOf } from "../ir/plan.js";
import type { Instruction, Memory } from "../targets/instruction.js";
import { arrayOf, type TypedArray } from "./arrays.js";

export type { TypedArray } from "./arrays.js";

/** One inference: inputs in the network's order, outputs likewise (copies). */
export type Runner = (inputs: readonly TypedArray[]) => TypedArray[];

export interface Prepared {
  readonly run: Runner;
  /** For tests that look at intermediate values: `write` the inputs, then call `step(i)` one after the other. */
  readonly memory: Memory;
  write(inputs: readonly TypedArray[]): void;
  /** Brings the state of recurrent layers back to its start; done once by `prepare`. */
  reset(): void;
  step(index: number): void;
}

/** Compiles the network's functions to JavaScript. */
export function prepare(net: Lowered): Prepared {
  const arenas = placeArenas(net);
  const addressOf = ({ memory, offset }: Place): number => arenas.starts.get(memory)! + offset;
  const constants = placeConstants(net, arenas.end);
  const memory = allocate(constants.end);
  for (const { array, at } of constants.placed) writeConstant(memory, array, at);
  const steps = net.lowered.map((one, index) => {
    const call = compileFunction(one.code, constants.addresses[index], memory);
    const addresses = one.places.map(addressOf);
    return () => call(...addresses);
  });
  const place = (value: number) => {
    const storage = net.storage.get(value)!;
    const { memory, offset } = net.buffers[storage.buffer];
    return addressOf({ memory, offset: offset + storage.offset });
  };
  const writeInputs = (inputs: readonly TypedArray[]): void =>
    net.inputs.forEach((value, i) => {
      const data = inputs[i];
      memory.int8.set(new Int8Array(data.buffer, data.byteOffset, data.byteLength), place(value));
    });
  const run: Runner = (inputs) => {
    writeInputs(inputs);
    for (const step of steps) step();
    return net.outputs.map(({ value }) => {
      const type = net.values[value];
      const copy = memory.int8.slice(place(value), place(value) + bytes(type));
      return arrayOf(type.dtype, copy.buffer);
    });
  };
  const reset = () =>
    net.state.forEach(({ offset, bytes: size, fill }) => memory.int8.fill(fill, offset, offset + size));
  reset();
  return { run, reset, memory, write: writeInputs, step: (index) => steps[index]() };
}

interface Placed {
  readonly placed: readonly { readonly array: ConstantArray; readonly at: number }[];
  /** Per step: address of each constant by name. */
  readonly addresses: readonly ReadonlyMap<string, number>[];
  readonly end: number;
}

/** First address of every arena, by its memory: the main one's is 0, so that state is found there. */
function placeArenas(net: Lowered): { readonly starts: ReadonlyMap<string, number>; readonly end: number } {
  const starts = new Map<string, number>();
  let end = 0;
  for (const { memory, bytes } of arenasOf(net)) {
    starts.set(memory, end);
    end = (end + bytes + 63) & ~63;
  }
  return { starts, end };
}

function placeConstants(net: Lowered, start: number): Placed {
  let end = start;
  const placed: { array: ConstantArray; at: number }[] = [];
  const addresses = net.lowered.map(({ code }) => {
    const names = new Map<string, number>();
    for (const array of code.constants) {
      end = (end + 7) & ~7;
      names.set(array.name, end);
      placed.push({ array, at: end });
      end += array.data.length * elementBytes[array.element];
    }
    return names;
  });
  return { placed, addresses, end };
}

function allocate(size: number): Memory {
  const buffer = new ArrayBuffer((size + 71) & ~7);
  return { int8: new Int8Array(buffer), view: new DataView(buffer) };
}

function writeConstant(memory: Memory, { element, data }: ConstantArray, at: number): void {
  const { buffer } = memory.int8;
  const target =
    element === "int8" || element === "uint8"
      ? new Int8Array(buffer, at, data.length)
      : element === "int16"
        ? new Int16Array(buffer, at, data.length)
        : element === "int32"
          ? new Int32Array(buffer, at, data.length)
          : element === "float32"
            ? new Float32Array(buffer, at, data.length)
            : new Float64Array(buffer, at, data.length);
  target.set(data);
}

/** One kernel function; called with the byte address of every parameter. */
export function compileFunction(
  code: KernelFunction,
  constants: ReadonlyMap<string, number>,
  memory: Memory,
): (...addresses: number[]) => void {
  const printer = new JavaScriptPrinter(constants);
  const body = printer.statements(code.body);
  const heads = [...constants].map(([name, at]) => `const $${name} = ${at};\n`);
  const names = [...printer.instructions.keys()];
  const text = `"use strict";
const { int8: I8 } = memory;
const { buffer } = I8;
const U8 = new Uint8Array(buffer), I16 = new Int16Array(buffer), I32 = new Int32Array(buffer), F32 = new Float32Array(buffer), F64 = new Float64Array(buffer), I64 = new BigInt64Array(buffer);
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

/** Pointers are byte addresses; int32 arithmetic wraps as C's may not (kernels prove that it does not). */
class JavaScriptPrinter {
  readonly instructions = new Map<string, Instruction>();

  constructor(private readonly constants: ReadonlyMap<string, number>) {}

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
        return `${this.#element(one.pointer, one.index)} = ${this.#stored(one.pointer, one.value)};\n`;
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

  #stored({ element }: Pointer, value: Expr): string {
    return element === "int64" ? `BigInt(${this.#value(value)})` : this.#value(value);
  }

  #value(value: Expr): string {
    if (value instanceof Constant) return value.value < 0 ? `(${value.value})` : String(value.value);
    if (value instanceof Variable) return local(value);
    if (value instanceof Load) return this.#element(value.pointer, value.index);
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

  #element(pointer: Pointer, index: Expr): string {
    const shift = shifts[pointer.element];
    if (shift === 0) return `${views[pointer.element]}[${this.#name(pointer)} + ${this.#value(index)}]`;
    return `${views[pointer.element]}[(${this.#name(pointer)} >> ${shift}) + ${this.#value(index)}]`;
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
