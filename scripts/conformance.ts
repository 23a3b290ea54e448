/**
 * `npm run conformance -- <folder> [--on host,shadow,native,emulator] [--filter part] [--streaming on|off|chosen] [--cases n]`:
 * every model of a folder laid out as ../shared/conformance, compiled, run, and compared byte for byte with its recorded
 * outputs; `shadow` also watches who reads and writes what in memory. Exit code 1 unless all are exact.
 */

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { caseFolders } from "./conformance/corpus.js";
import { isStreaming } from "./streaming.js";
import { judge, type Place, type Verdict } from "./conformance/verdicts.js";

const places: readonly Place[] = ["host", "native", "emulator"];
const allPlaces: readonly Place[] = [...places, "shadow"];
const usage =
  "usage: npm run conformance -- <folder> [--on host,shadow,native,emulator] [--filter part-of-a-name] [--streaming on|off|chosen] [--cases n] [--json]";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      on: { type: "string" },
      filter: { type: "string" },
      streaming: { type: "string" },
      cases: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const { streaming } = values;
  const on = (values.on ?? places.join(",")).split(",") as Place[];
  const [folder] = positionals;
  if (positionals.length !== 1 || on.some((place) => !allPlaces.includes(place))) return wrongUsage(usage);
  if (!isStreaming(streaming)) return wrongUsage(usage);
  if (!existsSync(folder)) return wrongUsage(`there is no folder ${folder}`);
  const folders = caseFolders(folder).filter(({ name }) => name.includes(values.filter ?? ""));
  if (folders.length === 0) return wrongUsage(`${folder} has no subfolder with a model.tflite that matches`);
  const verdicts = await judge(folders, {
    on,
    streaming,
    cases: values.cases === undefined ? undefined : Number(values.cases),
    progress: (text) => process.stderr.write(`${text}\n`),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(verdicts, null, 2)}\n`);
  else process.stdout.write(`${verdicts.map(line).join("\n")}\n\n${summary(verdicts, on)}\n`);
  return verdicts.every(({ kind }) => kind === "exact") ? 0 : 1;
}

function wrongUsage(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

/** Of the stack of a fault of ours. */
const shownLines = 4;

function line({ name, kind, why }: Verdict): string {
  const lines = why.flatMap((one) => one.split("\n").slice(0, shownLines));
  return [`${kind.padEnd(11)} ${name}`, ...lines.map((text) => `            ${text}`)].join("\n");
}

function summary(verdicts: readonly Verdict[], on: readonly Place[]): string {
  const count = (kind: Verdict["kind"]) => verdicts.filter((one) => one.kind === kind).length;
  const kinds = (["exact", "different", "unsupported", "broken"] as const).map(
    (kind) => `${count(kind)} ${kind}`,
  );
  return `${kinds.join(", ")} of ${verdicts.length} models on ${on.join(", ")}`;
}

process.exitCode = await main();
