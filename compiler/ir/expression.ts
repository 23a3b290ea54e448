/** Expressions of the loop IR: int32 and floating-point values, and the memory they are read from. */

import type { Instruction } from "../targets/instruction.js";

/** int64 is stored only, from int32. */
export type Element = "int8" | "uint8" | "int16" | "int32" | "int64" | "float32" | "float64";
export type Scalar = "int32" | "float32" | "float64";

export type BinaryOperator =
  "+" | "-" | "*" | "/" | ">>" | "&" | "|" | "^" | "<" | "<=" | ">" | ">=" | "==" | "!=" | "&&";

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
  xor(right: Expr | number): Expr {
    return new Binary("^", this, lift(right, "int32"));
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

const conditions: ReadonlySet<BinaryOperator> = new Set(["<", "<=", ">", ">=", "==", "!=", "&&"]);

export class Binary extends Expr {
  readonly type: Scalar;
  constructor(
    readonly operator: BinaryOperator,
    readonly left: Expr,
    readonly right: Expr,
  ) {
    super();
    this.type = left.type === "int32" || conditions.has(operator) ? "int32" : left.type;
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
