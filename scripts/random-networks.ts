/**
 * `npm run random-networks -- [--count n] [--seed x] [--first index] [--host]`: random networks built and run; reference
 * semantics, host and native C (left out with `--host`) must give the same bytes. `--first 17 --count 1` repeats one.
 */

import { parseArgs } from "node:util";
import { compareNetworks } from "./random-networks/comparison.js";

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { count: text, seed: text, first: text, host: { type: "boolean" } },
  });
  const [count, seed, first] = [values.count ?? "5000", values.seed ?? "1", values.first ?? "0"].map(Number);
  const start = Date.now();
  const result = await compareNetworks({
    count,
    seed,
    first,
    native: values.host !== true,
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
      `network ${index}: ${what}\n  again: npm run random-networks -- --seed ${seed} --first ${index} --count 1`,
    );
  const seconds = Math.round((Date.now() - start) / 1000);
  console.log(
    `${result.compared} networks the same, ${result.faults.length} different, ${result.rejected.length} rejected; ${seconds} s (seed ${seed})`,
  );
  return result.faults.length > 0 ? 1 : 0;
}

process.exitCode = await main();
