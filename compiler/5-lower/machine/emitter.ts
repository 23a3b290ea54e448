/** Collects the operations of a block and the operands they take from outside. */

import { Constant, type Expr, type Pointer } from "../../ir/loop.js";
import type { Operand } from "../../ir/assembly.js";
import type { Code, Operation, Register } from "./operation.js";
import type { Named, Outside } from "./outside.js";
import { moving } from "./immediates.js";
import { Kind, Trait, Use, paths, type Path } from "./pipes.js";

/** Accesses through different classes of pointers never overlap. */
export type AliasClass = (pointer: Pointer) => number;

/** What saves registers, and costs instructions. */
export interface Thrift {
  /** What is only read is copied, so that its register is free after the last use. */
  readonly copies: boolean;
  /** Counters of which outermost loops are in memory. */
  readonly counters: "none" | "of nests" | "all";
}

/** Classes of operands in memory start here. */
const MEMORY_OPERANDS = 1 << 20;

export class Emitter {
  readonly operands: Operand[] = [];
  readonly registers: Register[] = [];
  /** Of each operand that lives in a register. */
  readonly registerOf = new Map<Operand, Register>();
  readonly #byName = new Map<Named, Register>();
  readonly #memory = new Map<Named, Operand>();
  readonly #constants = new Map<number, Register>();
  readonly #names = new Set<string>();
  /** The number that makes a name another one. */
  readonly #next = new Map<string, number>();
  readonly #hidden = new Set<Named>();
  #nest: Code[][] = [[]];

  constructor(
    readonly outside: Outside,
    readonly aliasClass: AliasClass,
    readonly thrift: Thrift,
  ) {}

  get code(): readonly Code[] {
    return this.#nest[0];
  }
  /** Loops around the place that is written. */
  get depth(): number {
    return this.#nest.length - 1;
  }

