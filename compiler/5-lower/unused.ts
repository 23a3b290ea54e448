/**
 * Removes declarations that nothing reads. A kernel writes down what it needs in general; for a layer with a single channel or a
 * window of one element some of it folds away, and C compilers warn about the rest.
 */

import {
  Address,
  Binary,
  Call,
  Convert,
  Load,
  Pointer,
  Select,
  Variable,
  type Expr,
  type Statement,
} from "../ir/loop.js";

type Named = Variable | Pointer;

/** Expressions have no side effects, so that what is not read need not be computed. */
export function withoutUnused(body: readonly Statement[]): readonly Statement[] {
  const uses = new Uses();
  uses.statements(body);
  return remove(body, uses.unread());
}

/** What is known of one name. */
interface Use {
  reads: number;
  /** The values it is declared with, assigned or moved on by. A name that only these are for is not used. */
  readonly values: (Expr | Address)[];
}

class Uses {
  readonly #uses = new Map<Named, Use>();

  statements(body: readonly Statement[]): void {
    for (const one of body) this.#statement(one);
  }

  #statement(one: Statement): void {
    switch (one.kind) {
      case "for":
        this.#read(one.from, 1);
        this.#read(one.to, 1);
        return this.statements(one.body);
      case "declare":
      case "assign":
        return this.#define(one.variable, one.value);
      case "point":
      case "repoint":
        return this.#define(one.pointer, one.to);
      case "advance":
        return this.#define(one.pointer, one.by);
      case "store":
        this.#of(one.pointer).reads++;
        this.#read(one.index, 1);
        return this.#read(one.value, 1);
      case "call":
        for (const arg of one.args) this.#read(arg, 1);
        return;
      case "scope":
      case "scheduled":
        return this.statements(one.body);
      case "if":
        this.#read(one.condition, 1);
        this.statements(one.then);
        this.statements(one.otherwise);
    }
  }

  #of(name: Named): Use {
    let use = this.#uses.get(name);
    if (!use) this.#uses.set(name, (use = { reads: 0, values: [] }));
    return use;
  }

  #define(name: Named, value: Expr | Address): void {
    this.#of(name).values.push(value);
    this.#read(value, 1);
  }

  /** @param by 1, or -1 to take it back */
  #read(one: Expr | Address, by: 1 | -1): void {
    if (one instanceof Variable) this.#of(one).reads += by;
    else if (one instanceof Binary) {
      this.#read(one.left, by);
      this.#read(one.right, by);
    } else if (one instanceof Load || one instanceof Address) {
      this.#of(one.pointer).reads += by;
      this.#read(one.index, by);
    } else if (one instanceof Call) {
      for (const arg of one.args) this.#read(arg, by);
    } else if (one instanceof Select) {
      this.#read(one.condition, by);
      this.#read(one.yes, by);
      this.#read(one.no, by);
    } else if (one instanceof Convert) this.#read(one.value, by);
  }

  /** Names that nothing reads, or only what is not read itself. */
  unread(): ReadonlySet<Named> {
    const unread = new Set<Named>();
    for (let before = -1; before < unread.size;) {
      before = unread.size;
      for (const [name, { reads, values }] of this.#uses) {
        if (reads > 0 || unread.has(name)) continue;
        unread.add(name);
        for (const value of values) this.#read(value, -1);
      }
    }
    return unread;
  }
}

function remove(body: readonly Statement[], unread: ReadonlySet<Named>): readonly Statement[] {
  if (unread.size === 0) return body;
  const left: Statement[] = [];
  for (const one of body) {
    switch (one.kind) {
      case "declare":
      case "assign":
        if (!unread.has(one.variable)) left.push(one);
        break;
      case "point":
      case "repoint":
      case "advance":
        if (!unread.has(one.pointer)) left.push(one);
        break;
      case "for":
      case "scheduled":
      case "scope":
        left.push({ ...one, body: remove(one.body, unread) });
        break;
      case "if":
        left.push({ ...one, then: remove(one.then, unread), otherwise: remove(one.otherwise, unread) });
        break;
      default:
        left.push(one);
    }
  }
  return left;
}
