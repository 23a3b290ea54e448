/** Choices as Python asks for them. */

import type { Choosable } from "../../../dsl/choices.js";
import { literal } from "./python.js";
import type { Atom } from "./program.js";

export const choiceText = (name: string): string => `choices[${literal(name)}]`;

/** `choices["stages.0.depth"] >= 2` */
export function conditionText({ choice, allowed }: Atom): string {
  const asked = choiceText(choice.name);
  const { domain } = choice;
  if (allowed.length === 1 && typeof allowed[0] === "boolean") return allowed[0] ? asked : `not ${asked}`;
  if (allowed.length === 1) return `${asked} == ${literal(allowed[0])}`;
  if (domain.every((value): value is number => typeof value === "number")) {
    const inside = (holds: (value: Choosable) => boolean) =>
      domain.every((value) => holds(value) === allowed.includes(value));
    const [least, most] = [Math.min(...(allowed as number[])), Math.max(...(allowed as number[]))];
    if (inside((value) => (value as number) >= least)) return `${asked} >= ${literal(least)}`;
    if (inside((value) => (value as number) <= most)) return `${asked} <= ${literal(most)}`;
  }
  return `${asked} in ${literal(allowed)}`;
}
