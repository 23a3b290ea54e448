/** How many registers an order of a stretch takes. */

import type { Operation, Register } from "./operation.js";

export interface Surroundings {
  /** Needed after the stretch. */
  readonly after: ReadonlySet<Register>;
  /** Alive before it. */
  readonly before: ReadonlySet<Register>;
  /** Taken all the time, alive or not. */
  readonly pinned: ReadonlySet<Register>;
}

/** Values of a stretch: a register that is written again holds another one. Dependences keep who reads which. */
export class Values {
  /** Of each operation, by its position: the distinct values it reads. */
  readonly read: (readonly number[])[] = [];
  /** The value it writes; -1: none. */
  readonly written: number[] = [];
  /** Operations that read each value. */
  readonly uses: number[] = [];
  /** Values alive at the start, and those that outlive the stretch. */
  readonly atStart: number[] = [];
  readonly stays: boolean[] = [];

  constructor(operations: readonly Operation[], { after, before, pinned }: Surroundings) {
    const current = new Map<Register, number>();
    const fresh = (register: Register): number => {
      current.set(register, this.uses.length);
      this.stays.push(pinned.has(register));
      return this.uses.push(0) - 1;
    };
    for (const register of new Set([...before, ...pinned])) this.atStart.push(fresh(register));
    for (const { sources, result } of operations) {
      const read = [...new Set(sources)].map((one) => current.get(one) ?? fresh(one));
      read.forEach((value) => this.uses[value]++);
      this.read.push(read);
      this.written.push(result ? fresh(result) : -1);
    }
    for (const register of after) {
      const value = current.get(register);
      if (value !== undefined) this.stays[value] = true;
    }
  }
}

/** Counts what is alive while operations are issued in some order. */
export class Pressure {
  readonly #usesLeft: number[];
  #alive: number;

  constructor(private readonly values: Values) {
    this.#usesLeft = [...values.uses];
    this.#alive = values.atStart.length;
  }

  get alive(): number {
    return this.#alive;
  }

  /** Values more, or less, behind the operation at that position of the stretch. */
  change(at: number): number {
    const { read, written, stays } = this.values;
    let change = written[at] < 0 ? 0 : 1;
    for (const value of read[at]) if (this.#usesLeft[value] === 1 && !stays[value]) change--;
    return change;
  }

  issue(at: number): void {
    this.#alive += this.change(at);
    const { read, written, stays } = this.values;
    for (const value of read[at]) this.#usesLeft[value]--;
    const value = written[at];
    // Nobody reads it: the register is free again.
    if (value >= 0 && this.#usesLeft[value] === 0 && !stays[value]) this.#alive--;
  }
}

/** The most registers alive anywhere. */
export function pressureOf(order: readonly number[], values: Values): number {
  const pressure = new Pressure(values);
  let most = pressure.alive;
  for (const at of order) {
    const alive = pressure.alive + pressure.change(at);
    if (alive > most) most = alive;
    pressure.issue(at);
  }
  return most;
}
