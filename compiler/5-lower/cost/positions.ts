/** Values of index expressions over the turns of the loops around them: trip counts, and how often conditions hold. */

import { Address, Binary, Call, Constant, Expr, Select, Variable, type Statement } from "../../ir/loop.js";

type For = Extract<Statement, { kind: "for" }>;

/** Turns of a loop that are looked at; longer ones are sampled evenly. */
const SAMPLES = 256;
/** Combinations of turns of several loops. */
const COMBINATIONS = 256;
/** Definitions of definitions that are followed. */
const DEEPEST = 40;

/** A loop as the analyses see it. */
export interface Trips {
  /** On average over the loops around it; 0 where it never turns. */
  readonly turns: number;
  /** Known, and the same every time. */
  readonly constant: boolean;
}

/** A value that something takes, and how often. */
interface Weighted {
  readonly value: number;
  readonly weight: number;
}

interface Counter {
  readonly loop: For;
  /** Of the loops, in the order they were entered: outer ones come first. */
  readonly rank: number;
}

/** Counters and variables in scope. Values that depend on data are NaN. */
export class Positions {
  readonly #counters = new Map<string, Counter>();
  readonly #definitions = new Map<string, Expr>();
  /** Conditions of the branches around, and which way they went. */
  readonly #conditions: { readonly condition: Expr; readonly holds: boolean }[] = [];
  readonly #mutable = new Set<string>();
  readonly #trips = new Map<For, Trips>();
  /** Variables that assignments change are unknown. */
  #strict = false;
  #entered = 0;

  /** What `body` asks is asked of the turns in which the condition does, or does not, hold. */
  where(condition: Expr, holds: boolean, body: () => void): void {
    this.#conditions.push({ condition, holds });
    body();
    this.#conditions.pop();
  }

  /** Of one that assignments change, only the first value is known: enough for bounds, not for conditions. */
  define({ name }: Variable, value: Expr, mutable: boolean): void {
    this.#definitions.set(name, value);
    if (mutable) this.#mutable.add(name);
    else this.#mutable.delete(name);
    this.#counters.delete(name);
  }

