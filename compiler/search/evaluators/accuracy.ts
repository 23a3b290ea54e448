/** Scores networks by their accuracy with the weights of a super-network, on several processes. */

import { Failure, Pool } from "../pool.js";
import type { Space } from "../space.js";
import type { AccuracySetup, AccuracyTask } from "./accuracy-worker.js";
import { atMost, failed, type Evaluator, type Warn } from "./evaluator.js";

export interface AccuracyOptions {
  readonly supernet: string;
  readonly data: string;
  readonly workers: number;
  readonly warn: Warn;
}

/** How many networks of one generation are named when they fail. */
const mostWarnings = 5;

/** @throws Rejected where the super-network or the data cannot be read */
export async function openAccuracyEvaluator(
  { file, options }: Space,
  { supernet, data, workers, warn }: AccuracyOptions,
): Promise<Evaluator> {
  const module = new URL(import.meta.url.replace(/accuracy(\.\w+)$/, "accuracy-worker$1"));
  const setup: AccuracySetup = { file, options, supernet, data };
  const pool = await Pool.open<AccuracyTask, number>(module, setup, workers);
  return {
    measure: "accuracy (%)",
    async score(candidates, onDone) {
      let done = 0;
      const tasks = candidates.map(({ answers }) => ({ answers }));
      const results = await pool.map(tasks, () => onDone?.(++done));
      const tell = atMost(mostWarnings, warn);
      return results.map((result, index) =>
        result instanceof Failure ? failed(candidates[index], result.reason, tell, file) : result,
      );
    },
    close: () => pool.close(),
  };
}
