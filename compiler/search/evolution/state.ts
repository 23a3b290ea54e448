/** What evolution knows after a generation: enough to go on from there, as JSON. */

import { assignmentOf, keyOf } from "../member.js";
import type { Answers, Generation, Scored } from "../outcome.js";
import { bestFirst } from "./front.js";
import type { Settings } from "./settings.js";

export interface EvolutionState {
  readonly settings: Settings;
  /** Those that are over, the first population included. */
  readonly generations: readonly Generation[];
  /** In the order in which they were drawn. */
  readonly scored: readonly Scored[];
  /** The best of them, with what they pass on, the best first. */
  readonly parents: readonly Parent[];
  /** Keys of networks that fit and got no score; they are not tried again. */
  readonly failed: readonly string[];
}

export interface Parent {
  readonly scored: Scored;
  /** With answers that it is not asked for. */
  readonly genome: Answers;
}

export const nothingYet = (settings: Settings): EvolutionState => ({
  settings,
  generations: [],
  scored: [],
  parents: [],
  failed: [],
});

/** A generation that finds nothing new ends the search early: a small space is known by then. */
export function isOver({ generations }: EvolutionState, settings: Settings): boolean {
  const [before, last] = generations.slice(-2);
  return generations.length > settings.generations || (last !== undefined && last.scored === before.scored);
}

/** Networks that are not to be scored again. */
export function knownKeys({ scored, failed }: EvolutionState): Set<string> {
  return new Set([...scored.map(({ answers }) => keyOf(assignmentOf(answers))), ...failed]);
}

export interface Offspring {
  readonly scored: readonly Parent[];
  readonly failed: readonly string[];
  /** Networks that were drawn and do not fit. */
  readonly rejected: number;
}

export function withGeneration(
  state: EvolutionState,
  settings: Settings,
  offspring: Offspring,
): EvolutionState {
  const { generations } = state;
  const scored = [...state.scored, ...offspring.scored.map((one) => one.scored)];
  const sorted = [...state.parents, ...offspring.scored].sort((a, b) => bestFirst(a.scored, b.scored));
  const parents = sorted.slice(0, settings.parents);
  const population = offspring.scored.length > 0 ? offspring.scored : parents;
  const sum = population.reduce((all, one) => all + one.scored.score, 0);
  const generation: Generation = {
    best: parents[0].scored.score,
    mean: sum / population.length,
    scored: scored.length,
    rejected: (generations.at(-1)?.rejected ?? 0) + offspring.rejected,
  };
  return {
    settings,
    generations: [...generations, generation],
    scored,
    parents,
    failed: [...state.failed, ...offspring.failed],
  };
}