  enter(loop: For): Trips {
    const { variable, from, to } = loop;
    let trips = this.#trips.get(loop);
    if (!trips) {
      trips = { turns: this.#turns(loop), constant: from instanceof Constant && to instanceof Constant };
      this.#trips.set(loop, trips);
    }
    this.#counters.set(variable.name, { loop, rank: this.#entered++ });
    this.#definitions.delete(variable.name);
    return trips;
  }
  #turns({ from, to, step }: For): number {
    if (from instanceof Constant && to instanceof Constant)
      return Math.max(0, Math.ceil((to.value - from.value) / step));
    return mean(this.#over([from, to], ([a, b]) => Math.max(0, Math.ceil((b - a) / step)))) || 0;
  }

  /** NaN where it depends on data. */
  mean(value: Expr): number {
    if (value instanceof Constant) return value.value;
    return mean(this.#over([value], ([one]) => one));
  }

  /** How often the condition holds; NaN where it depends on data. */
  share(condition: Expr): number {
    this.#strict = true;
    const share = mean(this.#over([condition], ([one]) => (Number.isNaN(one) ? NaN : one ? 1 : 0)));
    this.#strict = false;
    return share;
  }

  /** How often the condition is another than in the turn before, in the innermost loop that it depends on. */
  changes(condition: Expr): number {
    const values = this.#over([condition], ([one]) => (one ? 1 : 0));
    const changed = values.filter(({ value }, i) => i > 0 && value !== values[i - 1].value).length;
    return values.length < 2 ? 0 : changed / values.length;
  }

  /** The results in all turns of the loops whose counters the values depend on, or in some of them. */
  #over(values: readonly Expr[], combine: (values: readonly number[]) => number): Weighted[] {
    const found = new Map<string, Counter>();
    values.forEach((one) => this.#collect(one, found, 0));
    if (found.size > 0) this.#conditions.forEach((one) => this.#collect(one.condition, found, 0));
    const counters = [...found.values()].sort((a, b) => a.rank - b.rank);
    const each = Math.max(
      2,
      Math.min(SAMPLES, Math.floor(COMBINATIONS ** (1 / Math.max(1, counters.length)))),
    );
    const results: Weighted[] = [];
    const bound = new Map<string, number>();
    const next = (at: number, weight: number): void => {
      if (at === counters.length) {
        if (this.#conditions.some((one) => this.#contradicts(one, bound))) return;
        const value = combine(values.map((one) => this.#value(one, bound, 0)));
        results.push({ value, weight });
        return;
      }
      const { variable, from, to, step } = counters[at].loop;
      const [first, end] = [this.#value(from, bound, 0), this.#value(to, bound, 0)];
      // Where bounds depend on data: a single turn.
      const turns = Math.ceil((end - first) / step);
      const all = Number.isNaN(turns) ? 1 : Math.max(0, turns);
      const count = Math.min(all, each);
      for (let i = 0; i < count; i++) {
        const turn = count === 1 ? 0 : Math.round((i * (all - 1)) / (count - 1));
        bound.set(variable.name, (first || 0) + step * turn);
        next(at + 1, (weight * all) / count);
      }
      bound.delete(variable.name);
    };
    next(0, 1);
    return results;
  }

  #contradicts(
    { condition, holds }: { condition: Expr; holds: boolean },
    bound: ReadonlyMap<string, number>,
  ) {
    const strict = this.#strict;
    this.#strict = true;
    const value = this.#value(condition, bound, 0);
    this.#strict = strict;
    return !Number.isNaN(value) && (value !== 0) !== holds;
  }

  #collect(value: Expr | Address, found: Map<string, Counter>, depth: number): void {
    if (depth > DEEPEST) return;
    if (value instanceof Variable) {
      const counter = this.#counters.get(value.name);
      const definition = this.#definitions.get(value.name);
      if (counter && !found.has(value.name)) {
        found.set(value.name, counter);
        this.#collect(counter.loop.from, found, depth + 1);
        this.#collect(counter.loop.to, found, depth + 1);
      } else if (definition) this.#collect(definition, found, depth + 1);
    } else if (value instanceof Binary) {
      this.#collect(value.left, found, depth + 1);
      this.#collect(value.right, found, depth + 1);
    } else if (value instanceof Select) {
      [value.condition, value.yes, value.no].forEach((one) => this.#collect(one, found, depth + 1));
    } else if (value instanceof Call) value.args.forEach((one) => this.#collect(one, found, depth + 1));
  }

  #value(value: Expr, bound: ReadonlyMap<string, number>, depth: number): number {
    if (value instanceof Constant) return value.value;
    if (depth > DEEPEST) return NaN;
    if (value instanceof Variable) {
      const known = bound.get(value.name);
      if (known !== undefined && this.#counters.has(value.name)) return known;
      const definition = this.#definitions.get(value.name);
      if (this.#strict && this.#mutable.has(value.name)) return NaN;
      return definition ? this.#value(definition, bound, depth + 1) : NaN;
    }
    if (value instanceof Binary) {
      const left = this.#value(value.left, bound, depth + 1);
      return binary(value.operator, left, this.#value(value.right, bound, depth + 1));
    }
    if (value instanceof Select) {
      const condition = this.#value(value.condition, bound, depth + 1);
      if (Number.isNaN(condition)) return NaN;
      return this.#value(condition ? value.yes : value.no, bound, depth + 1);
    }
    if (value instanceof Call && value.args.every((one): one is Expr => one instanceof Expr)) {
      const args = value.args.map((one) => this.#value(one, bound, depth + 1));
      if (args.some(Number.isNaN)) return NaN;
      return Number(value.instruction.meaning(undefined as never)(...args));
    }
    return NaN;
  }
}

function mean(values: readonly Weighted[]): number {
  let [sum, weights] = [0, 0];
  for (const { value, weight } of values) {
    sum += value * weight;
    weights += weight;
  }
  return sum / weights;
}

function binary(operator: Binary["operator"], a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return Math.trunc(a / b);
    case ">>":
      return Number.isNaN(a + b) ? NaN : a >> b;
    case "&":
      return Number.isNaN(a + b) ? NaN : a & b;
    case "|":
      return Number.isNaN(a + b) ? NaN : a | b;
    case "^":
      return Number.isNaN(a + b) ? NaN : a ^ b;
    case "&&":
      // False whatever the other is, where one is false.
      return a === 0 || b === 0 ? 0 : Number.isNaN(a + b) ? NaN : 1;
    default:
      return Number.isNaN(a + b) ? NaN : Number(compare(operator, a, b));
  }
}

function compare(operator: "<" | "<=" | ">" | ">=" | "==" | "!=", a: number, b: number): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "==":
      return a === b;
    case "!=":
      return a !== b;
  }
}
