/** Runs many inputs in threads of bounded memory, under a watchdog. */

import { Worker } from "node:worker_threads";

/** Longer than any input may take, however busy the machine is: then the thread is ended. */
const hangMs = 20_000;
/** No input may take longer. */
const mostMs = 2_000;
/** The heap of a thread: the compiler, TypeScript's library and the seeds take about 150 MB, an input may take 256. */
const heapMegabytes = 400;

export interface Options {
  readonly seed: number;
  readonly count: number;
  /** Ends by then, whatever the count. */
  readonly seconds?: number;
  /** Starts with this input. */
  readonly first?: number;
  readonly threads?: number;
  progress?(done: number): void;
}

export interface Fault {
  readonly index: number;
  readonly what: string;
}

export interface Result {
  readonly inputs: number;
  readonly faults: readonly Fault[];
  /** How often each answer occurred: `tflite MCU3031`, `npy accepted`. */
  readonly codes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}

/** What a thread is to do: inputs first, first + step, … below end. */
export interface Share {
  readonly seed: number;
  readonly first: number;
  readonly step: number;
  readonly end: number;
  readonly deadline: number;
  readonly mostMs: number;
  /** int32: the input at work, how many were begun, the slowest so far in ms, how often one was tried (some again). */
  readonly progress: SharedArrayBuffer;
}

export type Told = { readonly fault: Fault } | { readonly codes: Readonly<Record<string, number>> };

export async function fuzz(options: Options): Promise<Result> {
  const { seed, count, seconds = Infinity, first = 0, threads = 1 } = options;
  const deadline = Date.now() + seconds * 1000;
  const result = { inputs: 0, faults: [] as Fault[], codes: {} as Record<string, number>, slowestMs: 0 };
  const places: Int32Array[] = [];
  const timer = setInterval(() => options.progress?.(begun(places)), 1000);
  const run = async (thread: number): Promise<void> => {
    let next = first + thread;
    while (next < first + count && Date.now() < deadline) {
      const progress = new SharedArrayBuffer(16);
      places.push(new Int32Array(progress));
      const share = { seed, first: next, step: threads, end: first + count, deadline, mostMs, progress };
      next = (await runThread(share, result)) ?? Infinity;
    }
  };
  await Promise.all(Array.from({ length: threads }, (_, thread) => run(thread)));
  clearInterval(timer);
  result.inputs = begun(places);
  result.slowestMs = Math.max(...places.map((place) => place[2]));
  result.faults.sort((a, b) => a.index - b.index);
  return result;
}

const begun = (places: readonly Int32Array[]): number => places.reduce((sum, place) => sum + place[1], 0);

/** Ends with undefined when the share is done, else with the input after the one that ended the thread. */
function runThread(
  share: Share,
  result: { faults: Fault[]; codes: Record<string, number> },
): Promise<number | undefined> {
  const worker = new Worker(new URL("./thread.mjs", import.meta.url), {
    workerData: share,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  const place = new Int32Array(share.progress);
  let [seen, since] = [-1, Date.now()];
  return new Promise((resolve, reject) => {
    let isDone = false;
    const end = (what: string): void => {
      if (isDone) return;
      isDone = true;
      if (place[1] === 0) return reject(new Error(`a thread did not start: ${what}`));
      result.faults.push({ index: place[0], what });
      resolve(place[0] + share.step);
    };
    const watchdog = setInterval(() => {
      if (place[3] !== seen) [seen, since] = [place[3], Date.now()];
      else if (Date.now() - since > hangMs) {
        void worker.terminate();
        end(`hangs: ended after ${hangMs / 1000} s`);
      }
    }, 500);
    worker.on("message", (told: Told) => {
      if ("fault" in told) return void result.faults.push(told.fault);
      for (const [code, times] of Object.entries(told.codes))
        result.codes[code] = (result.codes[code] ?? 0) + times;
      isDone = true;
      resolve(undefined);
    });
    worker.on("error", (error) => end(`the thread ended: ${error.stack ?? error.message}`));
    worker.on("exit", (code) => {
      clearInterval(watchdog);
      end(`the thread ended with ${code}`);
    });
  });
}
