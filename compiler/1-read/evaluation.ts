/**
 * The state of reading one model: what it has used up, where it is, and what is known about the objects it made. Values
 * of the model are ordinary JavaScript values, so that the functions of the DSL and JavaScript's own methods take them.
 */

import type { Span } from "../../dsl/graph.js";
import type { Code, Parameters } from "../diagnostics/catalogue.js";
import { reject, type Related } from "../diagnostics/diagnostic.js";
import { MAX_CALL_DEPTH, MAX_STEPS } from "./bounds.js";
import { globalsOf } from "./natives/index.js";
import type { Scope } from "./scope.js";
import { ts, type TS } from "./typescript.js";

/** A place of the model that is being evaluated. */
export interface Spot {
  readonly node: TS.Node;
  readonly scope: Scope;
}

/** A call in progress. */
export interface Call extends Spot {
  /** Whether the model calls a function of its own. */
  readonly ours: boolean;
}

/** A loop that is running. */
export interface Loop extends Spot {
  rounds: number;
}

/** Is told of every expression that was evaluated, with its value, and of every statement before it runs. */
export type Observe = (node: TS.Node, value?: unknown) => void;

export class Evaluation {
  /** Calls in progress, innermost last. An error leaves them as they were when it was thrown. */
  readonly calls: Call[] = [];
  readonly loops: Loop[] = [];
  /** Where the properties and elements of the model's objects were written. */
  readonly spans = new Spans();
  /** Tensors and networks: a model passes them on and sees nothing of their inside. */
  readonly opaque = new WeakSet<object>();
  /** Objects that the DSL and the language made: they are read, never changed. */
  readonly foreign = new WeakSet<object>();
  /** Functions written in the model, and how to run them within a call that was entered. */
  readonly closures = new WeakMap<Function, (given: readonly unknown[]) => unknown>();
  /** Functions of the language: `Math.max`. Those that are neither these nor closures are the DSL's. */
  readonly natives = new WeakSet<Function>();
  readonly globals: ReadonlyMap<string, unknown> = globalsOf(this);
  private steps = 0;

  constructor(
    readonly checker: TS.TypeChecker,
    readonly observe?: Observe,
  ) {}

  /** Counts work; ends the reading when there was too much. */
  charge(steps: number): void {
    this.steps += steps;
    if (this.steps > MAX_STEPS) this.tooManySteps();
  }

  enter(node: TS.Node, scope: Scope, ours = false): void {
    if (this.calls.length >= MAX_CALL_DEPTH)
      reject("MCU1011", spanOf(node, scope), { depth: MAX_CALL_DEPTH });
    this.calls.push({ node, scope, ours });
  }

  leave(): void {
    this.calls.pop();
  }

  /** Rejects the model at the call in progress. */
  reject<C extends Code>(code: C, parameters: Parameters<C>, related?: readonly Related[]): never {
    const call = this.calls.at(-1);
    return reject(code, call && spanOf(call.node, call.scope), parameters, related);
  }

  /** The last calls between functions of the model that led here, innermost first. */
  callers(): readonly Related[] {
    const innermost = this.calls.filter((call) => call.ours).slice(-3);
    return innermost
      .reverse()
      .map((call) => ({ message: "called from here", place: spanOf(call.node, call.scope) }));
  }

  /** Of nested loops, the one with the most rounds is the one that does not end. */
  private tooManySteps(): never {
    const [busiest] = [...this.loops].sort((a, b) => b.rounds - a.rounds);
    if (!busiest) return this.reject("MCU1012", { steps: MAX_STEPS });
    return reject("MCU1010", headOf(busiest.node, busiest.scope), { steps: MAX_STEPS });
  }
}

/** Property or element -> where its value was written, per object. */
export class Spans {
  private readonly table = new WeakMap<object, Map<string, Span>>();

  get(object: object, key: string): Span | undefined {
    return this.table.get(object)?.get(key);
  }

  set(object: object, key: string, span: Span | undefined): void {
    if (!span) return;
    const known = this.table.get(object);
    if (known) known.set(key, span);
    else this.table.set(object, new Map([[key, span]]));
  }

  /** After the elements of an array were moved. */
  forget(object: object): void {
    this.table.delete(object);
  }

  knows(object: object): boolean {
    return this.table.has(object);
  }
}

export function spanOf(node: TS.Node, scope: Scope): Span {
  const { source, file } = scope.unit;
  return { file, start: node.getStart(source), end: node.end };
}

/** A loop without its body: `while (…)`. */
function headOf(node: TS.Node, scope: Scope): Span {
  const span = spanOf(node, scope);
  if (ts.isDoStatement(node)) return { ...span, end: span.start + "do".length };
  const body = (node as TS.IterationStatement).statement;
  const head = scope.unit.source.text.slice(span.start, body.getStart(scope.unit.source)).trimEnd();
  return { ...span, end: span.start + head.length };
}
