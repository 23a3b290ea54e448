/** What happened to every expression of a model while one member of its space was read. */

import { choose, type Choosable } from "../../../dsl/choices.js";
import type { Program } from "../../1-read/program.js";
import { withoutTypes } from "../../1-read/references.js";
import { ts, type TS } from "../../1-read/typescript.js";
import type { Member } from "../member.js";
import type { Space } from "../space.js";
import { symbolOf } from "./dependents.js";

/** All values that an expression had. */
export interface Values {
  readonly last: unknown;
  /** Whether they were all the same. */
  readonly same: boolean;
  /** Whether they all count as true, or all as false; undefined: neither. */
  readonly truth: boolean | undefined;
}

/** Answers of one call of `choose`, by the choices' names. */
export type Answered = ReadonlyMap<string, Choosable>;

export interface Trace {
  /** undefined: the expression was never evaluated. */
  values(node: TS.Node): Values | undefined;
  /** The calls of `choose` that were reached. */
  readonly choices: ReadonlyMap<TS.CallExpression, Answered>;
}

/** Reads the member once more and watches. */
export function traceOf(space: Space, member: Member): Trace {
  const seen = new Map<TS.Node, Values>();
  const choices = new Map<TS.CallExpression, Map<string, Choosable>>();
  const { program } = space.model;
  const note = (node: TS.Node, value: unknown): void => {
    const known = seen.get(node);
    const truth = Boolean(value);
    seen.set(node, {
      last: value,
      same: known === undefined || (known.same && Object.is(known.last, value)),
      truth: known === undefined || known.truth === truth ? truth : undefined,
    });
  };
  const observe = (node: TS.Node, value?: unknown): void => {
    note(node, value);
    if (!ts.isCallExpression(node) || !isChoose(node, seen, program)) return;
    const name = nameOf(node, seen);
    if (name === undefined) return;
    const answers = choices.get(node) ?? new Map<string, Choosable>();
    choices.set(node, answers.set(name, value as Choosable));
  };
  space.model.read((choice) => member.values.get(choice.name)!, observe);
  return { values: (node) => seen.get(node), choices };
}

/** Also under another name: `import { choose as ask }`, `const ask = choose`, `mcu.choose`. */
function isChoose(node: TS.CallExpression, seen: ReadonlyMap<TS.Node, Values>, program: Program): boolean {
  return seen.get(node.expression)?.last === choose || dslFunctionOf(node, program) === "choose";
}

/** What the first argument was: it is evaluated once for each call. */
function nameOf(node: TS.CallExpression, seen: ReadonlyMap<TS.Node, Values>): string | undefined {
  const [first] = node.arguments;
  const value = ts.isSpreadElement(first) ? seen.get(first.expression)?.last : seen.get(first)?.last;
  const name = Array.isArray(value) ? value[0] : value;
  return typeof name === "string" ? name : undefined;
}

/** The name of a function of the DSL, where a call names one. */
export function dslFunctionOf(node: TS.CallExpression, { checker, sources }: Program): string | undefined {
  const callee = withoutTypes(node.expression);
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  const symbol = ts.isIdentifier(name) ? symbolOf(name, checker) : undefined;
  const file = symbol?.declarations?.[0]?.getSourceFile().fileName;
  return file !== undefined && !sources.has(file) && file.includes("/dsl/") ? symbol!.name : undefined;
}
