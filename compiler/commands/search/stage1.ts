/** Stage 1 as a command: draws, saves, prints, and writes a page. */

import { join } from "node:path";
import { reject } from "../../diagnostics/diagnostic.js";
import { writeOutput } from "../../files/write-outputs.js";
import { exploreGrid } from "../../search/grid/index.js";
import type { GridOutcome, SubSpace } from "../../search/outcome.js";
import { gridHtml } from "../../search/report/index.js";
import { loadState, saveState } from "../../search/state.js";
import { startProgress } from "../progress.js";
import { fingerprintOfSpace, limitsText, type Subject } from "./subject.js";

type Streaming = GridOutcome["streaming"];

export async function stage1(subject: Subject): Promise<GridOutcome> {
  const { space, survey, options, warnings, network } = subject;
  const { grid } = survey;
  if (grid.length < 1) reject("MCU6051", network.site?.at ?? { file: space.file }, { network: network.name });
  const streaming: Streaming = options.layerByLayer ? "off" : "chosen";
  const [file, fingerprint] = stateOf(subject, streaming);
  const saved = options.restart ? undefined : loadState<readonly SubSpace[]>(file, fingerprint);
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
  writeOutput(join(options.output, "stage1.html"), gridHtml([outcome, ...earlier(subject, streaming)]));
  if (outcome.subSpaces[0].macs.length === 0)
    reject("MCU6052", network.site?.at ?? { file: space.file }, {
      limits: outcome.limits || "the board's memory",
    });
  return outcome;
}

/** What the same command found with the other way of planning. */
function earlier(subject: Subject, streaming: Streaming): GridOutcome[] {
  const other = streaming === "off" ? "chosen" : "off";
  const subSpaces = savedQuietly(...stateOf(subject, other));
  return subSpaces && subSpaces.length > 0 ? [outcomeOf(subject, other, subSpaces)] : [];
}

function savedQuietly(file: string, fingerprint: string): readonly SubSpace[] | undefined {
  try {
    return loadState<readonly SubSpace[]>(file, fingerprint);
  } catch {
    return undefined;
  }
}

function stateOf(subject: Subject, streaming: Streaming): [file: string, fingerprint: string] {
  const { seed, samples, output } = subject.options;
  const name = streaming === "off" ? "stage1-layer-by-layer.json" : "stage1.json";
  return [join(output, name), fingerprintOfSpace(subject, ["stage 1", streaming, seed, samples])];
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
