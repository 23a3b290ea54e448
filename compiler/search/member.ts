/** Members of a search space: one way to answer its choices, and the network that this gives. */

import type { Choice, Choosable } from "../../dsl/choices.js";
import type { Net } from "../../dsl/graph.js";

/** Answers by the choices' names. */
export type Assignment = ReadonlyMap<string, Choosable>;

export interface Member {
  /** Answers of the choices that were asked, and no others, in that order. */
  readonly values: Assignment;
  /** Those choices. */
  readonly choices: readonly Choice[];
  readonly net: Net;
}

/** Equal for equal answers, whatever their order. */
export function keyOf(values: Assignment): string {
  return JSON.stringify([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As it stands in JSON. */
export const recordOf = (values: Assignment): Readonly<Record<string, Choosable>> =>
  Object.fromEntries(values);

export const assignmentOf = (record: Readonly<Record<string, Choosable>>): Assignment =>
  new Map(Object.entries(record));
