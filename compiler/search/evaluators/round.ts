/** The networks of one generation on their way through an evaluator's process. */

import { Failure } from "../pool.js";
import type { Scorable } from "./evaluator.js";

/** So many networks at most are asked for and not answered. */
const widest = 256;

export class Round {
  /** To be asked for, in this order. */
  #waiting: Scorable[];
  readonly #open = new Map<number, Scorable>();
  readonly #results = new Map<number, number | Failure>();
  /** Those of which one made the process end: they are asked for one at a time, so that it is known which. */
  readonly #suspects = new Set<number>();
  /** Answers that cannot be told to belong to any network. */
  #astray = 0;

  constructor(
    private readonly candidates: readonly Scorable[],
    private readonly onDone: (done: number) => void,
  ) {
    this.#waiting = [...candidates];
  }

  /** Networks to ask for now. */
  take(): Scorable[] {
    const width = this.#suspects.size > 0 ? 1 : widest;
    const taken = this.#waiting.splice(0, Math.max(0, width - this.#open.size));
    for (const one of taken) this.#open.set(one.id, one);
    return taken;
  }

  get isDone(): boolean {
    return this.#results.size === this.candidates.length;
  }

  get isWaiting(): boolean {
    return this.#open.size > 0;
  }

  opened(id: number | undefined): Scorable | undefined {
    return id === undefined ? undefined : this.#open.get(id);
  }

  isAnswered(id: number): boolean {
    return this.#results.has(id);
  }

  settle({ id }: Scorable, result: number | Failure): void {
    this.#open.delete(id);
    this.#suspects.delete(id);
    this.#results.set(id, result);
    if (this.#open.size === 0) this.#astray = 0;
    this.onDone(this.#results.size);
  }

  /** An answer that names no open network is that of one of them. */
  goAstray(): void {
    if (this.#open.size > 0) this.#astray++;
  }

  /** Networks that have got no answer but one of those that went astray: all, once there are no more of them. */
  get strays(): Scorable[] {
    return this.#astray > 0 && this.#astray >= this.#open.size ? [...this.#open.values()] : [];
  }

  /** The process is gone. @returns the networks that it had not answered; one alone is to be settled, several are asked for again */
  interrupt(): Scorable[] {
    const lost = [...this.#open.values()];
    this.#astray = 0;
    if (lost.length === 1) return lost;
    for (const { id } of lost) this.#suspects.add(id);
    this.#waiting = [...lost, ...this.#waiting];
    this.#open.clear();
    return lost;
  }

  /** In the order of the candidates. */
  get results(): (number | Failure)[] {
    return this.candidates.map(({ id }) => this.#results.get(id)!);
  }
}
