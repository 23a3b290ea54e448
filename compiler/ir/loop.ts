/**
 * Loop IR: what kernels generate. Small and typed: loops, loads, stores, int32 expressions, instructions. It has several
 * readers: C (6-emit/c.ts), JavaScript (run/javascript.ts) and cycles (5-lower/cost.ts).
 *
 * All integer arithmetic is int32; kernels prove that it does not overflow. Packed words (four int8, two int16) are int32.
 */

import type { Instruction } from "../targets/instruction.js";

/** int64 is stored only, from int32. */
export type Element = "int8" | "uint8" | "int16" | "int32" | "int64" | "float32" | "float64";
export type Scalar = "int32" | "float32" | "float64";

export type BinaryOperator =
  "+" | "-" | "*" | "/" | ">>" | "&" | "|" | "<" | "<=" | ">" | ">=" | "==" | "!=" | "&&";

/** An expression; immutable. The methods are smart constructors: they fold constants and keep sums flat. */
export abstract class Expr {
  abstract readonly type: Scalar;

  plus(right: Expr | number): Expr {
    return sum(this, lift(right, this.type));
  }
  minus(right: Expr | number): Expr {
    const other = lift(right, this.type);
    if (other instanceof Constant) return sum(this, new Constant(-other.value, other.type));
    return new Binary("-", this, other);
  }
  times(right: Expr | number): Expr {
    return product(this, lift(right, this.type));
  }
  /** C division: towards zero. The divisor is never 0. */
  dividedBy(right: Expr | number): Expr {
    const other = lift(right, this.type);
    if (isConstant(other, 1)) return this;
    if (this instanceof Constant && other instanceof Constant && this.type === "int32") {
      return int(Math.trunc(this.value / other.value));
    }
    return new Binary("/", this, other);
  }
  /** Arithmetic shift right. */
  shiftRight(right: Expr | number): Expr {
    const by = lift(right, "int32");
    if (isConstant(by, 0)) return this;
    if (this instanceof Constant && by instanceof Constant) return int(this.value >> by.value);
    return new Binary(">>", this, by);
  }
  and(right: Expr | number): Expr {
    return new Binary("&", this, lift(right, "int32"));
  }
  or(right: Expr | number): Expr {
    return new Binary("|", this, lift(right, "int32"));
  }
  compare(operator: "<" | "<=" | ">" | ">=" | "==" | "!=", right: Expr | number): Expr {
    return new Binary(operator, this, lift(right, this.type));
  }
  /** Both conditions hold. */
  also(right: Expr): Expr {
    return new Binary("&&", this, right);
  }
  /** `this` (a condition) ? yes : no */
  select(yes: Expr | number, no: Expr | number): Expr {
    return new Select(this, lift(yes), lift(no));
  }
}

export class Constant extends Expr {
  constructor(
    readonly value: number,
    readonly type: Scalar = "int32",
  ) {
    super();
  }
}

/** A local variable or a loop's counter. */
export class Variable extends Expr {
  constructor(
    readonly name: string,
    readonly type: Scalar = "int32",
  ) {
    super();
  }
}

export class Binary extends Expr {
  readonly type: Scalar;
  constructor(
    readonly operator: BinaryOperator,
    readonly left: Expr,
    readonly right: Expr,
  ) {
    super();
    this.type = /[<>=!&]/.test(operator) && operator !== ">>" && operator !== "&" ? "int32" : left.type;
  }
}

export class Select extends Expr {
  readonly type: Scalar;
  constructor(
    readonly condition: Expr,
    readonly yes: Expr,
    readonly no: Expr,
  ) {
    super();
    this.type = yes.type;
  }
}

/** Conversion between int32 and floating point. To int32: the value is in range; truncates. */
export class Convert extends Expr {
  constructor(
    readonly type: Scalar,
    readonly value: Expr,
  ) {
    super();
  }
}

/** `pointer[index]`, widened to int32 or kept floating. */
export class Load extends Expr {
  readonly type: Scalar;
  constructor(
    readonly pointer: Pointer,
    readonly index: Expr,
  ) {
    super();
    this.type = scalarOf(pointer.element);
  }
}

/** An instruction or runtime function applied: targets/instruction.ts. */
export class Call extends Expr {
  readonly type: Scalar;
  constructor(
    readonly instruction: Instruction,
    readonly args: readonly (Expr | Address)[],
  ) {
    super();
    this.type = instruction.result ?? "int32";
  }
}

/** A typed pointer: a function's parameter, a constant array, or a local. */
export class Pointer {
  constructor(
    readonly name: string,
    readonly element: Element,
    readonly writable: boolean,
  ) {}
  /** `pointer[index]` */
  at(index: Expr | number): Expr {
    return new Load(this, lift(index));
  }
  /** `pointer + index`, in elements. */
  plus(index: Expr | number): Address {
    return new Address(this, lift(index));
  }
}

/** `pointer + index`: the argument of instructions that read or write memory, and the value of pointer locals. */
export class Address {
  constructor(
    readonly pointer: Pointer,
    readonly index: Expr,
  ) {}
}

