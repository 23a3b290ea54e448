/**
 * Which memory a function touches, loop by loop: every access as the array that it goes to, where it begins, and how far it
 * moves with every turn of the loops around it.
 */

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
  type Expr,
  type KernelFunction,
  type Pointer,
  type Statement,
} from "../../ir/loop.js";
import type { Instruction } from "../../targets/instruction.js";
import { max, min } from "../../targets/cortex-m7.js";
import { assignedIn } from "../cost/assigned.js";
import { Positions } from "../cost/positions.js";

export interface Access {
  /** A parameter, or a constant array. */
  readonly array: Pointer;
  /** Bytes from the array's start, in the first turn of all loops. */
  readonly start: number;
  /** Bytes that a turn of a loop moves it on; those that do not are left out. */
  readonly steps: ReadonlyMap<Region, number>;
  readonly bytes: number;
  readonly stores: boolean;
  /** One instruction that loads a word from bytes, which may lie anywhere. */
  readonly word: boolean;
  /** The index depends on data: anywhere in the array. */
  readonly anywhere: boolean;
  /** In how many of its region's turns it happens; less than 1 under conditions. */
  readonly share: number;
}

/** A loop, or the whole function with one turn. */
export interface Region {
  readonly turns: number;
  /** In how many turns of the region around it is entered. */
  readonly share: number;
  readonly parts: readonly (Access | Region)[];
}

export const isRegion = (part: Access | Region): part is Region => "parts" in part;

/** A value as a distance from an array or from 0. */
interface Distance {
  readonly array?: Pointer;
  readonly constant: number;
  readonly steps: ReadonlyMap<Region, number>;
  readonly anywhere: boolean;
}

type Name = string | Pointer;
type For = Extract<Statement, { kind: "for" }>;
type Growing = Region & { turns: number; readonly parts: (Access | Region)[] };

/** A condition on data. */
const LIKELY = 0.5;

const nothing = new Map<Region, number>();
const known = (constant: number): Distance => ({ constant, steps: nothing, anywhere: false });
const unknown: Distance = { constant: 0, steps: nothing, anywhere: true };

export function accessesOf(code: KernelFunction): Region {
  return new Walk(code).root;
}

class Walk {
  readonly root: Growing = { turns: 1, share: 1, parts: [] };
  readonly #positions = new Positions();
  readonly #state = new Map<Name, Distance>();
  #region = this.root;
  /** Of the region's turns that get where the walk is. */
  #share = 1;
  /** How loops move names on is found by walking through them first, without taking note of accesses. */
  #recording = true;

  constructor(code: KernelFunction) {
    this.#statements(code.body);
  }

