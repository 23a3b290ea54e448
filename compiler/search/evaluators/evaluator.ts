/** What scores networks for the second stage of the search. */

import { diagnostic, type Diagnostic } from "../../diagnostics/diagnostic.js";
import type { Cost } from "../cost.js";
import type { Answers } from "../outcome.js";
import { Failure } from "../pool.js";

export interface Scorable {
  /** Of this network alone in the whole search. */
  readonly id: number;
  readonly answers: Answers;
  readonly cost: Cost;
}

export interface Evaluator {
  /** What the scores are, for people: `accuracy (%)`. Larger is better. */
  readonly measure: string;
  /**
   * One call at a time. Why a network has no score is told to whom the evaluator was given as `warn`.
   * @param onDone is told how many are done, those that failed included
   * @returns finite, in the order of the candidates
   * @throws Rejected where no network can be scored any more
   */
  score(
    candidates: readonly Scorable[],
    onDone?: (done: number) => void,
  ): Promise<readonly (number | Failure)[]>;
  close(): Promise<void>;
}

export type Warn = (warning: Diagnostic) => void;

/** As messages name a network. */
export function candidateText({ id, answers }: Pick<Scorable, "id" | "answers">): string {
  return `network ${id} (${answersText(answers)})`;
}

export const answersText = (answers: Answers): string =>
  Object.entries(answers)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(", ");

/** A failure that stands for itself: the network was asked for, and the answer is why there is none. */
export function failed(candidate: Scorable, reason: string, warn: Warn, file?: string): Failure {
  const place = file === undefined ? undefined : { file };
  warn(diagnostic("MCU6047", place, { candidate: candidateText(candidate), what: "scored", reason }));
  return new Failure(reason);
}

/** What is wrong with every network of a hundred is said a few times. */
export function atMost(count: number, warn: Warn): Warn {
  let left = count;
  return (warning) => {
    if (left-- > 0) warn(warning);
  };
}
