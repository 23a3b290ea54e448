/** A thread that runs its share of the inputs and tells where it is, so that a watchdog can say which one hangs. */

import { parentPort, workerData } from "node:worker_threads";
import { countAllocations, startCounting } from "./allocations.js";
import type { Share, Told } from "./campaign.js";

// Before the compiler is loaded: hence the imports below.
countAllocations();
const { judge } = await import("./judgement.js");
const { Readers } = await import("./readers.js");
const { inputAt } = await import("./inputs.js");
const { allSeeds } = await import("./seeds.js");

const { seed, first, step, end, deadline, progress, mostMs } = workerData as Share;
const tell = (told: Told): void => parentPort!.postMessage(told);
const place = new Int32Array(progress);
const seeds = allSeeds();
const readers = new Readers();
const codes: Record<string, number> = {};

for (let index = first; index < end && Date.now() < deadline; index += step) {
  const input = inputAt(seeds, seed, index);
  Atomics.store(place, 0, index);
  Atomics.add(place, 1, 1);
  const { code, fault } = await timed(index);
  const key = `${input.format} ${code}`;
  codes[key] = (codes[key] ?? 0) + 1;
  if (fault !== undefined) tell({ fault: { index, what: fault } });

  /** Judges; what takes too long is tried again, since this machine may just have been busy. */
  async function timed(index: number): Promise<{ code: string; fault?: string }> {
    let fastest = Infinity;
    for (let attempt = 0; ; attempt++) {
      Atomics.add(place, 3, 1);
      startCounting();
      const [start, work] = [performance.now(), process.cpuUsage()];
      const judgement = await judge(readers, input);
      // On a busy machine, time goes by without work; the work of other threads is counted, too.
      const { user, system } = process.cpuUsage(work);
      fastest = Math.min(fastest, performance.now() - start, (user + system) / 1000);
      Atomics.store(place, 2, Math.max(Atomics.load(place, 2), Math.round(fastest)));
      if (judgement.fault !== undefined || fastest <= mostMs) return judgement;
      if (attempt === 2)
        return { code: judgement.code, fault: `took ${Math.round(fastest)} ms, three times` };
    }
  }
}
readers.close();
startCounting();
tell({ codes });
