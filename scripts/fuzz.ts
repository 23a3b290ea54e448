/**
 * `npm run fuzz -- [--count n] [--seconds s] [--seed x] [--threads n] [--save folder] [--only index]`: hostile files of
 * every format. Exit code 1 if an input is answered by anything but success or diagnostics with a place, takes more than
 * 2 s, or more than 256 MB. `--save` writes the inputs at fault; `--only` repeats one, in this thread, with its stack.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { parseArgs } from "node:util";
import { fuzz, type Fault } from "./fuzz/campaign.js";
import { inputAt } from "./fuzz/inputs.js";
import { fileNames } from "./fuzz/readers.js";
import { allSeeds } from "./fuzz/seeds.js";

const defaultCount = 200_000;

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { count: text, seconds: text, seed: text, first: text, threads: text, save: text, only: text },
  });
  const number = (value: string | undefined, otherwise: number): number => {
    if (value === undefined) return otherwise;
    if (!/^\d+$/.test(value)) throw new Error(`"${value}" is not a whole number`);
    return Number(value);
  };
  const seed = number(values.seed, 1);
  if (values.only !== undefined) return repeat(seed, number(values.only, 0), values.save);
  const count = number(values.count, defaultCount);
  const start = Date.now();
  let shown = start;
  const result = await fuzz({
    seed,
    count,
    first: number(values.first, 0),
    seconds: values.seconds === undefined ? undefined : number(values.seconds, 0),
    threads: number(values.threads, 1),
    progress(done) {
      if (Date.now() - shown < 10_000) return;
      shown = Date.now();
      process.stderr.write(`${done} of ${count}\n`);
    },
  });
  for (const [code, times] of Object.entries(result.codes).sort())
    console.log(`${String(times).padStart(8)} ${code}`);
  for (const fault of result.faults) report(fault, seed, values.save);
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(
    `${result.inputs} inputs in ${seconds} s, slowest ${result.slowestMs} ms, ${result.faults.length} at fault (seed ${seed})`,
  );
  return result.faults.length > 0 ? 1 : 0;
}

function report({ index, what }: Fault, seed: number, save?: string): void {
  const { format, seedFile, mutations } = inputAt(allSeeds(), seed, index);
  console.log(`\ninput ${index}: ${format}, ${seedFile}\n  ${mutations.join("\n  ")}\n  ${what}`);
  console.log(`  again: npm run fuzz -- --seed ${seed} --only ${index}`);
  if (save !== undefined) saveInput(save, seed, index, what);
}

function saveInput(folder: string, seed: number, index: number, what: string): void {
  const { format, bytes, seedFile, mutations } = inputAt(allSeeds(), seed, index);
  mkdirSync(folder, { recursive: true });
  const name = join(folder, `${seed}-${index}`);
  writeFileSync(name + extname(fileNames[format]), bytes);
  writeFileSync(
    `${name}.json`,
    `${JSON.stringify({ seed, index, format, seedFile, mutations, what }, null, 2)}\n`,
  );
}

async function repeat(seed: number, index: number, save?: string): Promise<number> {
  const { judge } = await import("./fuzz/judgement.js");
  const { Readers } = await import("./fuzz/readers.js");
  const input = inputAt(allSeeds(), seed, index);
  if (save !== undefined) saveInput(save, seed, index, "");
  const readers = new Readers();
  console.log(`${input.format}, ${input.seedFile}\n${input.mutations.join("\n")}`);
  const start = performance.now();
  const { code, fault } = await judge(readers, input);
  console.log(
    `${code} after ${Math.round(performance.now() - start)} ms${fault === undefined ? "" : `\n${fault}`}`,
  );
  readers.close();
  return fault === undefined ? 0 : 1;
}

process.exitCode = await main();
