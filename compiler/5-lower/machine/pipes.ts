/**
 * How operations go through the Cortex-M7's pipeline: published measurements (quinapalus.com "Cortex-M7 instruction cycle
 * counts", jnk0le's "pipeline cycle test") as rules. Stages: EX1 (addresses, early ALU, shifter), EX2 (late ALU, multiplier),
 * EX3 (accumulation), EX4 (data to store).
 */

import type { Pipe } from "../../targets/instruction.js";

/** How a source is taken: by the shifter, as base or index of an address, by the late ALU, unshifted beside a shifted one, by
 * the multiplier, as its addend, as data to store. */
export const Use = {
  early: 0,
  base: 1,
  index: 2,
  late: 3,
  beside: 4,
  multiply: 5,
  addend: 6,
  data: 7,
} as const;
export type Use = (typeof Use)[keyof typeof Use];

/** What produced a value. `early` is an addition, move or shift that ran in EX1; a block's own inputs are `ready`. */
export const Kind = { ready: 0, early: 1, late: 2, saturated: 3, product: 4, word: 5, part: 6 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Bits. The first group restricts pairing. */
export const Trait = {
  /** In the older slot only, once a cycle. */
  olderOnly: 1,
  /** Uses the shifter of EX1: once a cycle. */
  shifter: 2,
  multiplier: 4,
  load: 8,
  store: 16,
  branch: 32,
  /** Additions, moves: may run in EX1 from the older slot. */
  earlyOlder: 64,
  /** Plain shifts: may run in EX1 from either slot. */
  earlyAny: 128,
  setsFlags: 256,
} as const;

/** Cycles from issue to issue; 0: a younger operation may take it in the same cycle. Rows by kind, columns by use. */
const latencies: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 0, 0, 0, 0],
  [1, 1, 1, 0, 0, 1, 0, 0],
  [2, 2, 2, 1, 1, 1, 0, 0],
  [3, 3, 3, 2, 2, 2, 1, 1],
  [3, 4, 4, 2, 2, 2, 1, 1],
  [2, 2, 3, 1, 2, 2, 0, 0],
  [3, 3, 3, 2, 2, 2, 1, 0],
];

/** Index: kind * 8 + use. */
export const latency = Int8Array.from(latencies.flat());
/** From that age on a result of the kind is as good as ready. */
export const ripe = Int8Array.from(latencies.map((row) => Math.max(...row)));

/** Of an exit that was predicted as another turn; less when the flags are known three cycles before the branch. */
export const mispredicted = { late: 8, early: 6 } as const;
export const flagsAhead = 3;

export interface Path {
  readonly uses: readonly Use[];
  readonly kind: Kind;
  readonly traits: number;
}

const { early, base, late, beside, multiply, addend, data } = Use;
const { olderOnly, shifter, multiplier, load, store, earlyOlder, earlyAny } = Trait;

/** Additions, subtractions, moves; of logical operations `earlyOlder` is taken away. */
export const paths: Record<Pipe, Path> = {
  "multiply-accumulate": { uses: [multiply, multiply, addend], kind: Kind.product, traits: multiplier },
  multiply: { uses: [multiply, multiply], kind: Kind.product, traits: multiplier },
  extend: { uses: [late], kind: Kind.late, traits: olderOnly },
  "extend-add": { uses: [beside, early], kind: Kind.late, traits: olderOnly | shifter },
  parallel: { uses: [late, late], kind: Kind.late, traits: olderOnly },
  saturate: { uses: [early], kind: Kind.saturated, traits: olderOnly | shifter },
  pack: { uses: [beside, early], kind: Kind.late, traits: olderOnly | shifter },
  alu: { uses: [late, late], kind: Kind.late, traits: earlyOlder },
  "alu-shifted": { uses: [beside, early], kind: Kind.late, traits: shifter },
  shift: { uses: [late, late], kind: Kind.late, traits: earlyAny },
  "load-word": { uses: [base, Use.index], kind: Kind.word, traits: load },
  "load-part": { uses: [base, Use.index], kind: Kind.part, traits: load },
  store: { uses: [data, base], kind: Kind.ready, traits: store },
};
