/**
 * Layers whose code is the same: networks repeat blocks, and flash holds the code of equal layers once. Their constant arrays
 * become parameters of the function, and so do those numbers at its head that differ, such as the factors of an addition.
 */

import { Constant, type KernelFunction, type Statement } from "../ir/loop.js";

/** Code of a step. */
export interface Coded {
  readonly code: KernelFunction;
  /** What may overlap. */
  readonly inPlace: boolean;
}

/** A function of the emitted C. */
export interface SharedFunction {
  /** Indices of the steps that call it, ascending; one for most. */
  readonly members: readonly number[];
  /** Where there are several: integers that it declares first and that differ, by name; parameters behind the constants. */
  readonly numbers: readonly string[];
}

/** Every step is the member of one function; in the order of their first members. */
export function sharedFunctions(steps: readonly Coded[]): SharedFunction[] {
  const byKey = new Map<string, number[]>();
  steps.forEach((step, index) => {
    const key = keyOf(step);
    const members = byKey.get(key);
    if (members) members.push(index);
    else byKey.set(key, [index]);
  });
  return [...byKey.values()].map((members) => {
    const values = members.map((index) => numbersOf(steps[index].code));
    const names = [...values[0].keys()];
    return {
      members,
      numbers: names.filter((name) => values.some((one) => one.get(name) !== values[0].get(name))),
    };
  });
}

/** Bytes of code that the steps do not take because they share it. */
export function sharedBytes(steps: readonly (Coded & { readonly codeBytes: number })[]): number {
  return sharedFunctions(steps).reduce((sum, { members, numbers }) => {
    const others = members.slice(1).map((index) => steps[index]);
    return (
      sum + others.reduce((saved, one) => saved + one.codeBytes - callBytes(one.code, numbers.length), 0)
    );
  }, 0);
}

/** Arguments of a call: what every function takes, and what a shared one takes more. */
export function argumentCount(code: KernelFunction, { members, numbers }: SharedFunction): number {
  return code.parameters.length + (members.length > 1 ? code.constants.length + numbers.length : 0);
}

/** Estimated machine code of a call that passes constants and numbers: MOVW and MOVT of each, and often a store. */
export function callBytes({ constants, parameters }: KernelFunction, numbers: number): number {
  return 4 * (1 + parameters.length) + 10 * (constants.length + numbers);
}

type Declaration = Extract<Statement, { kind: "declare" }> & { readonly value: Constant };

/** Whether a statement of a function's outermost block gives an integer a name, for good. */
export function isNumber(one: Statement): one is Declaration {
  return (
    one.kind === "declare" && !one.mutable && one.value instanceof Constant && one.variable.type === "int32"
  );
}

/** The integers that a function names in its outermost block: its own by their names. */
export function numbersOf({ body }: KernelFunction): Map<string, number> {
  return new Map(body.filter(isNumber).map(({ variable, value }) => [variable.name, value.value]));
}

/** Code is planned and lowered again and again. */
const known = new WeakMap<KernelFunction, string>();

/** The same for functions whose C is, but for the numbers, with names for their constants. */
function keyOf({ code, inPlace }: Coded): string {
  let text = known.get(code);
  if (text === undefined) known.set(code, (text = textOf(code)));
  return `${inPlace} ${text}`;
}

/** Assembly follows from the statements, and an instruction from its name. */
function textOf({ parameters, constants, body }: KernelFunction): string {
  const arrays = constants.map(({ name, element }) => [name, element]);
  const statements = body.map((one) => (isNumber(one) ? { number: one.variable.name } : one));
  return JSON.stringify([parameters, arrays, statements], (key, value) => {
    if (key === "assembly") return undefined;
    if (key === "instruction") return value.name;
    // JSON has one word for all that is not finite, and no sign at zero.
    return typeof value === "number" && (!Number.isFinite(value) || value === 0)
      ? `${Object.is(value, -0) ? "-" : ""}${value}`
      : value;
  });
}
