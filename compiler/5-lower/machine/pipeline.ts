/**
 * The Cortex-M7's dual-issue pipeline, in order, on operations: which cycle each one issues in. Memory answers at once (TCM or
 * cache hits); instruction fetch keeps up; two loads pair only if their addresses are known to lie in different banks.
 */

import type { Access, Operation } from "./operation.js";
import { Kind, Trait, Use, flagsAhead, latency, mispredicted, ripe } from "./pipes.js";

export class Pipeline {
  /** Of each register: what produced its value, and when. */
  readonly #kinds: Int8Array;
  readonly #times: Int32Array;
  /** The cycle that is being filled. */
  #cycle = 0;
  /** Set while one operation has issued in it. */
  #older: Operation | undefined;
  #flagsAt = -flagsAhead;

  constructor(readonly registers: number) {
    this.#kinds = new Int8Array(registers);
    this.#times = new Int32Array(registers);
  }

  /** Cycles that are over once nothing more joins the last one. */
  get cycles(): number {
    return this.#older ? this.#cycle + 1 : this.#cycle;
  }
  /** Cycles that are full or given up. */
  get closed(): number {
    return this.#cycle;
  }
  get halfOpen(): boolean {
    return this.#older !== undefined;
  }

  copyFrom(other: Pipeline): void {
    this.#kinds.set(other.#kinds);
    this.#times.set(other.#times);
    this.#cycle = other.#cycle;
    this.#older = other.#older;
    this.#flagsAt = other.#flagsAt;
  }

  reset(): void {
    this.#kinds.fill(Kind.ready);
    this.#times.fill(0);
    this.#cycle = 0;
    this.#older = undefined;
    this.#flagsAt = -flagsAhead;
  }

  /** All results are there and the next operation starts a cycle, as after a misprediction. */
  drain(): void {
    this.#cycle = this.cycles;
    this.#older = undefined;
    this.#kinds.fill(Kind.ready);
  }

  /** When `operation` would issue if it came next. */
  when(operation: Operation): number {
    const wait = this.#wait(operation, this.#cycle);
    if (!this.#older) return this.#cycle + wait;
    if (wait === 0 && canPair(this.#older, operation)) return this.#cycle;
    return this.#cycle + 1 + this.#wait(operation, this.#cycle + 1);
  }

  /** Issues it. @returns the cycle */
  issue(operation: Operation): number {
    const older = this.#older;
    if (older && canPair(older, operation) && this.#wait(operation, this.#cycle) === 0) {
      const early = (operation.traits & Trait.earlyAny) !== 0 && (older.traits & Trait.shifter) === 0;
      this.#retire(operation, early && this.#runsEarly(operation));
      this.#older = undefined;
      return this.#cycle++;
    }
    if (older) this.#cycle++;
    this.#cycle += this.#wait(operation, this.#cycle);
    const early = (operation.traits & (Trait.earlyOlder | Trait.earlyAny)) !== 0;
    this.#retire(operation, early && this.#runsEarly(operation));
    this.#older = operation;
    return this.#cycle;
  }

  /** A taken branch ends its cycle. */
  taken(): void {
    this.#cycle = this.cycles;
    this.#older = undefined;
  }
  /** Cycles of the branch just issued, were it mispredicted. */
  get misprediction(): number {
    const at = this.#older ? this.#cycle : this.#cycle - 1;
    return at - this.#flagsAt >= flagsAhead ? mispredicted.early : mispredicted.late;
  }

  /** Equal for states that behave alike from here on. */
  get state(): string {
    let text = this.#older ? String(this.#older.traits) : "";
    for (let i = 0; i < this.registers; i++) {
      const age = this.#cycle - this.#times[i];
      const kind = this.#kinds[i];
      if (kind !== Kind.ready && age < ripe[kind]) text += ` ${i}:${kind}:${age}`;
    }
    return text;
  }

  #wait({ sources, uses }: Operation, cycle: number): number {
    let wait = 0;
    for (let i = 0; i < sources.length; i++) {
      const need = this.#need(sources[i].index, uses[i], cycle);
      if (need > wait) wait = need;
    }
    return wait;
  }
  #need(register: number, use: Use, cycle: number): number {
    return latency[this.#kinds[register] * 8 + use] - (cycle - this.#times[register]);
  }

  #runsEarly({ sources, uses }: Operation): boolean {
    for (let i = 0; i < sources.length; i++) {
      const use = uses[i] === Use.late || uses[i] === Use.beside ? Use.early : uses[i];
      const { index } = sources[i];
      if (this.#kinds[index] !== Kind.ready && this.#need(index, use, this.#cycle) > 0) return false;
    }
    return true;
  }

  #retire({ result, kind, traits }: Operation, early: boolean): void {
    if (result) {
      this.#kinds[result.index] = early ? Kind.early : kind;
      this.#times[result.index] = this.#cycle;
    }
    if (traits & Trait.setsFlags) this.#flagsAt = this.#cycle;
  }
}

/** Whether the younger may issue in the same cycle, as far as the pipes go. */
export function canPair(older: Operation, younger: Operation): boolean {
  const a = older.traits;
  const b = younger.traits;
  if (b & Trait.olderOnly) return false;
  if (a & b & (Trait.multiplier | Trait.store | Trait.shifter | Trait.branch)) return false;
  if (a & Trait.multiplier && b & Trait.store) return false;
  if (a & Trait.store && b & Trait.multiplier) return false;
  return !(a & b & Trait.load) || differentBanks(older.access!, younger.access!);
}

/** Banks are words at even and at odd word addresses. */
function differentBanks(a: Access, b: Access): boolean {
  if (a.base === undefined || a.base !== b.base) return false;
  return a.offset !== undefined && b.offset !== undefined && ((a.offset - b.offset) & 7) === 4;
}
