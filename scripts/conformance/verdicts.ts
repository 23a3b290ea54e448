/** Compiles the models of a corpus, runs them wherever asked, and compares every byte. */

import { join } from "node:path";
import { compile, Rejected, type CompileOptions } from "../../compiler/index.js";
import type { Tensors } from "../../compiler/run/callable.js";
import { prepare } from "../../compiler/run/javascript.js";
import { faultsOf } from "../../compiler/run/shadow/index.js";
import { runBatched, type Job, type Target } from "../batch.js";
import { difference, readRecording, type CaseFolder, type Recording } from "./corpus.js";

/** `shadow`: here, in a memory that knows who wrote every byte. */
export type Place = "host" | "shadow" | Target;

export interface Verdict {
  readonly name: string;
  /** `unsupported`: rejected with diagnostics. `broken`: anything else that is not an exact result. */
  readonly kind: "exact" | "different" | "unsupported" | "broken";
  /** What is wrong, one entry a place that is. */
  readonly why: readonly string[];
}

interface Complaint {
  readonly kind: "different" | "broken";
  readonly text: string;
}

interface Compiled {
  readonly job: Job;
  readonly recording: Recording;
}

export interface Options {
  readonly on: readonly Place[];
  readonly streaming?: CompileOptions["streaming"];
  /** Of each model, the first so many cases; default: all. */
  readonly cases?: number;
  /** Called now and then with what is going on. */
  progress?(text: string): void;
}

/** One verdict a folder, in order. */
export async function judge(folders: readonly CaseFolder[], options: Options): Promise<Verdict[]> {
  const verdicts = new Map<CaseFolder, Verdict>();
  const compiled = new Map<CaseFolder, Compiled>();
  for (const [index, folder] of folders.entries()) {
    const result = await build(folder, index, options);
    if ("kind" in result) verdicts.set(folder, result);
    else compiled.set(folder, result);
  }
  options.progress?.(`${compiled.size} of ${folders.length} models build`);
  const complaints = new Map([...compiled.keys()].map((folder): [CaseFolder, Complaint[]] => [folder, []]));
  for (const place of options.on) {
    const said = await complaintsOn(place, [...compiled.values()], (done) =>
      options.progress?.(`${place}: ${done} of ${compiled.size}`),
    );
    [...complaints.values()].forEach((all, i) => all.push(...said[i]));
  }
  for (const [folder, all] of complaints) {
    const kinds = all.map(({ kind }) => kind);
    const kind = kinds.length === 0 ? "exact" : kinds.includes("different") ? "different" : "broken";
    verdicts.set(folder, { name: folder.name, kind, why: all.map(({ text }) => text) });
  }
  return folders.map((folder) => verdicts.get(folder)!);
}

/** The number keeps the symbols of two networks apart whatever the folders are called. */
const networkName = (folder: string, index: number): string =>
  `n${index}_${folder.replace(/[^A-Za-z0-9]+/g, "_").slice(-48)}`;

async function build(
  folder: CaseFolder,
  index: number,
  { streaming, cases: most }: Options,
): Promise<Compiled | Verdict> {
  const { name } = folder;
  try {
    const net = await compile(join(folder.folder, "model.tflite"), {
      name: networkName(name, index),
      board: "mps2-an500",
      ignoreLimits: true,
      streaming,
    });
    const { inputs, outputs, resetsBeforeEach } = readRecording(folder, net);
    const recording = { inputs: inputs.slice(0, most), outputs: outputs.slice(0, most), resetsBeforeEach };
    return { job: { net, cases: recording.inputs, resetsBeforeEach }, recording };
  } catch (error) {
    return error instanceof Rejected
      ? { name, kind: "unsupported", why: error.diagnostics.map((one) => `${one.code}: ${one.message}`) }
      : { name, kind: "broken", why: [String((error as Error).stack ?? error)] };
  }
}

/** None, or one, a model. */
async function complaintsOn(
  place: Place,
  compiled: readonly Compiled[],
  progress: (done: number) => void,
): Promise<Complaint[][]> {
  const compare = ({ job, recording }: Compiled, found: readonly Tensors[]): Complaint[] => {
    const names = job.net.outputs.map(({ name }) => name);
    const text = difference(found, recording.outputs, names);
    return text === undefined ? [] : [{ kind: "different", text: `${place}: ${text}` }];
  };
  const broken = (text: string): Complaint[] => [{ kind: "broken", text: `${place}: ${text}` }];
  if (place === "host" || place === "shadow") {
    return compiled.map((one) => {
      try {
        return place === "host" ? compare(one, runHere(one.job)) : watched(one);
      } catch (error) {
        return broken(String((error as Error).stack));
      }
    });
  }
  const jobs = compiled.map(({ job }) => job);
  const outcomes = await runBatched(place, jobs, progress);
  return outcomes.map((outcome, i) =>
    outcome instanceof Rejected ? broken(outcome.message) : compare(compiled[i], outcome),
  );
}

function watched({ job, recording }: Compiled): Complaint[] {
  const faults = faultsOf(job.net, job.cases, job.resetsBeforeEach, recording.outputs);
  return faults.length === 0 ? [] : [{ kind: "different", text: `shadow: ${faults.join("; ")}` }];
}

function runHere({ net, cases, resetsBeforeEach }: Job): Tensors[] {
  const { run, reset } = prepare(net);
  return cases.map((inputs) => {
    if (resetsBeforeEach) reset();
    return run(inputs);
  });
}
