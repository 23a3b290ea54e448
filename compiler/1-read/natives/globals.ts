/** The global names of the model language, and the members of global functions: `Number.isInteger`, `Object.keys`. */

import type { Evaluation } from "../evaluation.js";
import { checkWritable, ownProperties } from "../members.js";
import type { Scope } from "../scope.js";
import type { TS } from "../typescript.js";
import { describe, toList, toText, type Plain } from "../values.js";
import { stringify } from "./json.js";
import { boundElements, chargeElements, demandPrimitives } from "./method.js";

type Native = (...given: any[]) => unknown;

/** Members of the global functions of a model, and of Math and JSON. */
export const statics = new WeakMap<object, Plain>();

const mathFunctions =
  "abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc";
const mathConstants = "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2";
const numberConstants =
  "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY";

const pick = (from: object, names: string): Plain =>
  Object.fromEntries(names.split(" ").map((name) => [name, (from as Plain)[name]]));

/** The globals for one reading: their functions report to its evaluation. */
export function globalsOf(evaluation: Evaluation): ReadonlyMap<string, unknown> {
  const spot = (): [TS.Node, Scope] => here(evaluation);
  const ofPrimitives =
    (native: Native): Native =>
    (...given) => {
      demandPrimitives(evaluation, given, "as a number or text");
      return native(...given);
    };
  const properties = (value: unknown): readonly string[] => ownProperties(value, ...spot());

  const math = Object.fromEntries(
    mathFunctions.split(" ").map((name) => [name, ofPrimitives((Math as any)[name])] as const),
  );
  const object = {
    keys: (value: any) => [...properties(value)],
    values: (value: any) => properties(value).map((key) => value[key]),
    entries: (value: any) => properties(value).map((key) => [key, value[key]]),
    fromEntries: (entries: unknown) => fromEntries(evaluation, toList(entries, ...spot())),
    hasOwn: (value: any, key: any) => properties(value).includes(String(key)),
    is: Object.is,
    freeze: (value: any) => (typeof value === "function" ? value : Object.freeze(value)),
    assign: (target: any, ...sources: any[]) => {
      checkWritable(target, ...spot());
      properties(target);
      for (const source of sources)
        if (source != null) for (const key of properties(source)) target[key] = source[key];
      return target;
    },
  };
  const array = {
    isArray: Array.isArray,
    of: (...elements: unknown[]) => elements,
    from: (source: unknown, map?: (value: unknown, index: number) => unknown) => {
      const elements = arrayFrom(evaluation, source, ...spot());
      return map === undefined ? elements : elements.map((element, index) => map(element, index));
    },
  };
  const number = {
    ...pick(Number, numberConstants),
    isFinite: Number.isFinite,
    isInteger: Number.isInteger,
    isNaN: Number.isNaN,
    isSafeInteger: Number.isSafeInteger,
    parseFloat: ofPrimitives(parseFloat),
    parseInt: ofPrimitives(parseInt as Native),
  };

  const withStatics = (native: Native, members: Plain): Native => {
    statics.set(native, Object.freeze(members));
    return native;
  };
  const globals: Record<string, unknown> = {
    undefined,
    NaN,
    Infinity,
    Math: { ...pick(Math, mathConstants), ...math },
    JSON: { stringify: (...given: any[]) => stringify(evaluation, given) },
    Object: withStatics(() => evaluation.reject("MCU1001", calledAs("Object", "{}")), object),
    Array: withStatics((...given) => makeArray(evaluation, given), array),
    String: withStatics((...given) => (given.length === 0 ? "" : toText(given[0], ...spot())), {
      fromCharCode: ofPrimitives(String.fromCharCode),
    }),
    Number: withStatics(
      ofPrimitives((...given) => Number(...(given as [any]))),
      number,
    ),
    Boolean: withStatics((value) => Boolean(value), {}),
    parseFloat: number.parseFloat,
    parseInt: number.parseInt,
    isNaN: ofPrimitives(isNaN),
    isFinite: ofPrimitives(isFinite),
    Map: () => evaluation.reject("MCU1001", calledAs("Map", "new Map()")),
    Set: () => evaluation.reject("MCU1001", calledAs("Set", "new Set()")),
    Error: (message: unknown) => makeError(evaluation, message),
  };
  for (const namespace of [globals.Math, globals.JSON] as Plain[]) {
    statics.set(namespace, namespace);
    evaluation.foreign.add(namespace);
  }
  const functions = [
    globals,
    math,
    object,
    array,
    number,
    globals.JSON,
    statics.get(globals.String as Native),
  ];
  for (const one of functions.flatMap((members) => Object.values(members as Plain))) {
    if (typeof one === "function") evaluation.natives.add(one);
  }
  return new Map(Object.entries(globals));
}

/** The globals that can be called with `new`. */
export const constructors: Readonly<Record<string, (evaluation: Evaluation, given: any[]) => unknown>> = {
  Array: makeArray,
  Error: (evaluation, [message]) => makeError(evaluation, message),
  Map(evaluation, [entries]) {
    return new Map(entries === undefined || entries === null ? [] : pairs(evaluation, entries));
  },
  Set(evaluation, [elements]) {
    return new Set(elements === undefined || elements === null ? [] : toList(elements, ...here(evaluation)));
  },
};

/** The call in progress. */
function here(evaluation: Evaluation): [TS.Node, Scope] {
  const call = evaluation.calls.at(-1)!;
  return [call.node, call.scope];
}

const calledAs = (name: string, instead: string) => ({
  what: `${name}() without new is`,
  help: `write ${instead}`,
});

function makeArray(evaluation: Evaluation, given: any[]): unknown[] {
  if (given.length === 1 && typeof given[0] === "number") boundElements(evaluation, given[0]);
  return Array(...given);
}

function makeError(evaluation: Evaluation, message: unknown): Error {
  demandPrimitives(evaluation, [message], "as the message of an Error");
  return new Error(message === undefined ? "" : String(message));
}

function arrayFrom(evaluation: Evaluation, source: unknown, ...spot: [TS.Node, Scope]): unknown[] {
  const length = (source as Plain | undefined)?.length;
  if (typeof source !== "object" || Array.isArray(source) || typeof length !== "number") {
    return toList(source, ...spot);
  }
  boundElements(evaluation, length);
  const keys = ownProperties(source, ...spot);
  chargeElements(evaluation, Math.max(0, length));
  const elements: unknown[] = Array(Math.max(0, Math.trunc(length) || 0)).fill(undefined);
  for (const key of keys) if (Number(key) in elements) elements[Number(key)] = (source as Plain)[key];
  return elements;
}

function pairs(evaluation: Evaluation, entries: unknown): [unknown, unknown][] {
  return toList(entries, ...here(evaluation)).map((entry) => {
    if (!Array.isArray(entry)) {
      evaluation.reject("MCU1034", {
        found: describe(entry, evaluation),
        where: "where a pair [key, value] is expected",
      });
    }
    return [entry[0], entry[1]];
  });
}

function fromEntries(evaluation: Evaluation, entries: unknown): Plain {
  const result: Plain = {};
  for (const [key, value] of pairs(evaluation, entries)) {
    demandPrimitives(evaluation, [key], "as a property name");
    if (String(key) === "__proto__") evaluation.reject("MCU1003", { key: "__proto__", of: "an object" });
    result[String(key)] = value;
  }
  return result;
}
