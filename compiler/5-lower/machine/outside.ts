/** What a scheduled statement takes from outside, and what of that can stay in memory. */

import {
  Address,
  Binary,
  Call,
  Constant,
  Load,
  Pointer,
  Select,
  Convert,
  Variable,
  type Expr,
  type Statement,
} from "../../ir/loop.js";

export type Named = Variable | Pointer;

export interface Outside {
  /** Declared in the statement itself. */
  readonly inner: ReadonlySet<Named>;
  /** Assigned or advanced in it. */
  readonly assigned: ReadonlySet<Named>;
  /** From outside, and only copied to or from names inside: costs no register. */
  readonly copied: ReadonlySet<Named>;
  /** Of everything from outside: not free for registers. */
  readonly names: ReadonlySet<string>;
}

export function outsideOf(body: readonly Statement[]): Outside {
  const scan = new Scan();
  scan.statements(body);
  const copied = new Set([...scan.copies].filter((one) => !scan.inner.has(one) && !scan.used.has(one)));
  const all = [...scan.used, ...scan.copies, ...scan.assigned];
  const names = new Set(all.flatMap((one) => (scan.inner.has(one) ? [] : [one.name])));
  return { inner: scan.inner, assigned: scan.assigned, copied, names };
}

/** The variable or pointer that the value is a plain copy of. */
export function copyOf(value: Expr | Address): Named | undefined {
  if (value instanceof Variable) return value;
  const plain = value instanceof Address && value.index instanceof Constant && value.index.value === 0;
  return plain ? value.pointer : undefined;
}

class Scan {
  readonly inner = new Set<Named>();
  readonly assigned = new Set<Named>();
  readonly copies = new Set<Named>();
  readonly used = new Set<Named>();

  statements(body: readonly Statement[]): void {
    for (const one of body) this.#statement(one);
  }

  #statement(one: Statement): void {
    switch (one.kind) {
      case "declare":
        this.inner.add(one.variable);
        return this.#copy(one.variable, one.value);
      case "point":
        this.inner.add(one.pointer);
        return this.#copy(one.pointer, one.to);
      case "assign":
        this.assigned.add(one.variable);
        return this.#copy(one.variable, one.value);
      case "repoint":
        this.assigned.add(one.pointer);
        return this.#copy(one.pointer, one.to);
      case "advance":
        this.assigned.add(one.pointer);
        this.used.add(one.pointer);
        return this.#use(one.by);
      case "store":
        this.used.add(one.pointer);
        this.#use(one.index);
        return this.#use(one.value);
      case "call":
        return one.args.forEach((arg) => this.#use(arg));
      case "for":
        [one.from, one.to].forEach((bound) => this.#use(bound));
        return this.statements(one.body);
      case "scope":
        return this.statements(one.body);
    }
  }

  /** From outside to inside or back; everything else is a use of both. */
  #copy(to: Named, value: Expr | Address): void {
    const from = copyOf(value);
    if (from !== undefined && this.inner.has(from) !== this.inner.has(to)) {
      this.copies.add(this.inner.has(to) ? from : to);
      return;
    }
    if (!this.inner.has(to)) this.used.add(to);
    this.#use(value);
  }

  #use(one: Expr | Address): void {
    if (one instanceof Variable) this.used.add(one);
    else if (one instanceof Load || one instanceof Address) {
      this.used.add(one.pointer);
      this.#use(one.index);
    } else if (one instanceof Binary) {
      this.#use(one.left);
      this.#use(one.right);
    } else if (one instanceof Call) {
      for (const part of one.args) this.#use(part);
    } else if (one instanceof Convert) this.#use(one.value);
    else if (one instanceof Select) {
      this.#use(one.condition);
      this.#use(one.yes);
      this.#use(one.no);
    }
  }
}
