/** Pointers of scheduled code: their arithmetic, and the loads and stores through them. */

import { Binary, Constant, elementBytes, type Element, type Expr, type Pointer } from "../../ir/loop.js";
import type { Emitter } from "./emitter.js";
import { addition, isOffset } from "./immediates.js";
import type { Access, Register } from "./operation.js";
import { Trait, Use, paths } from "./pipes.js";
import { log2 } from "./restrictions.js";

export const loads: Partial<Record<Element, string>> = {
  int8: "ldrsb",
  uint8: "ldrb",
  int16: "ldrsh",
  int32: "ldr",
};
export const stores: Partial<Record<Element, string>> = {
  int8: "strb",
  uint8: "strb",
  int16: "strh",
  int32: "str",
};

/** An address that an instruction takes: base and offset, or base and shifted index. */
interface Place {
  readonly base: Register;
  readonly offset?: number;
  readonly register?: Register;
  readonly shift?: number;
}

function placeText(base: number, register?: number, shift = 0): string {
  if (register === undefined) return `[%${base}%o]`;
  return shift === 0 ? `[%${base}, %${register}]` : `[%${base}, %${register}, lsl #${shift}]`;
}

interface Scaled {
  readonly value: Expr;
  readonly shift: number;
}

function scaledBy(value: Expr, size: number): Scaled {
  const shift = log2(size);
  if (value instanceof Binary && value.operator === "*" && value.right instanceof Constant) {
    const power = log2(value.right.value);
    if (power > 0) return { value: value.left, shift: shift + power };
  }
  return { value, shift };
}

/** A sum as its variable part and its constant. */
function split(index: Expr): [Expr | undefined, number] {
  if (index instanceof Constant) return [undefined, index.value];
  if (index instanceof Binary && index.operator === "+" && index.right instanceof Constant) {
    return [index.left, index.right.value];
  }
  return [index, 0];
}

export class Pointers {
  constructor(
    private readonly emitter: Emitter,
    private readonly value: (expr: Expr) => Register,
  ) {}

  /** `to = from + bytes` */
  add(to: Register, from: Register, bytes: number): void {
    if (bytes === 0) return this.emitter.copy(to, from);
    const immediate = addition(bytes);
    if (!immediate) {
      // Two additions rather than a register for the constant.
      const low = Math.sign(bytes) * (Math.abs(bytes) & 0xfff);
      if (addition(bytes - low)) {
        this.add(to, from, bytes - low);
        return this.add(to, to, low);
      }
      return this.emitter.plain("add %0, %1, %2", to, [from, this.emitter.constant(bytes)], paths.alu);
    }
    const path = immediate.shifted ? { ...paths.alu, traits: Trait.shifter } : paths.alu;
    this.emitter.plain(`${immediate.mnemonic} %0, %1, #${immediate.value}`, to, [from], path, bytes);
  }

  load(mnemonic: string, to: Register, pointer: Pointer, index: Expr): void {
    const { base, offset, register, shift } = this.#place(pointer, index);
    const bytes = mnemonic === "ldr" ? 4 : mnemonic.endsWith("h") ? 2 : 1;
    const path = paths[bytes === 4 ? "load-word" : "load-part"];
    const access: Access = { kind: "load", base, offset, bytes, aliases: this.emitter.aliasClass(pointer) };
    const { kind, traits } = path;
    const sources = register ? [base, register] : [base];
    const uses = path.uses.slice(0, sources.length);
    const text = `${mnemonic} %0, ${placeText(1, register && 2, shift)}`;
    this.emitter.push({ text, result: to, sources, uses, kind, traits, access });
  }

  store(mnemonic: string, pointer: Pointer, index: Expr, value: Expr): void {
    const data = this.value(value);
    const { base, offset, register, shift } = this.#place(pointer, index);
    const bytes = mnemonic === "str" ? 4 : mnemonic === "strh" ? 2 : 1;
    const access: Access = { kind: "store", base, offset, bytes, aliases: this.emitter.aliasClass(pointer) };
    const { kind, traits, uses } = paths.store;
    const text = `${mnemonic} %1, ${placeText(2, register && 3, shift)}`;
    const common = { text, kind, traits, access };
    if (register)
      this.emitter.push({ ...common, sources: [data, base, register], uses: [...uses, Use.index] });
    else this.emitter.push({ ...common, sources: [data, base], uses });
  }

  #place(pointer: Pointer, index: Expr): Place {
    const size = elementBytes[pointer.element];
    const base = this.emitter.named(pointer);
    const [rest, constant] = split(index);
    const offset = constant * size;
    if (rest === undefined) return this.#offset(base, offset);
    const scaled = scaledBy(rest, size);
    if (offset === 0 && scaled.shift <= 3) {
      return { base, register: this.value(scaled.value), shift: scaled.shift };
    }
    const moved = this.emitter.register(`${pointer.name}_at`);
    this.#indexed(moved, base, scaled);
    return this.#offset(moved, offset);
  }

  #offset(base: Register, offset: number): Place {
    if (isOffset(offset)) return { base, offset };
    const far = this.emitter.register(`${base.name}_far`);
    const low = offset & 0xfff;
    this.add(far, base, offset - low);
    return { base: far, offset: low };
  }

  #indexed(to: Register, base: Register, { value, shift }: Scaled): void {
    const sources = [base, this.value(value)];
    if (shift === 0) this.emitter.plain("add %0, %1, %2", to, sources, paths.alu);
    else this.emitter.plain(`add %0, %1, %2, lsl #${shift}`, to, sources, paths["alu-shifted"]);
  }

  /** `to = pointer + index` */
  address(to: Register, pointer: Pointer, index: Expr): void {
    const size = elementBytes[pointer.element];
    const base = this.emitter.named(pointer);
    const [rest, constant] = split(index);
    if (rest === undefined) return this.add(to, base, constant * size);
    this.#indexed(to, base, scaledBy(rest, size));
    if (constant !== 0) this.add(to, to, constant * size);
  }
}
