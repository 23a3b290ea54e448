/** Scores networks by a program of the user's: README.md has the protocol. */

import { diagnostic, Rejected } from "../../diagnostics/diagnostic.js";
import { Failure } from "../pool.js";
import { answerOf, printable, type Bad } from "./answer.js";
import { Child } from "./child.js";
import { splitCommand } from "./command-line.js";
import { atMost, candidateText, failed, type Evaluator, type Scorable, type Warn } from "./evaluator.js";
import type { Line } from "./lines.js";
import { Round } from "./round.js";

export interface CommandOptions {
  /** Without any answer, before the process is stopped. */
  readonly silenceSeconds?: number;
  readonly warn: Warn;
  /** Of the process, on its standard error; default: to ours. */
  readonly note?: (text: string) => void;
}

const defaultSilenceSeconds = 3600;
const mostEndings = 3;
/** A generation. */
const mostWarnings = 10;
const mostNotes = 1000;

/** @throws Rejected MCU6049 for a command that is none, MCU6045 where its process does not become ready */
export async function openCommandEvaluator(command: string, options: CommandOptions): Promise<Evaluator> {
  const evaluator = new CommandEvaluator(command, options);
  await evaluator.open();
  return evaluator;
}

class CommandEvaluator implements Evaluator {
  measure = "score";
  readonly #program: readonly [string, ...string[]];
  readonly #silence: number;
  #child: Child | undefined;
  #isReady = false;
  /** Of the process, one after the other, without an answer between them. */
  #endings = 0;
  #timer: NodeJS.Timeout | undefined;
  #round: Round | undefined;
  #settled: { resolve(): void; reject(error: unknown): void } | undefined;
  #warn: Warn;
  #notes = 0;

  constructor(
    private readonly command: string,
    private readonly options: CommandOptions,
  ) {
    this.#program = splitCommand(command);
    this.#silence = options.silenceSeconds ?? defaultSilenceSeconds;
    this.#warn = atMost(mostWarnings, options.warn);
  }

  open(): Promise<void> {
    return this.#until(() => this.#start());
  }

  async score(
    candidates: readonly Scorable[],
    onDone: (done: number) => void = () => {},
  ): Promise<(number | Failure)[]> {
    if (candidates.length === 0) return [];
    const round = new Round(candidates, onDone);
    [this.#round, this.#endings, this.#notes] = [round, 0, 0];
    this.#warn = atMost(mostWarnings, this.options.warn);
    try {
      await this.#until(() => (this.#child ? this.#ask() : this.#start()));
      return round.results;
    } finally {
      this.#round = undefined;
      clearTimeout(this.#timer);
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const child = this.#child;
    this.#child = undefined;
    await child?.close();
  }

  #until(begin: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settled = { resolve, reject };
      begin();
    });
  }

  #start(): void {
    const [program, ...args] = this.#program;
    this.#isReady = false;
    const child: Child = new Child(program, args, {
      line: (line) => this.#child === child && this.#read(line),
      note: (text) => this.#note(text),
      ended: (how) => this.#child === child && this.#lose(how),
    });
    this.#child = child;
    this.#watch();
  }

  /** Starts to wait anew. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#isReady && !this.#round?.isWaiting) return;
    const milliseconds = Math.min(this.#silence * 1000, 2 ** 31 - 1);
    this.#timer = setTimeout(() => this.#lose(undefined), milliseconds);
  }

  #ask(): void {
    if (!this.#isReady || !this.#round) return;
    for (const { id, answers, cost } of this.#round.take())
      this.#child!.send({ id, choices: answers, ...cost });
    this.#watch();
  }

  #read(line: Line): void {
    const answer = answerOf(line);
    if (answer.kind === "bad") return this.#blame(answer, line);
    if (answer.kind === "ready") return this.#greet(answer.measure);
    const candidate = this.#round?.opened(answer.id);
    if (!candidate) {
      const isSecond = this.#round?.isAnswered(answer.id) === true;
      const problem = isSecond
        ? "a second answer for a network"
        : "an answer for a network that is not asked for";
      return this.#blame({ kind: "bad", problem, isAnswer: !isSecond }, line);
    }
    this.#endings = 0;
    const result = answer.kind === "score" ? answer.score : failed(candidate, answer.reason, this.#warn);
    this.#settle(candidate, result);
  }

  #greet(measure: string | undefined): void {
    if (this.#isReady) return;
    [this.#isReady, this.measure] = [true, measure ?? this.measure];
    if (this.#round) this.#ask();
    else {
      clearTimeout(this.#timer);
      this.#settled?.resolve();
    }
  }

  #settle(candidate: Scorable, result: number | Failure): void {
    this.#round!.settle(candidate, result);
    this.#goOn();
  }

  #goOn(): void {
    const round = this.#round!;
    this.#ask();
    const { strays } = round;
    for (const one of strays)
      round.settle(one, failed(one, "its answer was one of those that cannot be read", this.#warn));
    if (strays.length > 0) this.#ask();
    if (round.isDone) this.#settled!.resolve();
  }

  /** A line that is no answer. */
  #blame({ problem, id, isAnswer }: Bad, { text }: Line): void {
    const [named, line] = [this.#round?.opened(id), printable(text, 100)];
    const candidate = named && candidateText(named);
    this.#warn(diagnostic("MCU6042", undefined, { problem, line, candidate }));
    if (named) this.#settle(named, new Failure(`the evaluator wrote ${problem}: ${line}`));
    else if (isAnswer && this.#round) {
      this.#round.goAstray();
      this.#goOn();
    }
  }

  /** @param how the process has ended; undefined: it is silent */
  #lose(how: string | undefined): void {
    clearTimeout(this.#timer);
    if (how === undefined) this.#child?.kill();
    this.#child = undefined;
    const [seconds, round] = [this.#silence, this.#round];
    const said = how === undefined ? `answered nothing for ${seconds} s` : `ended (${how})`;
    if (!round) return this.#giveUp(`${said} before it was ready`);
    const lost = round.interrupt();
    const next = nextAfter(lost);
    this.#warn(
      how === undefined
        ? diagnostic("MCU6044", undefined, { seconds, next })
        : diagnostic("MCU6043", undefined, { ended: how, next }),
    );
    if (lost.length === 1) round.settle(lost[0], new Failure(`the evaluator ${said}`));
    if (++this.#endings >= mostEndings)
      return this.#giveUp(`${said} ${mostEndings} times in a row without an answer`);
    if (round.isDone) this.#settled!.resolve();
    else this.#start();
  }

  /** Between two generations nobody waits: it is started again when it is needed. */
  #giveUp(reason: string): void {
    const parameters = { command: printable(this.command, 200), reason };
    this.#settled?.reject(new Rejected([diagnostic("MCU6045", undefined, parameters)]));
  }

  #note(text: string): void {
    if (++this.#notes > mostNotes) return;
    const write = this.options.note ?? ((line) => process.stderr.write(`evaluator: ${line}\n`));
    write(text);
    if (this.#notes === mostNotes) write("… (the rest of this generation is not shown)");
  }
}

function nextAfter(lost: readonly Scorable[]): string {
  if (lost.length === 0) return "it is started again";
  if (lost.length === 1) return `${candidateText(lost[0])} counts as failed`;
  return `the ${lost.length} networks that it was asked for are asked for again, one at a time`;
}
