/** Stage 1 as a command: draws, saves, prints, and writes a page. */

import { join } from "node:path";
import type { Choice } from "../../../dsl/choices.js";
import { reject } from "../../diagnostics/diagnostic.js";
import { writeOutput } from "../../files/write-outputs.js";
import { exploreGrid } from "../../search/grid/index.js";
import { ranked } from "../../search/grid/sub-spaces.js";
import { recordOf, type Assignment } from "../../search/member.js";
import type { GridOutcome, SubSpace } from "../../search/outcome.js";
import { gridHtml } from "../../search/report/index.js";
import { loadState, saveState } from "../../search/state.js";
import { startProgress } from "../progress.js";
import { fingerprintOfSpace, limitsText, type Subject } from "./subject.js";

type Streaming = GridOutcome["streaming"];

/** @param fixed answers that all networks share */
export async function stage1(subject: Subject, fixed: Assignment): Promise<GridOutcome> {
  const { space, survey, options, warnings, network } = subject;
  const grid = survey.grid.map((choice) => withAnswer(choice, fixed));
  if (grid.length < 1) reject("MCU6051", network.site?.at ?? { file: space.file }, { network: network.name });
  const streaming: Streaming = options.layerByLayer ? "off" : "chosen";
  const [file, fingerprint] = stateOf(subject, fixed, streaming);
  const saved = options.restart
    ? undefined
    : loadState<readonly SubSpace[]>(file, fingerprint, (state) => [state]);
  // Whether it can be written is known before the work, and not after.
  saveState(file, fingerprint, saved ?? []);
  const subSpaces = grid.reduce((product, { domain }) => product * domain.length, 1);
  const before = (saved?.length ?? 0) * options.samples;
  const progress = startProgress("networks drawn", subSpaces * options.samples, before);
  let found: readonly SubSpace[];
  try {
    found = await exploreGrid({
      file: space.file,
      options: space.options,
      streaming,
      grid,
      fixed: recordOf(fixed),
      seed: options.seed,
      samples: options.samples,
      workers: options.workers,
      saved,
      onSubSpace: (done) => saveState(file, fingerprint, done),
      onProgress: (drawn) => progress.at(drawn),
      warn: (some) => warnings.warn(some),
    });
  } finally {
    progress.end();
  }
  const outcome = outcomeOf(subject, streaming, found);
  writeOutput(join(options.output, "stage1.html"), gridHtml([outcome, ...earlier(subject, fixed, outcome)]));
  if (outcome.subSpaces[0].macs.length === 0) nothingFits(subject, outcome);
  return outcome;
}

function nothingFits({ space, network }: Subject, { limits, samples, subSpaces }: GridOutcome): never {
  const broken = new Map<string, number>();
  for (const [quantity, count] of subSpaces.flatMap((one) => Object.entries(one.broken)))
    broken.set(quantity, (broken.get(quantity) ?? 0) + count);
  const [most] = [...broken].sort(([, a], [, b]) => b - a);
  return reject("MCU6052", network.site?.at ?? { file: space.file }, {
    drawn: samples * subSpaces.length,
    limits: limits || "the board's memory",
    most: most ? `${most[0]} is what most of them break first` : "none of them is a network",
  });
}

/** What the same command found with the other way of planning. */
function earlier(subject: Subject, fixed: Assignment, { streaming, subSpaces }: GridOutcome): GridOutcome[] {
  const other = streaming === "off" ? "chosen" : "off";
  const found = savedQuietly(...stateOf(subject, fixed, other));
  // The state is in the order in which sub-spaces were done, and may be one of a search that was stopped.
  return found?.length === subSpaces.length ? [outcomeOf(subject, other, ranked(found))] : [];
}

function savedQuietly(file: string, fingerprint: string): readonly SubSpace[] | undefined {
  try {
    return loadState<readonly SubSpace[]>(file, fingerprint, (state) => [state]);
  } catch {
    return undefined;
  }
}

function withAnswer(choice: Choice, fixed: Assignment): Choice {
  const answer = fixed.get(choice.name);
  return answer === undefined ? choice : { ...choice, domain: [answer] };
}

function stateOf(
  subject: Subject,
  fixed: Assignment,
  streaming: Streaming,
): [file: string, fingerprint: string] {
  const { seed, samples, output } = subject.options;
  const name = streaming === "off" ? "stage1-layer-by-layer.json" : "stage1.json";
  return [join(output, name), fingerprintOfSpace(subject, ["stage 1", streaming, seed, samples, ...fixed])];
}

function outcomeOf(
  { network, options }: Subject,
  streaming: Streaming,
  subSpaces: readonly SubSpace[],
): GridOutcome {
  const { name, board } = network;
  const { seed, samples } = options;
  return {
    network: name,
    board: board.name,
    limits: limitsText(network),
    streaming,
    seed,
    samples,
    subSpaces,
  };
}
