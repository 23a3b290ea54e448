/** `tsc-mcu run`: inferences here, with the host's C compiler, or on the emulated Cortex-M7. */

import { reportJson } from "../7-report/index.js";
import { reject } from "../diagnostics/diagnostic.js";
import { writeOutput } from "../files/write-outputs.js";
import { compile, outputFiles } from "../index.js";
import type { Lowered } from "../ir/lowered.js";
import type { Callable, TensorArray, Tensors } from "../run/callable.js";
import { npyOutput, readCases, splitName, type Cases } from "./cases.js";
import { printJson } from "./failure.js";
import type { RunOptions, Target } from "./options.js";
import { predictions, predictionText, readLabels } from "./predictions.js";
import { startProgress } from "./progress.js";

export async function runCommand(model: string, options: RunOptions): Promise<void> {
  const net = await compile(model, { ...options, ignoreLimits: true });
  const callable = reportJson(net) as Callable;
  const outputFiles = assignOutputs(options.output, callable);
  const labels = options.labels === undefined ? undefined : readLabels(options.labels, callable.outputs[0]);
  const cases = readCases(options.input, callable, options.cases);
  const settings = {
    quiet: options.json === true,
    resetsEachCase: options.resetEachCase === true,
    asm: options.asm,
  };
  const results = await runOn(options.on, net, callable, cases.cases, settings);
  const written = writeResults(outputFiles, callable, results, cases, options.float === true);
  if (options.json) {
    const tops = results.map((one) =>
      tensorsByName(callable, one, (data, i) => predictions(data, callable.outputs[i], labels)),
    );
    printJson({
      ok: true,
      diagnostics: [],
      on: options.on,
      cases: results.length,
      written,
      predictions: tops,
    });
  } else if (written.length > 0) {
    process.stdout.write(`${caseCount(results.length)} on ${options.on}; wrote ${written.join(", ")}\n`);
  } else if (results.length === 0) {
    process.stdout.write("no cases: the arrays are empty\n");
  } else {
    results.forEach((one, index) => process.stdout.write(caseText(callable, one, index, labels)));
  }
}

const caseCount = (count: number): string => `${count} case${count === 1 ? "" : "s"}`;

interface RunSettings {
  readonly quiet?: boolean;
  /** Networks with state start anew with every case; default: the cases are consecutive calls. */
  readonly resetsEachCase?: boolean;
  readonly asm?: boolean;
}

/** One inference a case; results are the same bytes wherever they run. */
async function runOn(
  target: Target,
  net: Lowered,
  callable: Callable,
  cases: readonly Tensors[],
  settings: RunSettings = { quiet: true },
): Promise<TensorArray[][]> {
  switch (target) {
    case "host":
      return runHere(net, cases, settings);
    case "native": {
      const { runNative } = await import("../run/native.js");
      return runNative(outputFiles(net, settings), callable, cases, settings);
    }
    case "emulator": {
      const { runEmulated } = await import("../run/emulator.js");
      return runEmulated(outputFiles(net, settings), callable, cases, settings);
    }
  }
}

async function runHere(
  net: Lowered,
  cases: readonly Tensors[],
  { quiet, resetsEachCase }: RunSettings,
): Promise<TensorArray[][]> {
  const { prepare } = await import("../run/javascript.js");
  const { run, reset } = prepare(net);
  const progress = quiet ? undefined : startProgress("cases", cases.length);
  const results = cases.map((tensors, index) => {
    if (resetsEachCase) reset();
    const outputs = run(tensors);
    progress?.at(index + 1);
    return outputs;
  });
  progress?.end();
  return results;
}

/** The file of every output, or none at all. */
function assignOutputs(args: readonly string[], { outputs }: Callable): (string | undefined)[] {
  const names = outputs.map((output) => output.name);
  const files: (string | undefined)[] = names.map(() => undefined);
  for (const arg of args) {
    const named = splitName(arg);
    if (!named && names.length > 1) reject("MCU5016", undefined, { outputs: names });
    const index = named ? names.indexOf(named.name) : 0;
    if (index < 0) reject("MCU5017", undefined, { output: named!.name, available: names });
    if (files[index] !== undefined) reject("MCU5018", undefined, { option: "--output", name: names[index] });
    files[index] = named ? named.file : arg;
  }
  return files;
}

function writeResults(
  files: readonly (string | undefined)[],
  callable: Callable,
  results: readonly TensorArray[][],
  { leading }: Cases,
  float: boolean,
): string[] {
  const written: string[] = [];
  callable.outputs.forEach((output, index) => {
    const file = files[index];
    if (file === undefined) return;
    const data = results.map((one) => one[index]);
    writeOutput(file, npyOutput(file, output, data, leading, float).content);
    written.push(file);
  });
  return written;
}

function tensorsByName<T>(
  callable: Callable,
  one: Tensors,
  map: (data: TensorArray, index: number) => T,
): Record<string, T> {
  return Object.fromEntries(callable.outputs.map((output, index) => [output.name, map(one[index], index)]));
}

function caseText(
  callable: Callable,
  one: Tensors,
  index: number,
  labels: readonly string[] | undefined,
): string {
  const lines = callable.outputs.map((output, i) => {
    const name = callable.outputs.length > 1 ? ` ${output.name}` : "";
    return `case ${index}${name}: ${predictionText(predictions(one[i], output, labels))}\n`;
  });
  return lines.join("");
}
