/** What is done to a file: each returns the changed bytes and says what it did. */

import type { Random } from "../random.js";

export interface Mutated {
  readonly bytes: Uint8Array;
  readonly done: string;
}

/** @param other another file of the same format, to take parts from */
export type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Mutated;

/** Numbers at which careless readers break. */
const awkward = [
  0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 129, 255, 256, 1000, 4096, 32767, 32768, 65535,
  65536, 0x00ffffff, 0x01000000, 0x10000000, 0x3fffffff, 0x40000000, 0x7ffffffe, 0x7fffffff, 0x80000000,
  0x80000001, 0xc0000000, 0xfffffff0, 0xfffffffc, 0xfffffffe, 0xffffffff,
];

/** Floats, as they lie in the file: 0, -0, 1, infinities, NaN, the smallest and the largest. */
const awkwardFloats = [
  0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 1, 0x00800000, 0x7f7fffff,
  0x33d6bf95,
];

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Headers and tables lie at the ends of files, numbers in between: two of three changes go to the ends. */
function spot(random: Random, length: number, align: number): number {
  const span = Math.max(1, length - align + 1);
  const near = Math.min(span, 2048);
  const at = random.pick([random.below(span), random.below(near), span - 1 - random.below(near)]);
  return at - (at % align);
}

const flipBit: Mutation = (bytes, random) => {
  const at = spot(random, bytes.length, 1);
  const bit = random.below(8);
  const copy = bytes.slice();
  copy[at] ^= 1 << bit;
  return { bytes: copy, done: `bit ${bit} of byte ${at}` };
};

const setByte: Mutation = (bytes, random) => {
  const at = spot(random, bytes.length, 1);
  const value = random.pick([0, 1, 127, 128, 255, random.below(256)]);
  const copy = bytes.slice();
  copy[at] = value;
  return { bytes: copy, done: `byte ${at} = ${value}` };
};

function setField(bits: 16 | 32 | 64): Mutation {
  return (bytes, random) => {
    const size = bits / 8;
    if (bytes.length < size) return { bytes, done: "nothing" };
    const copy = bytes.slice();
    const view = viewOf(copy);
    const at = field(view, random, size);
    const old = bits === 16 ? view.getUint16(at, true) : view.getUint32(at, true);
    const near = [old + 1, old - 1, old + 4, old - 4, old * 2, -old, bytes.length, bytes.length - at, at];
    const value = random.pick([random.pick(awkward), random.pick(near), random.pick(awkwardFloats)]) >>> 0;
    if (bits === 16) view.setUint16(at, value & 0xffff, true);
    else view.setUint32(at, value, true);
    if (bits === 64) view.setUint32(at + 4, random.pick([0, 0, value, 0xffffffff, 0x7fffffff]), true);
    return { bytes: copy, done: `u${bits} at ${at}: ${old} -> ${value}` };
  };
}

/** The place of a number: half of the time one that looks like a count, a size or an offset into the file. */
function field(view: DataView, random: Random, align: number): number {
  if (random.chance(0.5)) return spot(random, view.byteLength, align);
  for (let attempt = 0; attempt < 32; attempt++) {
    const at = random.below(view.byteLength - align + 1) & ~(align - 1);
    const value = align === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    if (value !== 0 && (value < 1024 || at + value < view.byteLength)) return at;
  }
  return spot(random, view.byteLength, align);
}

/** Two numbers that lie somewhere change places: offsets then point to something well-formed of another kind. */
const swapFields: Mutation = (bytes, random) => {
  if (bytes.length < 8) return { bytes, done: "nothing" };
  const copy = bytes.slice();
  const view = viewOf(copy);
  const [a, b] = [field(view, random, 4), field(view, random, 4)];
  const first = view.getUint32(a, true);
  view.setUint32(a, view.getUint32(b, true), true);
  view.setUint32(b, first, true);
  return { bytes: copy, done: `u32 at ${a} and ${b} exchanged` };
};

const truncate: Mutation = (bytes, random) => {
  const length = random.pick([
    random.below(bytes.length),
    random.below(64),
    bytes.length - random.int(1, 64),
  ]);
  return { bytes: bytes.slice(0, Math.max(0, length)), done: `cut to ${length} bytes` };
};

const copyWithin: Mutation = (bytes, random) => {
  const [from, to] = [spot(random, bytes.length, 1), spot(random, bytes.length, 1)];
  const length = random.int(1, random.pick([8, 64, 1024]));
  const copy = bytes.slice();
  copy.copyWithin(to, from, from + length);
  return { bytes: copy, done: `${length} bytes from ${from} to ${to}` };
};

/** Some of this file, then the rest of another. */
const splice: Mutation = (bytes, random, other) => {
  const [cut, from] = [random.below(bytes.length), random.below(other.length)];
  const length = random.pick([other.length, random.below(other.length), 64]);
  const part = other.subarray(from, from + length);
  const rest = random.chance(0.5)
    ? bytes.subarray(cut)
    : bytes.subarray(Math.min(bytes.length, cut + part.length));
  return {
    bytes: Uint8Array.from(Buffer.concat([bytes.subarray(0, cut), part, rest])),
    done: `bytes ${from} to ${from + part.length} of another file at ${cut}`,
  };
};

const insert: Mutation = (bytes, random) => {
  const at = spot(random, bytes.length, 1);
  const part = Uint8Array.from({ length: random.int(1, 16) }, () => random.pick([0, 255, random.below(256)]));
  const joined = Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
  return { bytes: Uint8Array.from(joined), done: `${part.length} bytes inserted at ${at}` };
};

export const binaryMutations: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  setField(16),
  setField(32),
  setField(32),
  setField(32),
  setField(64),
  swapFields,
  truncate,
  copyWithin,
  splice,
  insert,
];
