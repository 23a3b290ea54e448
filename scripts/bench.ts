/**
 * `npm run bench [-- <model or folder> ...]`: compiles networks with arm-none-eabi-gcc, runs each on the emulated
 * Cortex-M7, and prints what they take. Exit code 1 if an output is not exact.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Rejected } from "../compiler/index.js";
import { comparison } from "./bench/comparison.js";
import { benchNetwork, type BenchOptions, type NetworkFigures } from "./bench/figures.js";
import { networksOf, type Benched } from "./bench/networks.js";
import { layerTable, networkTable } from "./bench/tables.js";

const usage = `usage: npm run bench -- [model.tflite | net.ts | folder ...] [options]
  without paths: the models of ../shared/models, and the examples
  --opt <level>      what the C is compiled with: -O2 (default), -O3, -Os
  --no-asm           emit hot loops in C, without scheduled asm
  --board <name>     what the networks are planned for; default: nucleo-h743zi
  --limits <limits>  in place of the networks' own: "sram <= 34 kB"
  --prefer <what>    speed, memory or balance (default): which plan within the limits
  --feed <input>     the input that arrives by rows
  --int8             float inputs and outputs as int8
  --layers           every layer, too
  --json <file>      write the figures
  --against <file>   compare with the figures of an earlier --json`;

/** Of --json. */
interface Written {
  readonly flags: readonly string[];
  readonly asm: boolean;
  readonly board: string;
  readonly networks: readonly NetworkFigures[];
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  const board = values.board ?? "nucleo-h743zi";
  const [flags, asm] = [[values.opt ?? "-O2"], values["no-asm"] !== true];
  const before = values.against === undefined ? undefined : readWritten(values.against);
  const networks = networksOf(positionals);
  const { limits, feed } = values;
  const options: BenchOptions = {
    board,
    flags,
    asm,
    limits,
    feed: feed === undefined ? undefined : [feed],
    prefer: values.prefer as BenchOptions["prefer"],
    int8: values.int8 === true,
    layers: values.layers === true,
  };
  const figures: NetworkFigures[] = [];
  const failed: string[] = [];
  for (const benched of networks) {
    process.stderr.write(`${benched.name} …\n`);
    try {
      figures.push(await benchNetwork(benched, options));
    } catch (error) {
      failed.push(`${benched.name}: ${failureText(error, benched)}`);
    }
  }
  print(figures, options);
  for (const text of failed) process.stdout.write(`\nFAILED ${text}\n`);
  if (before) process.stdout.write(`\nagainst ${values.against}:\n${comparison(before.networks, figures)}\n`);
  const written: Written = { flags, asm, board, networks: figures };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(written, null, 1)}\n`);
  return failed.length > 0 || figures.some(({ wrong }) => wrong !== undefined) ? 1 : 0;
}

function parse(args: readonly string[]) {
  // `--opt -O3`: an option's value may look like an option.
  const joined = args.flatMap((arg, i) =>
    arg === "--opt" ? [`--opt=${args[i + 1] ?? ""}`] : args[i - 1] === "--opt" ? [] : [arg],
  );
  return parseArgs({
    args: joined,
    allowPositionals: true,
    options: {
      opt: { type: "string" },
      "no-asm": { type: "boolean" },
      board: { type: "string" },
      limits: { type: "string" },
      prefer: { type: "string" },
      feed: { type: "string" },
      int8: { type: "boolean" },
      layers: { type: "boolean" },
      json: { type: "string" },
      against: { type: "string" },
    },
  });
}

const readWritten = (file: string): Written => JSON.parse(readFileSync(file, "utf8"));

function failureText(error: unknown, { model }: Benched): string {
  if (!(error instanceof Rejected)) return String((error as Error).stack ?? error);
  return error.diagnostics.map((one) => `${model}: ${one.code}: ${one.message}`).join("\n");
}

function print(figures: readonly NetworkFigures[], { flags, asm, board }: BenchOptions): void {
  const out = (text: string): boolean => process.stdout.write(`${text}\n`);
  out(`${flags.join(" ")}${asm ? "" : ", no asm"}, planned for ${board}\n`);
  out(networkTable(figures));
  for (const { name, layers } of figures) if (layers) out(`\n${name}\n${layerTable(layers)}`);
  for (const { name, wrong } of figures) if (wrong !== undefined) out(`\nNOT EXACT ${name}: ${wrong}`);
  const missing = figures.find((one) => one.missing !== undefined)?.missing;
  if (missing !== undefined) out(`\nno cycles: ${missing}`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n${usage}\n`);
  process.exitCode = 2;
}
