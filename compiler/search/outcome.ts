/** What the two stages of the search find out, as they are saved and reported. */

import type { Choosable } from "../../dsl/choices.js";
import type { Quantity } from "../limits/limits.js";
import type { Cost } from "./cost.js";

/** Answers by the choices' names, as in JSON. */
export type Answers = Readonly<Record<string, Choosable>>;

/** Networks drawn from one combination of the grid's choices. */
export interface SubSpace {
  readonly grid: Answers;
  readonly drawn: number;
  /** MACs of those that keep all limits, ascending. */
  readonly macs: readonly number[];
  /** How many of the others break which limit first. */
  readonly broken: Readonly<Partial<Record<Quantity, number>>>;
}

/** Stage 1 (Lin et al., NeurIPS 2020, section 3.1): sub-spaces, the best first: see grid/sub-spaces.ts. */
export interface GridOutcome {
  readonly network: string;
  readonly board: string;
  readonly limits: string;
  readonly streaming: "chosen" | "off";
  readonly seed: number;
  readonly samples: number;
  readonly subSpaces: readonly SubSpace[];
}

export interface Scored {
  readonly answers: Answers;
  readonly cost: Cost;
  /** Of the evaluator; larger is better: accuracy in per cent, or MACs in millions. */
  readonly score: number;
  /** 0: of the first population. */
  readonly generation: number;
}

export interface Generation {
  /** Best and mean score of the population. */
  readonly best: number;
  readonly mean: number;
  /** Networks scored so far, and those that were drawn and did not fit. */
  readonly scored: number;
  readonly rejected: number;
}

/** Stage 2: evolution. */
export interface EvolutionOutcome {
  readonly network: string;
  readonly board: string;
  readonly limits: string;
  readonly seed: number;
  /** What `score` is: `accuracy (%)`. */
  readonly measure: string;
  readonly generations: readonly Generation[];
  /** Nobody is better in score, latency, SRAM and flash at once; the best score first: the winner. */
  readonly front: readonly Scored[];
  /** Everything that was scored, for the picture. */
  readonly all: readonly Scored[];
}
