/** How built-in methods are made available: by name, charged for what they visit, their results bounded. */

import { CHARACTERS_PER_STEP, ELEMENTS_PER_STEP, MAX_ELEMENTS, MAX_TEXT } from "../bounds.js";
import type { Evaluation } from "../evaluation.js";
import { describe, isPrimitive } from "../values.js";

export type Method<T> = (evaluation: Evaluation, target: T, given: any[]) => unknown;

export type Methods<T> = ReadonlyMap<string, Method<T>>;

/** Visits of `count` array elements by a built-in method. */
export function chargeElements(evaluation: Evaluation, count: number): void {
  evaluation.charge(1 + count / ELEMENTS_PER_STEP);
}

function chargeText(evaluation: Evaluation, length: number): void {
  evaluation.charge(1 + length / CHARACTERS_PER_STEP);
}

export function boundElements(evaluation: Evaluation, count: number, what = "an array"): void {
  if (count > MAX_ELEMENTS) evaluation.reject("MCU1013", { what, limit: MAX_ELEMENTS });
}

/** Bounds a text that is about to be made, and charges for it. */
export function boundText(evaluation: Evaluation, length: number): void {
  if (length > MAX_TEXT) evaluation.reject("MCU1013", { what: "text", limit: MAX_TEXT });
  chargeText(evaluation, length);
}

/** Built-in functions turn objects into text or numbers on their own; that is never meant, and can be made to take forever. */
export function demandPrimitives(evaluation: Evaluation, given: readonly unknown[], where: string): void {
  for (const value of given) {
    if (!isPrimitive(value)) evaluation.reject("MCU1034", { found: describe(value, evaluation), where });
  }
}
