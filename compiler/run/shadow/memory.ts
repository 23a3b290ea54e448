/**
 * Emulated memory in which every byte has an owner: the tensor, state, piece of scratch or constant that wrote it last. Pointers know
 * what they point into, so that every load finds its own bytes, or garbage.
 */

import type { Memory } from "../../targets/instruction.js";

/** What a pointer points into: a parameter of a step's function, or one of its constant arrays. */
export interface Region {
  readonly step: number;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Owner of what is stored through such pointers, and of what is loaded. */
  readonly owner: number;
  /** All owners of what may be loaded, where there are several: the tensors that a concatenation in place shows. */
  readonly shown?: ReadonlySet<number>;
  readonly writable: boolean;
  /** Scratch: it may be read before the step has written to it, as garbage. Nobody else writes to it meanwhile, but … */
  readonly garbage: boolean;
  /** … owners of other pieces of scratch that it takes turns with. */
  readonly turns?: ReadonlySet<number>;
}

/** Owner of bytes that nothing has written. */
export const NOBODY = 0;

/** A pointer is its region's index times this, plus the byte address: exact in doubles, and arithmetic keeps the index. */
const SPACE = 2 ** 32;

/** Loads that found no bytes of theirs and do no harm unless what they give is used. */
export interface GarbageReads {
  readonly region: Region;
  /** Bytes outside of the region, and the farthest of them from it. */
  readonly outside: number;
  readonly farthest: number;
  /** Bytes of scratch before they were written. */
  readonly unwritten: number;
}

export interface Names {
  owner(owner: number): string;
  step(step: number): string;
}

/** A store outside of its region; what it would have destroyed is unknown, so it ends the run. */
export class StrayStore extends Error {}

const MOST_FAULTS = 20;

export class ShadowMemory {
  readonly bytes: Int8Array;
  readonly #view: DataView;
  readonly #owners: Uint16Array;
  /** The step that wrote each byte, plus one; 0: the caller. */
  readonly #writers: Uint16Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #own: Uint16Array;
  readonly #faults = new Map<string, string>();
  readonly #garbageReads = new Map<Region, { outside: number; farthest: number; unwritten: number }>();
  #step = 0;
  #random: number;

  /** @param seed of the garbage */
  constructor(
    size: number,
    readonly regions: readonly Region[],
    private readonly names: Names,
    seed: number,
  ) {
    this.bytes = new Int8Array(size);
    this.#view = new DataView(this.bytes.buffer);
    this.#owners = new Uint16Array(size);
    this.#writers = new Uint16Array(size);
    this.#starts = Int32Array.from(regions, ({ start }) => start);
    this.#ends = Int32Array.from(regions, ({ end }) => end);
    this.#own = Uint16Array.from(regions, ({ owner }) => owner);
    this.#random = Math.imul(seed, 0x9e3779b1) | 1;
  }

  pointer(region: number): number {
    return region * SPACE + this.regions[region].start;
  }

  begin(step: number): void {
    this.#step = step;
  }

  /** Bytes that come from outside: constants, inputs, what a reset writes. */
  give(start: number, data: Int8Array, owner: number): void {
    this.bytes.set(data, start);
    this.#owners.fill(owner, start, start + data.length);
    this.#writers.fill(0, start, start + data.length);
  }

  /** From now on nobody has written there. */
  forget(start: number, end: number): void {
    this.#owners.fill(NOBODY, start, end);
  }

