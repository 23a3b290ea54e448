/** Which networks are worth having: those that none is better than in everything. */

import type { Cost } from "../cost.js";
import { assignmentOf, keyOf } from "../member.js";
import type { Scored } from "../outcome.js";

/** What a network is judged by, besides its score; less is better. */
const criteria = ["seconds", "sram", "flash"] as const satisfies readonly (keyof Cost)[];

/** The higher score first; of equal ones the faster, the smaller one. */
export function bestFirst(one: Scored, other: Scored): number {
  if (one.score !== other.score) return other.score - one.score;
  const different = criteria.find((name) => one.cost[name] !== other.cost[name]);
  if (different !== undefined) return one.cost[different] - other.cost[different];
  return keyOf(assignmentOf(one.answers)) < keyOf(assignmentOf(other.answers)) ? -1 : 1;
}

/** The Pareto front, the best score first. Of networks that are equal in everything it has one. */
export function frontOf(all: readonly Scored[]): Scored[] {
  const front: Scored[] = [];
  // Sorted, nothing that comes later has a higher score: what the front has so far decides by cost.
  for (const one of [...all].sort(bestFirst)) {
    const isNoBetter = (other: Scored) => criteria.every((name) => other.cost[name] <= one.cost[name]);
    if (!front.some(isNoBetter)) front.push(one);
  }
  return front;
}
