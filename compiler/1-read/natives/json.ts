/** `JSON.stringify` for models. */

import { MAX_TEXT } from "../bounds.js";
import type { Evaluation } from "../evaluation.js";
import { describe, isPlain, isPrimitive } from "../values.js";
import { boundText, demandPrimitives } from "./method.js";

/** @param given as JSON.stringify's, without a replacer */
export function stringify(evaluation: Evaluation, given: any[]): unknown {
  const [value, replacer, indent] = given;
  if (replacer !== undefined && replacer !== null) {
    evaluation.reject("MCU1001", {
      what: "a replacer of JSON.stringify is",
      help: "build the object that is to be written",
    });
  }
  demandPrimitives(evaluation, [indent], "as the indentation of JSON.stringify");
  const depth = typeof indent === "number" || typeof indent === "string" ? 10 : 0;
  boundText(evaluation, measure(evaluation, value, depth, 1, []));
  return JSON.stringify(value, null, indent);
}

/** An upper bound of the text's length, counted without making it: shared objects can make it exponential. */
function measure(
  evaluation: Evaluation,
  value: unknown,
  indent: number,
  depth: number,
  outer: unknown[],
): number {
  evaluation.charge(1);
  // Every UTF-16 unit may become an escape of six.
  if (typeof value === "string") return 6 * value.length + 2;
  if (isPrimitive(value)) return 25;
  if (typeof value === "function") return 4;
  const known = Array.isArray(value) || isPlain(value, evaluation);
  if (!known || outer.includes(value) || "toJSON" in value) {
    const found = outer.includes(value) ? "an object that contains itself" : describe(value, evaluation);
    return evaluation.reject("MCU1034", { found, where: "in JSON.stringify" });
  }
  const line = 6 + indent * depth;
  const inner = [...outer, value];
  return Object.entries(value).reduce((sum, [key, one]) => {
    const length = sum + line + 6 * key.length + measure(evaluation, one, indent, depth + 1, inner);
    if (length > MAX_TEXT) boundText(evaluation, length);
    return length;
  }, line);
}
