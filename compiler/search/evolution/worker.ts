/** A worker that says what networks cost, and which do not fit. */

import type { Cost } from "../cost.js";
import { Costs } from "../costs.js";
import type { Quantity } from "../../limits/limits.js";
import { assignmentOf } from "../member.js";
import type { Answers } from "../outcome.js";
import { Pool, type Failure } from "../pool.js";
import { Space, type SpaceOptions } from "../space.js";

export interface CostSetup {
  readonly file: string;
  readonly options: SpaceOptions;
}

export interface CostTask {
  readonly answers: Answers;
}

export type CostResult = { readonly cost: Cost } | { readonly breaks: Quantity };

/** As a `Pool` is one. */
export interface CostPool {
  map(tasks: readonly CostTask[]): Promise<readonly (CostResult | Failure)[]>;
}

export async function open({ file, options }: CostSetup): Promise<(task: CostTask) => CostResult> {
  const space = new Space(file, options);
  const costs = new Costs(space);
  return ({ answers }) => {
    const member = space.member(assignmentOf(answers));
    const { breaks } = costs.verdict(member);
    if (breaks !== undefined) return { breaks };
    const { breaks: late, ...cost } = costs.of(member);
    return late === undefined ? { cost } : { breaks: late };
  };
}

export const openCostPool = (
  { file, options }: Space,
  workers: number,
): Promise<Pool<CostTask, CostResult>> =>
  Pool.open<CostTask, CostResult>(new URL(import.meta.url), { file, options } satisfies CostSetup, workers);
