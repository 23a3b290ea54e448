/**
 * `npm run random-networks -- [--count n] [--seed x] [--first index] [--host] [--shadow] [--streaming on|off|chosen]
 * [--streams share]`: random networks built and run; reference semantics, host and native C (left out with `--host`) must give
 * the same bytes. `--shadow` also watches who reads and writes what in memory. `--streams 0.5`: half of them are made of layers
 * that can run row by row. `--first 17 --count 1` repeats one.
 */

import { parseArgs } from "node:util";
import { compareNetworks, defaultStreams } from "./random-networks/comparison.js";
import { isStreaming } from "./streaming.js";

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      ...{ count: text, seed: text, first: text, streaming: text, streams: text },
      ...{ host: { type: "boolean" }, shadow: { type: "boolean" } },
    },
  } as const);
  const { streaming, shadow } = values;
  if (!isStreaming(streaming)) throw new Error("--streaming is on, off or chosen");
  const streams = Number(values.streams ?? defaultStreams);
  const [count, seed, first] = [values.count ?? "5000", values.seed ?? "1", values.first ?? "0"].map(Number);
  const start = Date.now();
  const result = await compareNetworks({
    count,
    seed,
    first,
    native: values.host !== true,
    ...{ shadow, streaming, streams },
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  for (const [name, times] of Object.entries(result.operators).sort(([, a], [, b]) => a - b))
    console.log(`${String(times).padStart(7)} ${name}`);
  const reasons = new Map<string, number>();
  for (const { index, what } of result.rejected)
    reasons.set(`${index}: ${what}`, (reasons.get(`${index}: ${what}`) ?? 0) + 1);
  for (const [what, times] of reasons) console.log(`rejected ${times} times: ${what}`);
  for (const { index, what } of result.faults)
    console.log(
      `network ${index}: ${what}\n  again: npm run random-networks -- --seed ${seed} --first ${index} --count 1 --streams ${streams} --streaming ${streaming ?? "chosen"}`,
    );
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(
    `${result.compared} networks the same, ${result.faults.length} different, ${result.rejected.length} rejected; ${seconds} s (seed ${seed})`,
  );
  return result.faults.length > 0 ? 1 : 0;
}

process.exitCode = await main();
