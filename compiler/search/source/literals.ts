/** Values and types of answers, as source. */

import type { Choosable } from "../../../dsl/choices.js";
import { ts, type TS } from "../../1-read/typescript.js";

export const literal = (value: Choosable): string =>
  typeof value === "string" ? JSON.stringify(value) : Object.is(value, -0) ? "-0" : String(value);

/** May stand behind a dot, and before a colon. */
export const isWord = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text) && text !== "__proto__";

/** The type that a call of `choose` has, where it is one of numbers, texts and booleans; otherwise `any`: that of a type parameter. */
export function typeOf(node: TS.Expression, checker: TS.TypeChecker): string {
  const type = checker.getTypeAtLocation(node);
  const parts = type.isUnion() ? type.types : [type];
  const plain = ts.TypeFlags.NumberLike | ts.TypeFlags.StringLike | ts.TypeFlags.BooleanLike;
  const isPlain = parts.every((part) => part.flags & plain && !(part.flags & ts.TypeFlags.EnumLike));
  return isPlain ? checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation) : "any";
}
