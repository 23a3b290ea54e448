/**
 * What models see of JavaScript: the methods of its values, its global functions and their members. A list of what is
 * allowed, so that nothing else is: no clock, no random numbers, no way to the machine.
 */

import type { Evaluation } from "../evaluation.js";
import { arrayMethods } from "./array.js";
import { mapMethods, setMethods } from "./collection.js";
import type { Method } from "./method.js";
import { booleanMethods, numberMethods, textMethods } from "./text.js";

export { mutators } from "./array.js";
export { constructors, globalsOf, statics } from "./globals.js";

/** The built-in method that `value.key(…)` calls, if models may. */
export function methodOf(value: unknown, key: string): Method<any> | undefined {
  if (typeof value === "string") return textMethods.get(key);
  if (typeof value === "number") return numberMethods.get(key);
  if (typeof value === "boolean") return booleanMethods.get(key);
  if (Array.isArray(value)) return arrayMethods.get(key);
  if (value instanceof Map) return mapMethods.get(key);
  if (value instanceof Set) return setMethods.get(key);
  return undefined;
}

/**
 * Calls a built-in function. What JavaScript itself throws (`toFixed(200)`, `reduce` of nothing) is the model's fault,
 * if it was not thrown by something that the function called back.
 */
export function callNative(evaluation: Evaluation, name: string, call: () => unknown): unknown {
  const frame = evaluation.calls.at(-1);
  try {
    return call();
  } catch (error) {
    const ours =
      evaluation.calls.at(-1) === frame && (error instanceof TypeError || error instanceof RangeError);
    if (!ours || isStackOverflow(error)) throw error;
    return evaluation.reject("MCU1022", { name, why: error.message });
  }
}

export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}