  #statements(list: readonly Statement[]): void {
    for (const one of list) this.#statement(one);
  }

  #statement(one: Statement): void {
    switch (one.kind) {
      case "comment":
        return;
      case "declare":
        this.#positions.define(one.variable, one.value, one.mutable);
        this.#state.set(one.variable.name, this.#read(one.value));
        return;
      case "assign":
        this.#state.set(one.variable.name, this.#read(one.value));
        return;
      case "point":
      case "repoint":
        this.#state.set(one.pointer, this.#address(one.to));
        return;
      case "advance": {
        const by = scaled(this.#read(one.by), elementBytes[one.pointer.element]);
        this.#state.set(one.pointer, sum(this.#pointer(one.pointer), by));
        return;
      }
      case "store":
        if (!this.#recording) return;
        this.#read(one.value);
        this.#touch(one.pointer.plus(one.index), elementBytes[one.pointer.element], true);
        return;
      case "call":
        if (this.#recording) this.#call(one.instruction, one.args);
        return;
      case "scope":
      case "scheduled":
        return this.#statements(one.body);
      case "if": {
        this.#read(one.condition);
        const share = this.#positions.share(one.condition);
        const around = this.#share;
        const walk = (body: readonly Statement[], holds: boolean, likely: number) => {
          this.#share = around * (Number.isNaN(likely) ? LIKELY : likely);
          this.#positions.where(one.condition, holds, () => this.#statements(body));
          this.#share = around;
        };
        if (share !== 0) walk(one.then, true, share);
        if (share !== 1) walk(one.otherwise, false, 1 - share);
        return;
      }
      case "for":
        return this.#loop(one);
    }
  }

  #loop(one: For): void {
    const from = this.#read(one.from);
    this.#read(one.to);
    const { turns } = this.#positions.enter(one);
    if (turns === 0) return;
    const name = one.variable.name;
    const before = this.#changed(one.body);
    this.#state.set(name, from);
    const moved = before.size === 0 ? new Map<Name, number>() : this.#movesOf(one.body, before);
    if (this.#recording) {
      const share = this.#share;
      const region: Growing = { turns, share, parts: [] };
      for (const [changed, start] of before) {
        const by = moved.get(changed);
        const steps = by ? new Map([...start.steps, [region as Region, by]]) : start.steps;
        this.#state.set(changed, { ...start, steps });
      }
      this.#state.set(name, { ...from, steps: new Map([...from.steps, [region as Region, one.step]]) });
      const outer = this.#region;
      [this.#region, this.#share] = [region, 1];
      this.#statements(one.body);
      [this.#region, this.#share] = [outer, share];
      outer.parts.push(region);
    }
    for (const [changed, start] of before) {
      const by = moved.get(changed);
      if (by !== undefined)
        this.#state.set(changed, { ...start, constant: start.constant + by * Math.round(turns) });
    }
  }

  /** What the body assigns of what is declared outside, as it is now. */
  #changed(body: readonly Statement[]): Map<Name, Distance> {
    const before = new Map<Name, Distance>();
    for (const one of assignedIn(body)) {
      const name = one instanceof Variable ? one.name : one;
      const now = this.#state.get(name);
      if (now) before.set(name, now);
    }
    return before;
  }

  /** How far a turn moves each on. */
  #movesOf(body: readonly Statement[], before: ReadonlyMap<Name, Distance>): Map<Name, number> {
    const recording = this.#recording;
    this.#recording = false;
    this.#statements(body);
    this.#recording = recording;
    const moved = new Map<Name, number>();
    for (const [name, start] of before) {
      const end = this.#state.get(name)!;
      if (end !== start && isSameButConstant(start, end)) moved.set(name, end.constant - start.constant);
    }
    return moved;
  }

  #call({ parameters, machine, perElement }: Instruction, args: readonly (Expr | Address)[]): void {
    const count = perElement === undefined ? 1 : this.#positions.mean(args[perElement] as Expr) || 1;
    args.forEach((one, i) => {
      if (!(one instanceof Address)) {
        this.#read(one);
        return;
      }
      const type = parameters[i];
      const writable = typeof type === "object" && type.writable === true;
      const each = machine ? 4 : elementBytes[one.pointer.element];
      this.#touch(one, each * count, writable, machine !== undefined && !writable);
    });
  }

  #touch(address: Address, bytes: number, stores: boolean, word = false): void {
    const { array, constant: start, steps, anywhere } = this.#address(address);
    if (array && this.#recording)
      this.#region.parts.push({ array, start, steps, bytes, stores, word, anywhere, share: this.#share });
  }

  #pointer(pointer: Pointer): Distance {
    return this.#state.get(pointer) ?? { ...known(0), array: pointer };
  }
  #address({ pointer, index }: Address): Distance {
    return sum(this.#pointer(pointer), scaled(this.#read(index), elementBytes[pointer.element]));
  }

  /** The value, and note of what is read for it. */
  #read(value: Expr): Distance {
    if (value instanceof Constant) return known(value.value);
    if (value instanceof Variable) return this.#state.get(value.name) ?? unknown;
    if (value instanceof Load) {
      if (this.#recording)
        this.#touch(value.pointer.plus(value.index), elementBytes[value.pointer.element], false);
      return unknown;
    }
    if (value instanceof Convert) {
      this.#read(value.value);
      return unknown;
    }
    if (value instanceof Select) {
      this.#read(value.condition);
      const [yes, no] = [this.#read(value.yes), this.#read(value.no)];
      return yes.steps.size >= no.steps.size ? yes : no;
    }
    if (value instanceof Call) {
      if (this.#recording) this.#call(value.instruction, value.args);
      if (value.instruction !== min && value.instruction !== max) return unknown;
      // Bounds at the border: mostly what is bounded.
      const inner = value.args.map((one) => (one instanceof Address ? unknown : this.#read(one)));
      return inner.length > 0 ? (inner.find(({ steps }) => steps.size > 0) ?? inner[0]) : unknown;
    }
    if (value instanceof Binary) return combined(value, this.#read(value.left), this.#read(value.right));
    return unknown;
  }
}

function combined({ operator }: Binary, left: Distance, right: Distance): Distance {
  const isPlain = right.steps.size === 0 && !right.anywhere && right.array === undefined;
  switch (operator) {
    case "+":
      return sum(left, right);
    case "-":
      return sum(left, scaled(right, -1));
    case "*":
      return isPlain ? scaled(left, right.constant) : unknown;
    case "/":
      return isPlain && right.constant !== 0 ? scaled(left, 1 / right.constant) : unknown;
    case ">>":
      return isPlain ? scaled(left, 2 ** -right.constant) : unknown;
    default:
      return unknown;
  }
}

function scaled(one: Distance, factor: number): Distance {
  if (factor === 1) return one;
  if (one.steps.size === 0) return { ...one, constant: one.constant * factor };
  const steps = new Map([...one.steps].map(([region, step]) => [region, step * factor]));
  return { ...one, constant: one.constant * factor, steps };
}

function sum(a: Distance, b: Distance): Distance {
  const constant = a.constant + b.constant;
  const anywhere = a.anywhere || b.anywhere;
  const array = a.array ?? b.array;
  if (b.steps.size === 0) return { array, constant, steps: a.steps, anywhere };
  const steps = new Map(a.steps);
  for (const [region, step] of b.steps) steps.set(region, (steps.get(region) ?? 0) + step);
  return { array, constant, steps, anywhere };
}

function isSameButConstant(a: Distance, b: Distance): boolean {
  if (a.array !== b.array || a.anywhere !== b.anywhere || a.steps.size !== b.steps.size) return false;
  return [...a.steps].every(([region, step]) => b.steps.get(region) === step);
}
