/** The methods of arrays that models can call. */

import type { Evaluation } from "../evaluation.js";
import {
  boundElements,
  boundText,
  chargeElements,
  demandPrimitives,
  type Method,
  type Methods,
} from "./method.js";

type Any = any[];

const readers =
  "at entries every filter find findIndex findLast findLastIndex forEach includes indexOf keys lastIndexOf map reduce reduceRight slice some values";
const movers = "copyWithin fill pop reverse shift";

const native = (target: Any, name: string, given: Any): unknown => (target as any)[name](...given);

const reader = (name: string): Method<Any> =>
  function (evaluation, target, given) {
    chargeElements(evaluation, target.length);
    return native(target, name, given);
  };

/** Changes the array; the places of its elements are forgotten, since they move. */
const mover = (name: string, grows: boolean): Method<Any> =>
  function (evaluation, target, given) {
    boundElements(evaluation, target.length + (grows ? given.length : 0));
    chargeElements(evaluation, target.length);
    evaluation.spans.forget(target);
    return native(target, name, given);
  };

/** Array methods that change their array. */
export const mutators: ReadonlySet<string> = new Set([
  ...movers.split(" "),
  "push",
  "unshift",
  "splice",
  "sort",
]);

export const arrayMethods: Methods<Any> = new Map<string, Method<Any>>([
  ...readers.split(" ").map((name) => [name, reader(name)] as const),
  ...movers.split(" ").map((name) => [name, mover(name, false)] as const),
  ["unshift", mover("unshift", true)],
  ["splice", mover("splice", true)],
  ["push", push],
  ["concat", (evaluation, target, given) => concat(evaluation, [target, ...given])],
  ["flat", (evaluation, target, [depth = 1]) => flat(evaluation, target, Number(depth))],
  ["flatMap", (evaluation, target, [callback]) => concat(evaluation, target.map(callback))],
  [
    "join",
    (evaluation, target, [separator = ","]) => {
      demandPrimitives(evaluation, [...target, separator], "in text");
      const length = target.reduce((sum: number, part) => sum + String(part).length, 0);
      boundText(evaluation, length + target.length * String(separator).length);
      chargeElements(evaluation, target.length);
      return target.join(separator);
    },
  ],
  [
    "sort",
    (evaluation, target, [compare]) => {
      if (compare === undefined) demandPrimitives(evaluation, target, "where elements are sorted as text");
      chargeElements(evaluation, target.length * Math.ceil(Math.log2(target.length + 2)));
      evaluation.spans.forget(target);
      return target.sort(compare);
    },
  ],
]);

/** Not charged by the array's length: appending does not visit what is there. */
function push(evaluation: Evaluation, target: Any, given: Any): number {
  boundElements(evaluation, target.length + given.length);
  return target.push(...given);
}

function concat(evaluation: Evaluation, parts: readonly unknown[]): unknown[] {
  const result: unknown[] = [];
  for (const part of parts) {
    const elements = Array.isArray(part) ? part : [part];
    boundElements(evaluation, result.length + elements.length);
    chargeElements(evaluation, elements.length);
    for (const element of elements) result.push(element);
  }
  return result;
}

/** Charged for every visit: an array can hold the same one many times, so that its flat length is exponential. */
function flat(evaluation: Evaluation, array: Any, depth: number, result: unknown[] = []): unknown[] {
  chargeElements(evaluation, array.length);
  for (const element of array) {
    if (Array.isArray(element) && depth >= 1) flat(evaluation, element, depth - 1, result);
    else result.push(element);
    boundElements(evaluation, result.length);
  }
  return result;
}
