/** Names and what they stand for while a model is evaluated. */

import type { Span } from "../../dsl/graph.js";
import type { Evaluation } from "./evaluation.js";
import type { TS } from "./typescript.js";

/** A variable. Imports share the cell of the module that exports it. */
export interface Cell {
  value: unknown;
  /** false between the start of the block and the declaration. */
  ready: boolean;
  readonly constant: boolean;
  /** Where a constant was declared with a text literal: the text between the quotes. */
  text?: Span;
}

/** One file of the model being evaluated. */
export interface Unit {
  readonly file: string;
  readonly source: TS.SourceFile;
  readonly evaluation: Evaluation;
}

export class Scope {
  private readonly cells = new Map<string, Cell>();

  constructor(
    readonly unit: Unit,
    private readonly outer?: Scope,
  ) {}

  inner(): Scope {
    return new Scope(this.unit, this);
  }

  find(name: string): Cell | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) {
      const cell = scope.cells.get(name);
      if (cell) return cell;
    }
    return undefined;
  }

  /** Whether this very scope has the name. */
  has(name: string): boolean {
    return this.cells.has(name);
  }

  /** Makes `name` known, without a value yet: `set` gives it one. */
  declare(name: string, constant: boolean): void {
    this.cells.set(name, { value: undefined, ready: false, constant });
  }

  /** Gives a variable of this very scope its first value. */
  set(name: string, value: unknown, constant: boolean): Cell {
    const cell: Cell = { value, ready: true, constant };
    const declared = this.cells.get(name);
    // Closures may hold the declared cell already.
    if (declared && declared.constant === constant) return Object.assign(declared, cell);
    this.cells.set(name, cell);
    return cell;
  }

  share(name: string, cell: Cell): void {
    this.cells.set(name, cell);
  }

  /** The same variables with their present values in cells of their own: the next round of a `for` loop. */
  copy(): Scope {
    const next = new Scope(this.unit, this.outer);
    for (const [name, cell] of this.cells) next.cells.set(name, { ...cell });
    return next;
  }
}
