/**
 * Cache misses of a function. The cache replaces at random, as the Cortex-M7's does: of N lines a given one outlives m misses with
 * probability e^(-m/N). So what a turn of a loop finds of the turn before depends on the misses in between, and those on it.
 */

import type { Pointer } from "../../ir/loop.js";
import { isRegion, type Access, type Region } from "./accesses.js";
import { LINE_BYTES, linesOf } from "./footprint.js";

export interface CachedArray {
  readonly bytes: number;
  /** Cycles of a miss; undefined: not cached, and as fast as the core. */
  readonly penalty: number | undefined;
}

/** Of one array, or all together: lines touched, misses from a cold start, and what those cost. */
interface Use {
  readonly lines: number;
  readonly misses: number;
  readonly cycles: number;
}

/** Turns that are followed one by one, before the rest goes on as the last of them. */
const FOLLOWED = 8;

/** In which the misses of a turn and what they displace agree. */
const ROUNDS = 3;

type Uses = ReadonlyMap<Pointer, Use>;

export class DataCache {
  readonly #lines: number;

  /** @param bytes of the cache */
  constructor(
    bytes: number,
    private readonly arrayOf: (pointer: Pointer) => CachedArray,
  ) {
    this.#lines = bytes / LINE_BYTES;
  }

  /** Stall cycles of the function, if nothing that it touches is in the cache at its start. */
  cycles(root: Region): number {
    return [...this.#region(root).uses.values()].reduce((sum, { cycles }) => sum + cycles, 0);
  }
  /** Misses of the function, stores included, by array. */
  misses(root: Region): ReadonlyMap<Pointer, number> {
    return new Map([...this.#region(root).uses].map(([array, { misses }]) => [array, misses]));
  }

  /** The share of lines that are gone after so many misses. */
  #gone(misses: number): number {
    return 1 - Math.exp(-misses / this.#lines);
  }

  #region(region: Region): Part {
    const once = this.#once(region);
    if (region.turns <= 1) return once;
    const loops = new Set([...once.loops, region]);
    const touched = new Map<Pointer, number>();
    const state = new Map<Pointer, { misses: number; cycles: number; kept: number }>();
    for (const [array, use] of once.uses) {
      const lines = Math.max(use.lines, this.#linesOf(array, once.accesses.get(array)!, loops));
      touched.set(array, lines);
      const fresh = Math.min(use.lines, (lines - use.lines) / (region.turns - 1));
      state.set(array, { misses: use.misses, cycles: use.cycles, kept: use.lines - fresh });
    }
    let before = total(once.uses);
    for (let turn = 1; turn < Math.ceil(region.turns); turn++) {
      // The turns behind those that are followed are like the last of them.
      const times = turn === FOLLOWED ? region.turns - turn : Math.min(1, region.turns - turn);
      const missesWith = (gone: number) =>
        [...state].map(([array, { kept }]) => {
          const { misses } = once.uses.get(array)!;
          return misses - Math.min(kept * (1 - gone), misses);
        });
      // From a line's use to its next, half of the misses of either turn lie on average.
      let now = before;
      for (let i = 0; i < ROUNDS; i++) now = sum(missesWith(this.#gone((before + now) / 2)));
      missesWith(this.#gone((before + now) / 2)).forEach((misses, i) => {
        const [array, one] = [...state][i];
        const use = once.uses.get(array)!;
        one.misses += times * misses;
        one.cycles += times * (use.misses > 0 ? use.cycles * (misses / use.misses) : 0);
      });
      before = now;
      if (turn === FOLLOWED) break;
    }
    const uses = new Map<Pointer, Use>();
    for (const [array, { misses, cycles }] of state)
      uses.set(array, { lines: touched.get(array)!, misses, cycles });
    return { uses, accesses: once.accesses, loops };
  }

  /** One turn: its parts one after the other. */
  #once(region: Region): Part {
    const parts = this.#parts(region);
    if (parts.length === 1) return parts[0];
    const uses = new Map<Pointer, Use>();
    const accesses = new Map<Pointer, readonly Access[]>();
    const loops = new Set<Region>();
    const seenAt = new Map<Pointer, number>();
    let misses = 0;
    for (const part of parts) {
      part.loops.forEach((one) => loops.add(one));
      for (const [array, use] of part.uses) {
        const before = uses.get(array);
        const all = [...(accesses.get(array) ?? []), ...part.accesses.get(array)!];
        accesses.set(array, all);
        if (!before) uses.set(array, use);
        else {
          const lines = Math.max(before.lines, use.lines, this.#linesOf(array, all, loops));
          const common = Math.max(0, before.lines + use.lines - lines);
          const hits = Math.min(use.misses, common * (1 - this.#gone(misses - seenAt.get(array)!)));
          const left = use.misses > 0 ? 1 - hits / use.misses : 1;
          uses.set(array, {
            lines,
            misses: before.misses + use.misses * left,
            cycles: before.cycles + use.cycles * left,
          });
        }
      }
      misses += total(part.uses);
      for (const array of part.uses.keys()) seenAt.set(array, misses);
    }
    return { uses, accesses, loops };
  }

  /** Loops, and the accesses between two of them together. */
  #parts({ parts }: Region): Part[] {
    const found: Part[] = [];
    let plain: Access[] = [];
    const flush = (): void => {
      if (plain.length > 0) found.push(this.#plain(plain));
      plain = [];
    };
    for (const one of parts) {
      if (!isRegion(one)) {
        if (this.arrayOf(one.array).penalty !== undefined) plain.push(one);
        continue;
      }
      flush();
      found.push(this.#region(one));
    }
    flush();
    return found;
  }

  #plain(list: readonly Access[]): Part {
    const accesses = new Map<Pointer, Access[]>();
    for (const one of list) {
      const known = accesses.get(one.array);
      if (known) known.push(one);
      else accesses.set(one.array, [one]);
    }
    const loops = new Set<Region>();
    const uses = new Map<Pointer, Use>();
    for (const [array, all] of accesses) {
      const lines = this.#linesOf(array, all, loops);
      // A store that misses waits for nothing; what it brings in is there for the loads behind it.
      const loads = all.filter(({ stores }) => !stores);
      const waited = all[0].stores
        ? 0
        : loads.length === all.length
          ? lines
          : this.#linesOf(array, loads, loops);
      uses.set(array, { lines, misses: lines, cycles: waited * this.arrayOf(array).penalty! });
    }
    return { uses, accesses, loops };
  }

  #linesOf(array: Pointer, accesses: readonly Access[], loops: ReadonlySet<Region>): number {
    return linesOf(accesses, loops, this.arrayOf(array).bytes);
  }
}

/** What runs one after the other: arrays, their accesses, and the loops around those that belong to it. */
interface Part {
  readonly uses: Uses;
  readonly accesses: ReadonlyMap<Pointer, readonly Access[]>;
  readonly loops: ReadonlySet<Region>;
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const total = (uses: Uses): number => sum([...uses.values()].map(({ misses }) => misses));
