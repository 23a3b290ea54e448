/** Many networks linked into one program and run one after the other: natively, or in one start of the emulated board. */

import { join } from "node:path";
import { outputFiles, reportJson, Rejected, type Lowered, type OutputFile } from "../compiler/index.js";
import {
  packCases,
  tensorBytes,
  unpackCases,
  type Callable,
  type TensorArray,
  type Tensors,
} from "../compiler/run/callable.js";
import { emulate, emulatorSeconds } from "../compiler/run/emulator.js";
import { eachRow, fedInputs, imageOf, images } from "../compiler/run/feeding.js";
import { nativeCompiler } from "../compiler/run/native.js";
import { execute, installCompiler, requireProgram } from "../compiler/run/program.js";
import { compileProgram, harness, inFolder, outputsOf } from "../compiler/run/workplace.js";

export interface Job {
  /** Names of a batch differ: that keeps the symbols of its networks apart. */
  readonly net: Lowered;
  readonly cases: readonly Tensors[];
  /** Networks with state: every case starts anew, or they are consecutive calls after one reset. */
  readonly resetsBeforeEach: boolean;
}

export type Target = "native" | "emulator";

/** Outputs of every case, or why there are none. */
export type Outcome = readonly Tensors[] | Rejected;

/** Of the emulated board's 4 MB: constants, estimated code, and the C library have to fit. */
const flashBytes = 3_000_000;
const mostNetworks = 64;
const nativeSeconds = 600;

/** One outcome a job, in order. A batch that fails is halved until the network at fault is alone. */
export async function runBatched(
  target: Target,
  jobs: readonly Job[],
  progress: (done: number) => void = () => {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const batch of batches(jobs)) {
    outcomes.push(...(await runHalving(target, batch)));
    progress(outcomes.length);
  }
  return outcomes;
}

function batches(jobs: readonly Job[]): Job[][] {
  const made: Job[][] = [];
  let free = 0;
  for (const job of jobs) {
    const { constantBytes, codeBytes } = job.net.totals;
    const bytes = constantBytes + 2 * codeBytes + 1024;
    if (made.length === 0 || bytes > free || made[made.length - 1].length === mostNetworks) {
      made.push([]);
      free = flashBytes;
    }
    made[made.length - 1].push(job);
    free -= bytes;
  }
  return made;
}

async function runHalving(target: Target, jobs: readonly Job[]): Promise<Outcome[]> {
  try {
    return await runBatch(target, jobs);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    if (jobs.length === 1) return [error];
    const middle = jobs.length >> 1;
    const halves = [jobs.slice(0, middle), jobs.slice(middle)];
    return [...(await runHalving(target, halves[0])), ...(await runHalving(target, halves[1]))];
  }
}

async function runBatch(target: Target, jobs: readonly Job[]): Promise<Tensors[][]> {
  const callables = jobs.map(({ net }) => reportJson(net) as Callable);
  const files = new Map<string, OutputFile["content"]>();
  for (const { path, content } of jobs.flatMap(({ net }) => outputFiles(net)))
    if (/\.[ch]$/.test(path)) files.set(path, content);
  files.set("driver.c", driver(jobs, callables));
  files.set("inputs.bin", Buffer.concat(jobs.map(({ cases }, i) => packCases(callables[i], cases))));
  const sources = callables.flatMap((callable) => callable.sources);
  const list = [...files].map(([path, content]) => ({ path, content }));
  return inFolder(list, async (folder) => {
    const packed =
      target === "native" ? await runNative(sources, folder) : await runEmulated(sources, folder);
    return split(packed, jobs, callables);
  });
}

async function runNative(sources: readonly string[], folder: string): Promise<Uint8Array> {
  const [name, ...first] = nativeCompiler();
  const compiler = requireProgram(name, "to run the emitted C on this machine", installCompiler);
  await compileProgram(compiler, ["-O2"], [...sources, join(harness, "host.c")], folder, first);
  return outputsOf(await execute(join(folder, "program"), [], folder, nativeSeconds), folder, nativeSeconds);
}

async function runEmulated(sources: readonly string[], folder: string): Promise<Uint8Array> {
  return outputsOf(await emulate(sources, {}, folder), folder, emulatorSeconds);
}

/** The parts of outputs.bin. */
function split(packed: Uint8Array, jobs: readonly Job[], callables: readonly Callable[]): Tensors[][] {
  let at = 0;
  return jobs.map(({ cases }, i) => {
    const bytes = callables[i].outputs.reduce((sum, one) => sum + tensorBytes(one), 0) * cases.length;
    const outputs: TensorArray[][] = unpackCases(callables[i], packed.subarray(at, at + bytes), cases.length);
    at += bytes;
    return outputs;
  });
}

/** All networks take turns in the same memory, which is filled with garbage in between. */
function driver(jobs: readonly Job[], callables: readonly Callable[]): string {
  const lines = (make: (callable: Callable, index: number) => string): string =>
    callables.map(make).join("\n");
  return `${lines(({ header }) => `#include "${header}"`)}
#include "harness.h"
#include <string.h>

static union {
${lines(({ arenas }, i) => `    struct { ${arenas.map(({ type }, k) => `${type} arena${k};`).join(" ")} } of_${i};`)}
} shared;

${lines((callable, i) => network(callable, i, jobs[i]))}
int main(void)
{
${lines((_, i) => `    network_${i}();`)}
    return 0;
}
`;
}

function network(callable: Callable, index: number, { cases, resetsBeforeEach }: Job): string {
  const memory = `&shared.of_${index}`;
  const start = [
    `memset(${memory}, 0xA5, sizeof shared.of_${index});`,
    ...(callable.reset === undefined ? [] : [`${callable.reset}(${memory}.arena0);`]),
  ];
  const inside = callable.reset === undefined || resetsBeforeEach;
  const indented = (indent: string) => start.map((line) => `${indent}${line}\n`).join("");
  return `static void network_${index}(void)
{
${images(callable)}${inside ? "" : indented("    ")}    for (int count = 0; count < ${cases.length}; count++) {
${inside ? indented("        ") : ""}${inferenceAt(callable, memory)}
    }
}
`;
}

function inferenceAt(callable: Callable, memory: string): string {
  const arena = `${memory}.arena0`;
  const all = callable.arenas.map((_, k) => `${memory}.arena${k}`).join(", ");
  const fed = fedInputs(callable);
  const indent = "        ";
  return [
    ...callable.inputs.map((one) => {
      const to = one.feed ? imageOf(fed.indexOf(one)) : `${one.symbol}(${arena})`;
      return `${indent}harness_read(${to}, ${tensorBytes(one)});`;
    }),
    ...fed.flatMap((one, k) => eachRow(one, k, `(void)${one.symbol}(${all}, row);`, indent)),
    `${indent}${callable.run}(${all});`,
    ...callable.outputs.map((one) => `${indent}harness_write(${one.symbol}(${arena}), ${tensorBytes(one)});`),
  ].join("\n");
}