export type Statement =
  | {
      readonly kind: "for";
      readonly variable: Variable;
      readonly from: Expr;
      readonly to: Expr;
      readonly step: number;
      readonly body: readonly Statement[];
    }
  | { readonly kind: "declare"; readonly variable: Variable; readonly value: Expr; readonly mutable: boolean }
  | { readonly kind: "point"; readonly pointer: Pointer; readonly to: Address; readonly mutable: boolean }
  | { readonly kind: "assign"; readonly variable: Variable; readonly value: Expr }
  | { readonly kind: "advance"; readonly pointer: Pointer; readonly by: Expr }
  | { readonly kind: "store"; readonly pointer: Pointer; readonly index: Expr; readonly value: Expr }
  | { readonly kind: "call"; readonly instruction: Instruction; readonly args: readonly (Expr | Address)[] }
  | {
      readonly kind: "if";
      readonly condition: Expr;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** A block of its own: names declared inside are not seen outside. */
  | { readonly kind: "scope"; readonly body: readonly Statement[] }
  | { readonly kind: "comment"; readonly text: string };

/** A constant array of the network's weights file; `name` is unique within the function. */
export interface ConstantArray {
  readonly name: string;
  readonly element: Element;
  readonly data: ArrayLike<number>;
  /** Bytes; at least the element's size. Kernels that load words ask for 4. */
  readonly align: number;
}

/** A generated function. Parameters in the order: inputs that are not constant, outputs, state, scratch (if any). */
export interface KernelFunction {
  readonly parameters: readonly Pointer[];
  readonly constants: readonly ConstantArray[];
  readonly body: readonly Statement[];
  /** Ranges and pre-conditions, printed above the function: one line each. */
  readonly notes: readonly string[];
}

export const int = (value: number): Constant => new Constant(value);

export function lift(value: Expr | number, type: Scalar = "int32"): Expr {
  return typeof value === "number" ? new Constant(value, type) : value;
}

export function scalarOf(element: Element): Scalar {
  return element === "float32" || element === "float64" ? element : "int32";
}

export const elementBytes: Record<Element, number> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
  float64: 8,
};

function isConstant(value: Expr, number: number): boolean {
  return value instanceof Constant && value.value === number;
}

/** Sums keep their constant last, so that `(x + 2) + 1` becomes `x + 3`. */
function sum(left: Expr, right: Expr): Expr {
  if (left.type !== "int32") return new Binary("+", left, right);
  if (left instanceof Constant && right instanceof Constant) return int(left.value + right.value);
  if (isConstant(left, 0)) return right;
  if (isConstant(right, 0)) return left;
  if (left instanceof Constant) return sum(right, left);
  const [leftBase, leftOffset] = split(left);
  const [rightBase, rightOffset] = split(right);
  const offset = leftOffset + rightOffset;
  const base =
    rightBase === undefined
      ? leftBase!
      : leftBase === undefined
        ? rightBase
        : new Binary("+", leftBase, rightBase);
  return offset === 0 ? base : new Binary("+", base, int(offset));
}

function split(value: Expr): [Expr | undefined, number] {
  if (value instanceof Constant) return [undefined, value.value];
  if (value instanceof Binary && value.operator === "+" && value.right instanceof Constant) {
    return [value.left, value.right.value];
  }
  return [value, 0];
}

function product(left: Expr, right: Expr): Expr {
  if (left.type !== "int32") return new Binary("*", left, right);
  if (left instanceof Constant && right instanceof Constant) return int(Math.imul(left.value, right.value));
  if (left instanceof Constant) return product(right, left);
  if (isConstant(right, 0)) return int(0);
  if (isConstant(right, 1)) return left;
  if (right instanceof Constant && left instanceof Binary) {
    if (left.operator === "*" && left.right instanceof Constant)
      return product(left.left, product(left.right, right));
    if (left.operator === "+" && left.right instanceof Constant) {
      return sum(product(left.left, right), product(left.right, right));
    }
  }
  return new Binary("*", left, right);
}

/** Builds the statements of one block; nested blocks get builders of their own. */
export class Block {
  readonly statements: Statement[] = [];

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
    this.statements.push({ kind: "declare", variable, value, mutable });
    return variable;
  }
  /** `const int8_t *name = pointer + index;` */
  point(name: string, to: Address, mutable = false): Pointer {
    const pointer = new Pointer(name, to.pointer.element, to.pointer.writable);
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
    const names = new Set(declaredNames(this.statements));
    const clash = declaredNames(block.statements).some((name) => names.has(name));
    if (clash) this.statements.push({ kind: "scope", body: block.statements });
    else this.statements.push(...block.statements);
  }
  if(condition: Expr, then: (block: Block) => void, otherwise?: (block: Block) => void): void {
    const yes = new Block();
    const no = new Block();
    then(yes);
    otherwise?.(no);
    this.statements.push({ kind: "if", condition, then: yes.statements, otherwise: no.statements });
  }
}

function declaredNames(statements: readonly Statement[]): string[] {
  return statements.flatMap((one) =>
    one.kind === "declare" ? [one.variable.name] : one.kind === "point" ? [one.pointer.name] : [],
  );
}
