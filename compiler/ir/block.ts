/** Builds loop IR: a block of statements, as kernels write it. */

import type { Instruction } from "../targets/instruction.js";
import { Address, Constant, Expr, Pointer, Variable, int, lift, scalarOf } from "./expression.js";
import type { Statement } from "./loop.js";

/** Builds the statements of one block; nested blocks get builders of their own. */
export class Block {
  readonly statements: Statement[] = [];
  /** Declared by them. */
  readonly #names = new Set<string>();

  /** `int32_t name = value;` */
  let(name: string, value: Expr | number): Variable {
    return this.#declare(name, lift(value), false);
  }
  /** A variable that `set` changes. */
  variable(name: string, value: Expr | number): Variable {
    return this.#declare(name, lift(value), true);
  }
  #declare(name: string, value: Expr, mutable: boolean): Variable {
    const variable = new Variable(name, value.type);
    this.#names.add(name);
    this.statements.push({ kind: "declare", variable, value, mutable });
    return variable;
  }
  /** `const int8_t *name = pointer + index;` */
  point(name: string, to: Address, mutable = false): Pointer {
    const pointer = new Pointer(name, to.pointer.element, to.pointer.writable);
    this.#names.add(name);
    this.statements.push({ kind: "point", pointer, to, mutable });
    return pointer;
  }
  set(variable: Variable, value: Expr | number): void {
    this.statements.push({ kind: "assign", variable, value: lift(value, variable.type) });
  }
  /** `pointer += by` (a pointer made with `point(…, true)`). */
  advance(pointer: Pointer, by: Expr | number): void {
    this.statements.push({ kind: "advance", pointer, by: lift(by) });
  }
  /** `pointer = address` (a pointer made with `point(…, true)`). */
  repoint(pointer: Pointer, to: Address): void {
    this.statements.push({ kind: "repoint", pointer, to });
  }
  store(pointer: Pointer, index: Expr | number, value: Expr | number): void {
    this.statements.push({
      kind: "store",
      pointer,
      index: lift(index),
      value: lift(value, scalarOf(pointer.element)),
    });
  }
  do(instruction: Instruction, ...args: (Expr | Address | number)[]): void {
    this.statements.push({
      kind: "call",
      instruction,
      args: args.map((one) => (typeof one === "number" ? int(one) : one)),
    });
  }
  comment(text: string): void {
    this.statements.push({ kind: "comment", text });
  }
  /** `for (int32_t name = from; name < to; name += step)`. A loop of one turn is unrolled, one of none left out. */
  for(
    name: string,
    from: Expr | number,
    to: Expr | number,
    step: number,
    body: (variable: Expr, block: Block) => void,
  ): void {
    const [first, end] = [lift(from), lift(to)];
    if (first instanceof Constant && end instanceof Constant) {
      if (first.value >= end.value) return;
      if (first.value + step >= end.value) return this.#once(first, body);
    }
    const variable = new Variable(name);
    const block = new Block();
    body(variable, block);
    this.statements.push({ kind: "for", variable, from: first, to: end, step, body: block.statements });
  }
  /** The body of a loop that turns once: in place, or in a scope where it would declare a name again. */
  #once(counter: Expr, body: (variable: Expr, block: Block) => void): void {
    const block = new Block();
    body(counter, block);
    const clash = [...block.#names].some((name) => this.#names.has(name));
    if (clash) this.statements.push({ kind: "scope", body: block.statements });
    else {
      this.statements.push(...block.statements);
      block.#names.forEach((name) => this.#names.add(name));
    }
  }
  /** A block of its own: names declared inside are not seen outside. */
  scope(body: (block: Block) => void): void {
    const block = new Block();
    body(block);
    this.statements.push({ kind: "scope", body: block.statements });
  }
  /** Hot code, scheduled for the machine: see the statement's description in loop.ts. */
  scheduled(body: (block: Block) => void): void {
    const block = new Block();
    body(block);
    this.statements.push({ kind: "scheduled", body: block.statements });
  }
  if(condition: Expr, then: (block: Block) => void, otherwise?: (block: Block) => void): void {
    const yes = new Block();
    const no = new Block();
    then(yes);
    otherwise?.(no);
    this.statements.push({ kind: "if", condition, then: yes.statements, otherwise: no.statements });
  }
}
