/** An evaluator's process: lines in, lines out. */

import { spawn, type ChildProcess } from "node:child_process";
import { mostLineBytes, printable } from "./answer.js";
import { lineReader, type Line } from "./lines.js";

export interface ChildEvents {
  line(line: Line): void;
  /** A line of its standard error, fit for a terminal. */
  note(text: string): void;
  /** Once, after all lines. @param how "status 1" */
  ended(how: string): void;
}

/** Of standard error, a line. */
const mostNoteCharacters = 1000;
/** A process that has ended may leave others, which keep its outputs open; nobody waits longer for them. */
const afterwardsMs = 500;
/** From the end of its input until it is killed. */
const farewellMs = 2000;

export class Child {
  readonly #process: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #killAtExit = () => this.kill();

  constructor(program: string, args: readonly string[], events: ChildEvents) {
    // A group of its own: what it has started ends with it, and Ctrl-C is for the search, which ends it in turn.
    const detached = process.platform !== "win32";
    this.#process = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], detached, shell: false });
    process.on("exit", this.#killAtExit);
    const { stdin, stdout, stderr } = this.#process;
    // It does not read any more: that it ends, or is silent, says so.
    stdin!.on("error", () => {});
    const lines = lineReader(mostLineBytes, (line) => events.line(line));
    const notes = lineReader(4 * mostNoteCharacters, ({ text }) =>
      events.note(printable(text, mostNoteCharacters)),
    );
    stdout!.on("data", lines);
    stderr!.on("data", notes);
    this.#gone = this.#end().then((how) => {
      process.off("exit", this.#killAtExit);
      this.kill();
      for (const stream of [stdin!, stdout!, stderr!]) stream.destroy();
      lines(undefined);
      notes(undefined);
      events.ended(how);
    });
  }

  #end(): Promise<string> {
    return new Promise((resolve) => {
      this.#process.on("error", ({ message, code }: NodeJS.ErrnoException) =>
        resolve(code === "ENOENT" ? "there is no such program" : message),
      );
      this.#process.on("exit", (code, signal) => {
        const how = signal === null ? `status ${code}` : `signal ${signal}`;
        this.#process.on("close", () => resolve(how));
        setTimeout(() => resolve(how), afterwardsMs).unref();
      });
    });
  }

  send(message: unknown): void {
    if (this.#process.stdin!.writable) this.#process.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  /** At once, and everything that it has started. */
  kill(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      if (process.platform === "win32") this.#process.kill("SIGKILL");
      else process.kill(-pid, "SIGKILL");
    } catch {
      // There is nobody left.
    }
  }

  /** Ends its input, which ends it; returns when it is gone. */
  async close(): Promise<void> {
    this.#process.stdin!.end();
    const timer = setTimeout(() => this.kill(), farewellMs);
    await this.#gone;
    clearTimeout(timer);
  }
}
