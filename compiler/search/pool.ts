/**
 * Workers that do one kind of task. They are processes and not threads, because a native engine that crashes takes its whole process
 * down. A task that throws, or ends its worker, is a `Failure`; all others are done.
 */

import { fork, type ChildProcess } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Rejected, type Diagnostic } from "../diagnostics/diagnostic.js";

/** What a worker's module exports as `open`. Setup, tasks and results are structured-cloneable. */
export type Opening<Setup = any, Task = any, Result = any> = (
  setup: Setup,
) => Promise<(task: Task) => Promise<Result> | Result>;

/** Why there is no result. */
export class Failure {
  constructor(readonly reason: string) {}
}

export interface Start {
  readonly module: string;
  readonly setup: unknown;
}
export type Request = { readonly id: number; readonly task: unknown };
export type Response =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string; readonly diagnostics: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly reason: string };

interface Batch {
  readonly tasks: readonly unknown[];
  readonly results: unknown[];
  next: number;
  done: number;
  settle(id: number, result: unknown): void;
  fail(error: unknown): void;
}

export class Pool<Task, Result> {
  #workers: ChildProcess[] = [];
  #batch: Batch | undefined;
  /** What each worker is at: an index of the batch. */
  readonly #busy = new Map<ChildProcess, number>();
  #isClosed = false;

  private constructor(
    private readonly module: URL,
    private readonly setup: unknown,
  ) {}

  /**
   * @param module exports `open`: see `Opening`
   * @throws Rejected what `open` rejected; Error where it failed otherwise
   */
  static async open<Task, Result>(module: URL, setup: unknown, workers: number): Promise<Pool<Task, Result>> {
    const pool = new Pool<Task, Result>(module, setup);
    try {
      await Promise.all(Array.from({ length: Math.max(1, workers) }, () => pool.#start()));
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /**
   * Does all tasks; one call at a time.
   * @param onDone is told of each when it is done, in any order
   * @returns in the order of the tasks
   * @throws what `onDone` throws, at once
   */
  async map(
    tasks: readonly Task[],
    onDone: (index: number, result: Result | Failure) => void = () => {},
  ): Promise<(Result | Failure)[]> {
    if (tasks.length === 0) return [];
    try {
      return await new Promise((resolve, reject) => {
        const results: (Result | Failure)[] = Array.from({ length: tasks.length });
        const batch: Batch = {
          tasks,
          results,
          next: 0,
          done: 0,
          settle(id, result) {
            results[id] = result as Result | Failure;
            try {
              onDone(id, results[id]);
            } catch (error) {
              return reject(error);
            }
            if (++batch.done === tasks.length) resolve(results);
          },
          fail: reject,
        };
        this.#batch = batch;
        for (const worker of this.#workers) this.#give(worker);
      });
    } finally {
      this.#batch = undefined;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#workers.map(end));
  }

  /** @returns when the worker is ready */
  #start(): Promise<void> {
    // Beside this file, as this file is: built, or as its source.
    const program = new URL(`./pool-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = fork(fileURLToPath(program), {
      // Large arrays have the heap searched often; marking it in threads beside would take the other workers' time.
      execArgv: [...process.execArgv, "--single-threaded-gc"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#workers.push(worker);
    worker.send({ module: this.module.href, setup: this.setup } satisfies Start);
    let isReady = false;
    return new Promise((resolve, reject) => {
      const gone = (reason: string): void => {
        this.#workers = this.#workers.filter((one) => one !== worker);
        reject(new Error(reason));
        // What cannot even begin would not get any further the next time.
        if (isReady && !this.#isClosed) this.#replace(worker, reason);
        isReady = false;
      };
      worker.on("message", (response: Response) => {
        if (!("ready" in response)) {
          this.#settle(worker, "result" in response ? response.result : new Failure(response.reason));
        } else if (response.ready) {
          isReady = true;
          resolve();
        } else reject(errorOf(response));
      });
      worker.on("error", (error) => gone(error.message));
      worker.on("exit", (code, signal) => gone(`its worker ended with ${signal ?? `status ${code}`}`));
    });
  }

  #settle(worker: ChildProcess, result: unknown): void {
    const id = this.#busy.get(worker);
    this.#busy.delete(worker);
    if (id !== undefined) this.#batch?.settle(id, result);
    this.#give(worker);
  }

  #give(worker: ChildProcess): void {
    const batch = this.#batch;
    if (!batch || batch.next >= batch.tasks.length || this.#busy.has(worker)) return;
    const id = batch.next++;
    this.#busy.set(worker, id);
    worker.send({ id, task: batch.tasks[id] } satisfies Request);
  }

  /** A worker is gone: so is what it was at. */
  #replace(worker: ChildProcess, reason: string): void {
    const id = this.#busy.get(worker);
    this.#busy.delete(worker);
    if (id !== undefined) this.#batch?.settle(id, new Failure(reason));
    this.#start().then(
      () => this.#workers.forEach((one) => this.#give(one)),
      (error: unknown) => this.#batch?.fail(error),
    );
  }
}

function errorOf({ reason, diagnostics }: { readonly reason: string; readonly diagnostics: unknown }): Error {
  return Array.isArray(diagnostics) ? new Rejected(diagnostics as Diagnostic[]) : new Error(reason);
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  await new Promise((resolve) => void worker.once("exit", resolve).kill("SIGKILL"));
}