  register(name: string): Register {
    const register = { index: this.registers.length, name: this.#unique(name) };
    this.registers.push(register);
    return register;
  }

  #unique(name: string): string {
    let free = name;
    let next = this.#next.get(name) ?? 2;
    while (this.#names.has(free) || this.outside.names.has(free)) free = `${name}_${next++}`;
    this.#next.set(name, next);
    this.#names.add(free);
    return free;
  }

  declare(one: Named): Register {
    const register = this.register(one.name);
    this.#byName.set(one, register);
    return register;
  }
  /** Another name of a value that does not change. */
  alias(one: Named, register: Register): void {
    this.#byName.set(one, register);
  }

  /** The operand of what stays in memory. */
  memory(one: Named): Operand | undefined {
    if (!this.outside.copied.has(one)) return undefined;
    let operand = this.#memory.get(one);
    if (!operand) {
      operand = this.#outer(one, "memory");
      this.#memory.set(one, operand);
    }
    return operand;
  }

  /** A loop's counter: counted down, it has not the value that the loop IR gives it. */
  hide(counter: Named): void {
    this.#hidden.add(counter);
  }

  named(one: Named): Register {
    if (this.#hidden.has(one))
      throw new Error(`not in scheduled code: the counter ${one.name} in its loop's body`);
    const known = this.#byName.get(one);
    if (known) return known;
    if (this.outside.inner.has(one)) throw new Error(`${one.name} is used before it is declared`);
    if (this.memory(one)) throw new Error(`${one.name} is an operand in memory`);
    if (this.thrift.copies && !this.outside.assigned.has(one)) {
      const register = this.value(`${one.name}_here`, one, true);
      this.#byName.set(one, register);
      return register;
    }
    const operand = this.#outer(one, "register");
    const register = { index: this.registers.length, name: operand.name };
    this.registers.push(register);
    this.#byName.set(one, register);
    this.registerOf.set(operand, register);
    return register;
  }

  #outer(of: Named, place: "register" | "memory"): Operand {
    const isFirst = !this.#names.has(of.name);
    this.#names.add(of.name);
    const operand: Operand = {
      kind: "outer",
      name: isFirst ? of.name : this.#unique(of.name),
      of,
      place,
      written: this.outside.assigned.has(of),
      read: true,
    };
    this.operands.push(operand);
    return operand;
  }

  /** A value computed outside. */
  value(name: string, value: Expr | Pointer, written: boolean): Register {
    const operand: Operand = { kind: "value", name: this.#unique(name), value, place: "register", written };
    const register = { index: this.registers.length, name: operand.name };
    this.registers.push(register);
    this.operands.push(operand);
    this.registerOf.set(operand, register);
    return register;
  }

  /** The same in memory. */
  valueInMemory(name: string, value: Expr): Operand {
    const operand: Operand = {
      kind: "value",
      name: this.#unique(name),
      value,
      place: "memory",
      written: true,
    };
    this.operands.push(operand);
    return operand;
  }

  /** A register that holds the constant: within loops one for the whole block, set up outside of it. */
  constant(value: number): Register {
    if (this.depth === 0) {
      const register = this.register("constant");
      this.move(register, value);
      return register;
    }
    let register = this.#constants.get(value);
    if (!register) {
      register = this.value(`c${value < 0 ? "_" : ""}${Math.abs(value)}`, new Constant(value), false);
      this.#constants.set(value, register);
    }
    return register;
  }

  move(to: Register, value: number): void {
    const immediate = moving(value);
    if (immediate) {
      const { mnemonic, value: amount, shifted } = immediate;
      const early = !shifted && mnemonic !== "mvn";
      const traits = shifted ? Trait.shifter : early ? Trait.earlyOlder : 0;
      this.push({
        text: `${mnemonic} %0, #${amount}`,
        result: to,
        sources: [],
        uses: [],
        kind: Kind.late,
        traits,
      });
      return;
    }
    const { traits, kind } = paths.alu;
    this.push({ text: `movw %0, #${value & 0xffff}`, result: to, sources: [], uses: [], kind, traits });
    const top = `movt %0, #${value >>> 16}`;
    this.push({ text: top, result: to, sources: [to], uses: [Use.late], kind, traits: 0 });
  }

  copy(to: Register, from: Register): void {
    if (to !== from) this.plain("mov %0, %1", to, [from], paths.alu, 0);
  }
  fromMemory(to: Register, operand: Operand): void {
    const { kind, traits } = paths["load-word"];
    const access = { kind: "load", bytes: 4, aliases: this.#classOf(operand) } as const;
    this.push({
      text: `ldr %0, %[${operand.name}]`,
      result: to,
      sources: [],
      uses: [],
      kind,
      traits,
      access,
    });
  }
  toMemory(operand: Operand, from: Register): void {
    const { kind, traits } = paths.store;
    const access = { kind: "store", bytes: 4, aliases: this.#classOf(operand) } as const;
    this.push({
      text: `str %1, %[${operand.name}]`,
      sources: [from],
      uses: [Use.data],
      kind,
      traits,
      access,
    });
  }
  #classOf(operand: Operand): number {
    return MEMORY_OPERANDS + this.operands.indexOf(operand);
  }

  /** An operation that goes the way of `path`. */
  plain(text: string, result: Register, sources: readonly Register[], path: Path, plus?: number): void {
    const { uses, kind, traits } = path;
    this.push({ text, result, sources, uses: uses.slice(0, sources.length), kind, traits, plus });
  }

  push({ text, result, sources, uses, kind, traits, access, plus }: Operation): void {
    // All of one shape, which is worth a lot to who reads millions of them.
    const operation = { text, result, sources, uses, kind, traits, access, plus };
    const list = this.#nest[this.#nest.length - 1];
    const last = list[list.length - 1];
    if (last?.kind === "straight") (last.operations as Operation[]).push(operation);
    else list.push({ kind: "straight", operations: [operation] });
  }

  /** A loop whose body `write` writes. */
  loop(label: number, turns: Expr, write: () => void): void {
    const body: Code[] = [];
    this.#nest.push(body);
    write();
    this.#nest.pop();
    this.#nest.at(-1)!.push({ kind: "loop", label, turns, body });
  }
}
