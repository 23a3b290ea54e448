/**
 * Pages of test/diagnostics: Markdown that shows, for each code, what a user does and exactly what the tool says. A case is a
 * heading, files, and a console. Files are written as text (```ts net.ts), or described: ```tensors w.safetensors has a line
 * `name DTYPE [shape] = value` a tensor, ```array x.npy a line `dtype [shape] = value`, ```bytes x has a line for each step of
 * making it (see `makeBytes`). A console has lines `$ tsc-mcu …`, perhaps behind variables of the environment, and the output.
 */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasEngine } from "../search/accuracy/engine.js";
import { writeNpy, type NpyDType } from "../../compiler/files/npy.js";
import { writeSafetensors } from "../../compiler/files/safetensors.js";
import type { StoredDType, StoredTensor } from "../../compiler/files/tensor-file.js";

// Pages run in folders from where `--import tsx`, which the workers of a search inherit, would not be found.
process.execArgv = process.execArgv.map((word) => (word === "tsx" ? import.meta.resolve(word) : word));

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));

export interface PageCase {
  readonly title: string;
  readonly files: readonly { readonly kind: string; readonly name: string; readonly text: string }[];
  /** Commands with their output, as the page has it. */
  readonly console: string;
}

export const consoleBlock = /^```console\n([^]*?)^```$/m;

export function parseCase(section: string): PageCase {
  const blocks = [...section.matchAll(/^```(\w+) (\S+)\n([^]*?)^```$/gm)];
  return {
    title: section.match(/^## (.*)/)![1],
    files: blocks.map(([, kind, name, text]) => ({ kind, name, text })),
    console: section.match(consoleBlock)?.[1] ?? "",
  };
}

/** A case that takes a file of ../shared, or the engine that scores networks, can only be shown where that is. */
export function isPossible({ files, console }: PageCase): boolean {
  if (console.includes(" --supernet ") && !hasEngine) return false;
  return existsSync(shared) || !files.some(({ kind, text }) => kind === "bytes" && /^copy /m.test(text));
}

/** What the page's commands print now. */
export async function runCase(one: PageCase): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-page-"));
  const before = process.cwd();
  try {
    for (const { kind, name, text } of one.files) writeFile(join(folder, name), kind, text);
    process.chdir(folder);
    const commands = one.console.split("\n").filter((line) => line.startsWith("$ "));
    const parts: string[] = [];
    for (const line of commands) parts.push(`${line}\n`, await run(line.slice(2)));
    return parts.join("").replaceAll(folder, "").replace(/[ \t]+$/gm, "");
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeFile(file: string, kind: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  if (kind === "tensors") writeFileSync(file, writeSafetensors(lines(text).map(makeTensor)));
  else if (kind === "array") writeFileSync(file, makeArray(text));
  else if (kind === "bytes") for (const line of lines(text)) makeBytes(file, line);
  else writeFileSync(file, text);
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

const described = /^(.*?)\s*\b(\w+) (\[.*\]) = (.*)$/;

function makeTensor(line: string): StoredTensor {
  const [, name, dtype, shape, value] = line.match(described)!;
  const sizes: number[] = JSON.parse(shape);
  const Type = { F32: Float32Array, I8: Int8Array, I16: Int16Array, I32: Int32Array, U8: Uint8Array }[dtype]!;
  return { name, dtype: dtype as StoredDType, shape: sizes, data: new Type(product(sizes)).fill(Number(value)) };
}

function makeArray(text: string): Uint8Array {
  const [, , dtype, shape, value] = text.trim().match(described)!;
  const sizes: number[] = JSON.parse(shape);
  const Type = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array, int32: Int32Array }[dtype]!;
  return writeNpy(new Type(product(sizes)).fill(Number(value)), sizes, dtype as NpyDType);
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/**
 * `copy a/b` of ../shared; `text "…"` and `hex 00 ff` append; `cut n` to a length; `size n` makes it so long with zeros;
 * `u8|u16|u32 at n = value` and `f32 at n = value` overwrite.
 */
function makeBytes(file: string, line: string): void {
  const [step, rest] = [line.split(" ")[0], line.slice(line.indexOf(" ") + 1)];
  if (step === "copy") return void writeFileSync(file, readFileSync(join(shared, rest)));
  if (step === "folder") return cpSync(join(shared, rest), file, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, "");
  if (step === "size" || step === "cut") return truncateSync(file, Number(rest));
  const bytes = readFileSync(file);
  if (step === "text") return writeFileSync(file, Buffer.concat([bytes, Buffer.from(JSON.parse(rest), "latin1")]));
  if (step === "hex") return writeFileSync(file, Buffer.concat([bytes, Buffer.from(rest.replaceAll(" ", ""), "hex")]));
  const [, at, value] = rest.match(/^at (\d+) = (\S+)/)!.map(Number);
  if (step === "u8") bytes.writeUInt8(value & 0xff, at);
  else if (step === "u16") bytes.writeUInt16LE(value & 0xffff, at);
  else if (step === "u32") bytes.writeUInt32LE(value >>> 0, at);
  else if (step === "f32") bytes.writeFloatLE(value, at);
  else throw new Error(`unknown step ${line}`);
  writeFileSync(file, bytes);
}

let runs = 0;

/** The command line in this process: what starts it is evaluated anew each time, the compiler only once. */
async function run(command: string): Promise<string> {
  const words = command.match(/"[^"]*"|\S+/g)!.map((word) => word.replaceAll('"', ""));
  const start = words.indexOf("tsc-mcu");
  const variables = Object.fromEntries(words.slice(0, start).map((word) => word.split("=")));
  const [argv, env, streams] = [process.argv, { ...process.env }, [process.stdout, process.stderr]];
  const writes = streams.map((stream) => stream.write);
  let output = "";
  try {
    process.argv = [argv[0], "tsc-mcu", ...words.slice(start + 1)];
    Object.assign(process.env, { NO_COLOR: "1" }, variables);
    for (const stream of streams) stream.write = (text: unknown) => ((output += String(text)), true);
    await import(`../../compiler/cli.ts?run=${runs++}`);
  } finally {
    streams.forEach((stream, i) => (stream.write = writes[i]));
    process.argv = argv;
    for (const name of Object.keys(variables)) {
      if (env[name] === undefined) delete process.env[name];
      else process.env[name] = env[name];
    }
    process.stdout.removeAllListeners("error");
    process.exitCode = 0;
  }
  return output;
}
