/** Draws networks from a sub-space and tells which keep the limits. */

import type { Quantity } from "../../limits/limits.js";
import { Rejected, type Place } from "../../diagnostics/diagnostic.js";
import { Costs } from "../costs.js";
import { assignmentOf, recordOf } from "../member.js";
import type { Answers, GridOutcome } from "../outcome.js";
import { randomOf } from "../random.js";
import { Space, type SpaceOptions } from "../space.js";

export interface GridSetup {
  readonly file: string;
  readonly options: SpaceOptions;
  readonly streaming: GridOutcome["streaming"];
  /** Answers that all networks share. */
  readonly fixed: Answers;
  readonly seed: number;
}

/** Samples `from` .. `to` - 1 of a sub-space. */
export interface Draws {
  readonly grid: Answers;
  readonly from: number;
  readonly to: number;
}

interface Fault {
  readonly answers: Answers;
  readonly reason: string;
  readonly place: Place | undefined;
}

export interface Drawn {
  /** MACs of those that keep all limits. */
  readonly macs: readonly number[];
  readonly broken: Readonly<Partial<Record<Quantity, number>>>;
  /** Members that are no network. */
  readonly faults: readonly Fault[];
}

export async function open({
  file,
  options,
  streaming,
  fixed,
  seed,
}: GridSetup): Promise<(task: Draws) => Drawn> {
  const space = new Space(file, options);
  const costs = new Costs(space, { streaming });
  return ({ grid, from, to }) => {
    const macs: number[] = [];
    const broken: Partial<Record<Quantity, number>> = {};
    const faults: Fault[] = [];
    for (let sample = from; sample < to; sample++) {
      const random = randomOf(seed, "grid", JSON.stringify(grid), sample);
      let answers = grid;
      try {
        const member = space.random(random, assignmentOf({ ...fixed, ...grid }));
        answers = recordOf(member.values);
        const verdict = costs.verdict(member);
        if (verdict.breaks === undefined) macs.push(verdict.macs);
        else broken[verdict.breaks] = (broken[verdict.breaks] ?? 0) + 1;
      } catch (error) {
        if (!(error instanceof Rejected)) throw error;
        const { message: reason, place } = error.diagnostics[0];
        faults.push({ answers, reason, place });
      }
    }
    return { macs, broken, faults };
  };
}
