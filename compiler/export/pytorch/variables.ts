/**
 * Which Python variable holds each layer's result. A layer that reads one of several results, whichever its member has, finds
 * them in one variable; results that are not needed at the same time share variables too, as one would write it by hand.
 */

import type { Program, Slot } from "./program.js";

export class Variables {
  /** By key: the classes of results in one variable, each named by one of its keys. */
  readonly #classes = new Map<string, string>();
  readonly #positions = new Map<string, number>();
  readonly #names = new Map<string, string>();
  readonly #slots: readonly { readonly slot: Slot; readonly at: number }[];

  /** @param taken names of other things */
  constructor({ steps, outputs }: Pick<Program, "steps" | "outputs">, taken: ReadonlySet<string>) {
    steps.forEach(({ key }, index) => {
      this.#classes.set(key, key);
      this.#positions.set(key, index);
    });
    this.#slots = [
      ...steps.flatMap(({ inputs }, at) => inputs.map((slot) => ({ slot, at }))),
      ...outputs.map(({ slot }) => ({ slot, at: steps.length })),
    ];
    for (const { slot } of this.#slots) this.#unite(slot);
    this.#assign(taken);
  }

  nameOf(key: string): string {
    return this.#names.get(this.#classes.get(key)!)!;
  }

  /** true: one variable holds whichever of them the member has. */
  isOne(slot: Slot): boolean {
    return slot.every((key) => this.#classes.get(key) === this.#classes.get(slot[0]));
  }

  /** true: nothing else is ever in the variable's place. */
  isAlone(key: string): boolean {
    return [...this.#classes.values()].filter((one) => one === this.#classes.get(key)).length === 1;
  }

  #unite(slot: Slot): void {
    if (slot.length < 2) return;
    const before = new Map(this.#classes);
    const joined = new Set(slot.map((key) => before.get(key)!));
    for (const [key, one] of before) if (joined.has(one)) this.#classes.set(key, before.get(slot[0])!);
    if (this.#slots.every((other) => this.#isSafe(other))) return;
    for (const [key, one] of before) this.#classes.set(key, one);
  }

  /** No other result of the variable comes between those that are meant and the layer that reads them. */
  #isSafe({ slot, at }: { readonly slot: Slot; readonly at: number }): boolean {
    const first = Math.min(...slot.map((key) => this.#positions.get(key)!));
    const classes = new Set(slot.map((key) => this.#classes.get(key)!));
    return [...this.#classes].every(([key, one]) => {
      const position = this.#positions.get(key)!;
      return !classes.has(one) || slot.includes(key) || position < first || position >= at;
    });
  }

  /** In the order of their first results, each class gets the first variable that is free. */
  #assign(taken: ReadonlySet<string>): void {
    const ends = new Map<string, number>();
    for (const { slot, at } of this.#slots)
      for (const key of slot) {
        const one = this.#classes.get(key)!;
        ends.set(one, Math.max(ends.get(one) ?? 0, at));
      }
    const free = [..."xyzuvw"].filter((name) => !taken.has(name));
    const busyUntil = new Map<string, number>();
    for (const [key, position] of this.#positions) {
      const one = this.#classes.get(key)!;
      if (this.#names.has(one)) continue;
      const found = [...busyUntil].find(([, until]) => until <= position)?.[0];
      const name = found ?? free.shift() ?? `x${busyUntil.size}`;
      this.#names.set(one, name);
      const last = Math.max(ends.get(one) ?? position, ...this.#membersAfter(one));
      busyUntil.set(name, last);
    }
  }

  #membersAfter(one: string): number[] {
    return [...this.#classes].filter(([, other]) => other === one).map(([key]) => this.#positions.get(key)!);
  }
}
