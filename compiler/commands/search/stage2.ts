/** Stage 2 as a command: evolution, the state after every generation, the front, and its best networks as model files. */

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeOutput } from "../../files/write-outputs.js";
import { Accuracy } from "../../search/accuracy/index.js";
import { openAccuracyEvaluator } from "../../search/evaluators/accuracy.js";
import { openCommandEvaluator } from "../../search/evaluators/command.js";
import type { Evaluator } from "../../search/evaluators/evaluator.js";
import { sizeEvaluator } from "../../search/evaluators/size.js";
import {
  evolutionText,
  evolve,
  nothingYet,
  openCostPool,
  type EvolutionState,
  type Settings,
} from "../../search/evolution/index.js";
import { recordOf, type Assignment } from "../../search/member.js";
import type { EvolutionOutcome } from "../../search/outcome.js";
import { evolutionHtml } from "../../search/report/index.js";
import { loadState, saveState } from "../../search/state.js";
import { startProgress } from "../progress.js";
import type { SearchOptions } from "./options.js";
import { fingerprintOfSpace, type Subject } from "./subject.js";
import { writeBest, type Written } from "./winners.js";

/** At most so many networks are drawn for each that is wanted. */
const DRAWS = 100;

export interface Stage2 extends Omit<EvolutionOutcome, "all"> {
  readonly written: readonly Written[];
}

/** @param fixed answers that all networks share */
export async function stage2(subject: Subject, fixed: Assignment): Promise<Stage2> {
  const outcome = await evolved(subject, fixed);
  const { output, json } = subject.options;
  if (!json) process.stdout.write(evolutionText(outcome));
  const written = await writeBest(subject, outcome);
  const [best] = written;
  writeOutput(
    join(output, "stage2.html"),
    evolutionHtml(outcome, { quantizedAccuracy: best?.quantizedAccuracy }),
  );
  if (!json) process.stdout.write(written.map(writtenText).join(""));
  const { all: _, ...summary } = outcome;
  return { ...summary, written };
}

async function evolved(subject: Subject, fixed: Assignment): Promise<EvolutionOutcome> {
  const { space, options, warnings } = subject;
  const { output, seed, restart, workers } = options;
  await checkData(subject, fixed);
  const settings = settingsOf(options);
  const file = join(output, "stage2.json");
  const fingerprint = fingerprintOfSpace(subject, stage2Parts(options, fixed, settings));
  const saved = restart ? undefined : loadState<EvolutionState>(file, fingerprint, listsOf);
  // Whether it can be written is known before the work, and not after.
  saveState(file, fingerprint, saved ?? nothingYet(settings));
  let evaluator: Evaluator | undefined;
  const total = settings.population + settings.generations * (settings.crossovers + settings.mutations);
  const progress = startProgress("networks scored", total, saved?.scored.length ?? 0);
  const costs = await openCostPool(space, workers);
  try {
    evaluator = await openEvaluator(subject);
    return await evolve({
      space,
      fixed,
      settings,
      seed,
      costs,
      evaluator,
      saved,
      onGeneration: (state) => saveState(file, fingerprint, state),
      onProgress: (done) => progress.at(done),
      warn: (warning) => warnings.warn([warning]),
    });
  } finally {
    progress.end();
    await evaluator?.close();
    await costs.close();
  }
}

const listsOf = ({ generations, scored, parents, failed }: EvolutionState) => [
  generations,
  scored,
  parents,
  failed,
];

/** Before anything is started for it. */
async function checkData({ space, options: { supernet, data } }: Subject, fixed: Assignment): Promise<void> {
  if (supernet === undefined) return;
  (await Accuracy.open(space, { supernet, data: data! })).check(space.member(fixed));
}

async function openEvaluator({ space, options, warnings }: Subject): Promise<Evaluator> {
  const { supernet, data, evaluator, evaluatorTimeout, workers } = options;
  const warn: Parameters<typeof openCommandEvaluator>[1]["warn"] = (warning) => warnings.warn([warning]);
  if (evaluator !== undefined)
    return openCommandEvaluator(evaluator, { warn, silenceSeconds: evaluatorTimeout });
  if (supernet === undefined) return sizeEvaluator;
  return openAccuracyEvaluator(space, { supernet, data: data!, workers, warn });
}

function settingsOf(options: SearchOptions): Settings {
  const { population, parents, crossovers, mutations, mutationProbability, generations } = options;
  return {
    population,
    parents,
    crossovers,
    mutations,
    mutationProbability,
    generations,
    drawsPerNetwork: DRAWS,
  };
}

/** Everything that decides what is found, except how many generations there are: more of them go on from fewer. */
function stage2Parts(
  { seed, supernet, data, evaluator }: SearchOptions,
  fixed: Assignment,
  settings: Settings,
) {
  const { generations: _, ...others } = settings;
  const scored = evaluator ?? (supernet === undefined ? "macs" : [hashOf(supernet), ...hashesIn(data!)]);
  return ["stage 2", seed, recordOf(fixed), others, scored];
}

const hashOf = (file: string): string => {
  // What is wrong with a file is for those to say who read what is in it.
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return "none";
  return createHash("sha256").update(readFileSync(file)).digest("hex");
};

function hashesIn(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const names = readdirSync(folder).filter((name) => /^(val|recal)_\w+\.npy$/.test(name));
  return names.sort().map((name) => `${name} ${hashOf(join(folder, name))}`);
}

function writtenText({ folder, quantizedAccuracy, score, measure }: Written): string {
  const accuracy =
    quantizedAccuracy === undefined ? "" : `; with int8 weights ${quantizedAccuracy.toFixed(2)} %`;
  return `${join(folder, "net.ts")}: ${measure} ${score.toFixed(2)}${accuracy}\n`;
}
