/** The methods of strings, numbers and booleans that models can call. */

import type { Evaluation } from "../evaluation.js";
import { boundElements, boundText, demandPrimitives, type Method, type Methods } from "./method.js";

const readers =
  "at charAt charCodeAt codePointAt endsWith includes indexOf lastIndexOf slice startsWith substring toLowerCase toUpperCase trim trimEnd trimStart toString";

const native = (target: unknown, name: string, given: unknown[]): unknown => (target as any)[name](...given);

/** @param size an upper bound of the result's length */
const method = (name: string, size: (target: string, given: any[]) => number): Method<string> =>
  function (evaluation, target, given) {
    demandPrimitives(evaluation, given, "as a text or a number");
    boundText(evaluation, size(target, given));
    return native(target, name, given);
  };

export const textMethods: Methods<string> = new Map<string, Method<string>>([
  ...readers.split(" ").map((name) => [name, method(name, (target) => target.length)] as const),
  [
    "concat",
    method("concat", (target, given) =>
      given.reduce((sum, part) => sum + String(part).length, target.length),
    ),
  ],
  ["padEnd", method("padEnd", (target, [length]) => Math.max(target.length, Number(length) || 0))],
  ["padStart", method("padStart", (target, [length]) => Math.max(target.length, Number(length) || 0))],
  ["repeat", method("repeat", (target, [count]) => target.length * (Number(count) || 0))],
  ["replace", (evaluation, target, given) => replace(evaluation, target, "replace", given)],
  ["replaceAll", (evaluation, target, given) => replace(evaluation, target, "replaceAll", given)],
  [
    "split",
    (evaluation, target, given) => {
      demandPrimitives(evaluation, given, "as a text or a number");
      boundText(evaluation, target.length);
      if (given[0] === "") boundElements(evaluation, target.length);
      const parts = target.split(given[0], given[1]);
      boundElements(evaluation, parts.length);
      return parts;
    },
  ],
]);

/** The replacement is a text, in which `$&` and the like stand for parts of the target, or a function. */
function replace(
  evaluation: Evaluation,
  target: string,
  name: "replace" | "replaceAll",
  given: any[],
): string {
  const [pattern, replacement] = given;
  demandPrimitives(evaluation, [pattern], "as the text to look for");
  if (typeof replacement === "function") {
    let length = target.length;
    const call = (...match: unknown[]): unknown => {
      const text = replacement(...match);
      demandPrimitives(evaluation, [text], "as text");
      boundText(evaluation, (length += String(text).length));
      return text;
    };
    return target[name](pattern, call as any);
  }
  demandPrimitives(evaluation, [replacement], "as text");
  const text = String(replacement);
  const matches = name === "replace" ? 1 : target.split(String(pattern)).length + 1;
  const piece = text.includes("$") ? text.length * target.length : text.length;
  boundText(evaluation, target.length + matches * piece);
  return target[name](pattern, text);
}

const plain = (name: string): readonly [string, Method<number | boolean>] => [
  name,
  (evaluation, target, given) => {
    demandPrimitives(evaluation, given, "as a number");
    return native(target, name, given);
  },
];

export const numberMethods: Methods<any> = new Map(
  ["toFixed", "toPrecision", "toExponential", "toString"].map(plain),
);
export const booleanMethods: Methods<any> = new Map([plain("toString")]);
