/**
 * Stage 1 of TinyNAS (Lin et al., MCUNet, NeurIPS 2020, section 3.1): which sub-space is worth searching. Networks are drawn from each;
 * those that keep the limits are counted, and the sub-space whose have the most multiply-accumulates on average is taken.
 */

import type { Choice } from "../../../dsl/choices.js";
import { diagnostic, type Diagnostic } from "../../diagnostics/diagnostic.js";
import { answersText } from "../evaluators/evaluator.js";
import type { Answers, SubSpace } from "../outcome.js";
import { Failure, Pool } from "../pool.js";
import type { SpaceOptions } from "../space.js";
import { combinations, joined, ranked, shuffled, subSpaceOf } from "./sub-spaces.js";
import type { Draws, Drawn, GridSetup } from "./worker.js";

export interface GridOptions {
  readonly file: string;
  readonly options: SpaceOptions;
  readonly streaming: GridSetup["streaming"];
  /** The grid's choices. */
  readonly grid: readonly Choice[];
  /** Answers to other choices, which all networks share. */
  readonly fixed?: Answers;
  readonly seed: number;
  /** Networks of each sub-space. */
  readonly samples: number;
  readonly workers: number;
  /** Sub-spaces of an earlier run. */
  readonly saved?: readonly SubSpace[];
  /** Is given all that are done when one more is. */
  onSubSpace?(done: readonly SubSpace[]): void;
  /** Networks drawn, of all. */
  onProgress?(drawn: number): void;
  /** Is told of members that are left out, and why. */
  warn(diagnostics: readonly Diagnostic[]): void;
}

/** Networks drawn at a time. */
const CHUNK = 20;

/** @returns sub-spaces, the best first: the same for the same seed, whatever the workers and the interruptions */
export async function exploreGrid(given: GridOptions): Promise<SubSpace[]> {
  const { file, options, streaming, fixed = {}, seed, samples } = given;
  const done = new Map((given.saved ?? []).map((one) => [JSON.stringify(one.grid), one]));
  const open = shuffled(combinations(given.grid), seed).filter((one) => !done.has(JSON.stringify(one)));
  if (open.length > 0) {
    const setup: GridSetup = { file, options, streaming, fixed, seed };
    const pool = await Pool.open<Draws, Drawn>(new URL("./worker.js", import.meta.url), setup, given.workers);
    try {
      await drawAll(pool, open, given, done);
    } finally {
      await pool.close();
    }
  }
  given.onProgress?.(samples * done.size);
  return ranked([...done.values()]);
}

async function drawAll(
  pool: Pool<Draws, Drawn>,
  open: readonly Answers[],
  given: GridOptions,
  done: Map<string, SubSpace>,
): Promise<void> {
  const { samples } = given;
  const tasks = open.flatMap((grid) => chunksOf(grid, 0, samples, CHUNK));
  const parts = new Map(open.map((grid) => [JSON.stringify(grid), [] as (Drawn | undefined)[]]));
  const before = done.size * samples;
  let drawn = 0;
  const settle = (task: Draws, result: Drawn | undefined): void => {
    const key = JSON.stringify(task.grid);
    parts.get(key)!.push(result);
    if (parts.get(key)!.length < Math.ceil(samples / CHUNK)) return;
    const complete = parts.get(key)!.filter((one) => one !== undefined);
    done.set(key, subSpaceOf(task.grid, complete));
    warnOfFaults(complete, given);
    given.onSubSpace?.([...done.values()]);
  };
  const failed: Draws[] = [];
  await pool.map(tasks, (index, result) => {
    const task = tasks[index];
    drawn += task.to - task.from;
    given.onProgress?.(before + drawn);
    if (result instanceof Failure) failed.push(task);
    else settle(task, result);
  });
  for (const task of failed) settle(task, await oneByOne(pool, task, given));
}

/** Something took a worker down: only that one is left out. */
async function oneByOne(pool: Pool<Draws, Drawn>, task: Draws, { warn }: GridOptions): Promise<Drawn> {
  const single = chunksOf(task.grid, task.from, task.to, 1);
  const results = await pool.map(single);
  const found = results.filter((one): one is Drawn => !(one instanceof Failure));
  results.forEach((one, index) => {
    if (!(one instanceof Failure)) return;
    const candidate = `sample ${single[index].from} of ${answersText(task.grid)}`;
    warn([diagnostic("MCU6050", undefined, { candidate, reason: one.reason })]);
  });
  return joined(found);
}

/** One warning a sub-space. */
function warnOfFaults(parts: readonly Drawn[], { warn, file }: GridOptions): void {
  const [first, ...others] = parts.flatMap(({ faults }) => faults);
  if (!first) return;
  const reason = others.length > 0 ? `${first.reason} (and ${others.length} more)` : first.reason;
  warn([
    diagnostic("MCU6050", first.place ?? { file }, {
      candidate: `the member ${answersText(first.answers)}`,
      reason,
    }),
  ]);
}

function chunksOf(grid: Answers, from: number, to: number, size: number): Draws[] {
  const chunks: Draws[] = [];
  for (let first = from; first < to; first += size)
    chunks.push({ grid, from: first, to: Math.min(to, first + size) });
  return chunks;
}