  /** As the caller reads a result. */
  take(from: Omit<Region, "garbage" | "writable">): Int8Array {
    const { start, end } = from;
    const region = { ...from, writable: false, garbage: false };
    return Int8Array.from({ length: end - start }, (_, i) => this.#byte(region, start + i));
  }

  /** What is wrong, one text for each pair of readers and writers. */
  get faults(): readonly string[] {
    return [...this.#faults.values()];
  }

  get garbageReads(): readonly GarbageReads[] {
    return [...this.#garbageReads].map(([region, counts]) => ({ region, ...counts }));
  }

  /** Loads are most of what runs: the usual sizes have no loop. */
  #owns(region: number, at: number, size: number): boolean {
    if (!(at >= this.#starts[region] && at + size <= this.#ends[region])) return false;
    const own = this.#own[region];
    const owners = this.#owners;
    if (owners[at] !== own || owners[at + size - 1] !== own) return false;
    if (size <= 2) return true;
    if (size === 4) return owners[at + 1] === own && owners[at + 2] === own;
    for (let i = 1; i < size; i++) if (owners[at + i] !== own) return false;
    return true;
  }

  /** The address to load from: a copy with garbage in it where not all of the bytes are the region's. */
  load(pointer: number, size: number): number {
    const at = pointer >>> 0;
    const region = (pointer / SPACE) | 0;
    return this.#owns(region, at, size) ? at : this.#withGarbage(region, at, size);
  }

  /** For elements, which are aligned. */
  loadAligned(pointer: number, size: number): number {
    if ((pointer & (size - 1)) !== 0) this.#misaligned(pointer, "reads");
    return this.load(pointer, size);
  }

  /** The address to store to. */
  store(pointer: number, size: number): number {
    const at = pointer >>> 0;
    const region = (pointer / SPACE) | 0;
    if (!(at >= this.#starts[region] && at + size <= this.#ends[region] && this.regions[region].writable))
      this.#stray(pointer, size);
    const own = this.#own[region];
    for (let i = at; i < at + size; i++) {
      this.#owners[i] = own;
      this.#writers[i] = this.#step + 1;
    }
    return at;
  }

  storeAligned(pointer: number, size: number): number {
    if ((pointer & (size - 1)) !== 0) this.#misaligned(pointer, "writes");
    return this.store(pointer, size);
  }

  get view(): DataView {
    return this.#view;
  }

  /** The last 8 bytes of the memory are put together for the load. */
  #withGarbage(index: number, at: number, size: number): number {
    const region: Region | undefined = this.regions[index];
    const copy = this.bytes.length - 8;
    for (let i = 0; i < size; i++) this.bytes[copy + i] = this.#byte(region, at + i);
    return copy;
  }

  #byte(region: Region | undefined, at: number): number {
    if (!region) return this.#garbage();
    const { start, end, owner, shown, garbage } = region;
    const isInside = at >= start && at < end;
    const found = this.#owners[at];
    if (isInside && (found === owner || shown?.has(found))) return this.bytes[at];
    const isTaken = found !== NOBODY && this.#writers[at] === region.step + 1 && !region.turns?.has(found);
    if (isInside && (!garbage || isTaken)) this.#report(region, at);
    else {
      const counts = this.#garbageReads.get(region) ?? { outside: 0, farthest: 0, unwritten: 0 };
      this.#garbageReads.set(region, counts);
      if (isInside) counts.unwritten++;
      else {
        counts.outside++;
        counts.farthest = Math.max(counts.farthest, at < start ? start - at : at + 1 - end);
      }
    }
    return this.#garbage();
  }

  #garbage(): number {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return this.#random >> 24;
  }

  #report(region: Region, at: number): void {
    const { step, name, start } = region;
    const owner = this.#owners[at];
    const key = [step, name, owner, this.#writers[at]].join();
    if (this.#faults.has(key) || this.#faults.size >= MOST_FAULTS) return;
    const writer = this.#writers[at];
    const by = writer === 0 ? "before the run" : `in ${this.names.step(writer - 1)}`;
    const why =
      owner === NOBODY
        ? "which nothing has written"
        : `which ${this.names.owner(owner)} has overwritten ${by}`;
    this.#faults.set(key, `${this.names.step(step)} reads byte ${at - start} of ${name}, ${why}`);
  }

  #describe(pointer: number): string {
    const region: Region | undefined = this.regions[(pointer / SPACE) | 0];
    if (!region) return `address ${pointer}, far from everything`;
    return `byte ${(pointer >>> 0) - region.start} of ${region.name}, which has ${region.end - region.start}`;
  }

  #stray(pointer: number, size: number): never {
    const region: Region | undefined = this.regions[(pointer / SPACE) | 0];
    const what = region && !region.writable ? "what it must only read: " : "";
    const step = this.names.step(this.#step);
    throw new StrayStore(`${step} writes ${size} bytes to ${what}${this.#describe(pointer)}`);
  }

  #misaligned(pointer: number, does: string): void {
    const text = `${this.names.step(this.#step)} ${does} at an address that is not aligned: ${this.#describe(pointer)}`;
    const key = text.replace(/byte -?\d+ /, "");
    if (this.#faults.size < MOST_FAULTS && !this.#faults.has(key)) this.#faults.set(key, text);
  }
}

/** The memory as the meanings of instructions use it. @throws where one uses it in a way that is not known here */
export function watchedMemory(shadow: ShadowMemory): Memory & { readonly shadow: ShadowMemory } {
  const { bytes, view } = shadow;
  const reads = {
    getInt8: (at: number) => view.getInt8(shadow.load(at, 1)),
    getUint8: (at: number) => view.getUint8(shadow.load(at, 1)),
    getInt16: (at: number, little: boolean) => view.getInt16(shadow.load(at, 2), little),
    getUint16: (at: number, little: boolean) => view.getUint16(shadow.load(at, 2), little),
    getInt32: (at: number, little: boolean) => view.getInt32(shadow.load(at, 4), little),
    getFloat32: (at: number, little: boolean) => view.getFloat32(shadow.load(at, 4), little),
    getFloat64: (at: number, little: boolean) => view.getFloat64(shadow.load(at, 8), little),
  };
  const writes = {
    setInt8: (at: number, value: number) => view.setInt8(shadow.store(at, 1), value),
    setInt16: (at: number, value: number, little: boolean) =>
      view.setInt16(shadow.store(at, 2), value, little),
    setInt32: (at: number, value: number, little: boolean) =>
      view.setInt32(shadow.store(at, 4), value, little),
  };
  const whole = {
    /** As memmove: all is read before anything is written. */
    copyWithin(to: number, from: number, end: number) {
      const data = Int8Array.from({ length: end - from }, (_, i) => bytes[shadow.load(from + i, 1)]);
      data.forEach((value, i) => (bytes[shadow.store(to + i, 1)] = value));
    },
    fill(value: number, from: number, end: number) {
      for (let at = from; at < end; at++) bytes[shadow.store(at, 1)] = value;
    },
  };
  const int8 = new Proxy(whole, {
    get: (target, name) => {
      if (name in target) return target[name as keyof typeof target];
      return bytes[shadow.load(addressOf(name), 1)];
    },
    set: (_, name, value: number) => {
      bytes[shadow.store(addressOf(name), 1)] = value;
      return true;
    },
  });
  return { int8: int8 as unknown as Int8Array, view: { ...reads, ...writes } as unknown as DataView, shadow };
}

function addressOf(name: string | symbol): number {
  const at = Number(String(name));
  if (Number.isNaN(at)) throw new Error(`an instruction uses ${String(name)} of the memory`);
  return at;
}
