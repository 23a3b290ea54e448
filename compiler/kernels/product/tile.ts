/**
 * The half-unpacked dot product: a tile of 2 raw vectors by 3 or 2 wide ones, in the order that keeps the multiplier of a
 * Cortex-M7 busy. A word of four int8 of a raw vector is used twice: as it is, a pair of int16 (256 * b1 + b0, 256 * b3 + b2),
 * and with two of its bytes extended to int16; the wide vector holds, for each of the two, a pair of int16 that makes the
 * sum come out. Only one side is ever unpacked, and it once. Per step of four products a vector and 2x3 tile: 12 SMLAD, 8
 * loads, 2 SXTB16 in 12 cycles.
 */

import type { Block, Pointer, Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import type { Instruction } from "../../targets/instruction.js";
import { smlad } from "../../targets/packed.js";

/** Words of vectors at constant distances from one pointer. */
export interface Words {
  /** Moves on with the steps: made mutable. */
  readonly pointer: Pointer;
  readonly load: Instruction;
  /** Elements from a step to the next. */
  readonly step: number;
  /** Elements from the pointer to the word of a vector; wide vectors have two words a step. */
  at(vector: number, half: 0 | 1): number;
}

export interface Tile {
  readonly raw: Words;
  readonly wide: Words;
  /** Wide vectors. */
  readonly width: 2 | 3;
  /** Extends two bytes of a raw word. */
  readonly extend: Instruction;
}

/** The steps of a dot product: so many rows, in which both vectors are contiguous. */
export interface Depth {
  readonly rows: number;
  readonly steps: number;
  /** Elements from a row of the wide vectors to the next; the raw ones' follow each other. */
  readonly wideRow: number;
}

/** What is left of a tile: its sums, [raw][wide], and how far the pointers have moved, in elements. */
export interface Multiplied {
  readonly sums: readonly (readonly Variable[])[];
  readonly rawMoved: number;
  readonly wideMoved: number;
}

const RAWS = 2;
/** Wide words that a step finds loaded, besides the first raw one. */
const ENTERED = 2;

type Action =
  | { readonly kind: "multiply"; readonly raw: number; readonly wide: number; readonly half: 0 | 1 }
  /** Of this step or the next. */
  | { readonly kind: "wide"; readonly wide: number; readonly half: 0 | 1; readonly ahead: 0 | 1 }
  | { readonly kind: "raw"; readonly raw: number; readonly ahead: 0 | 1 }
  | { readonly kind: "extend"; readonly raw: number }
  /** Room for an instruction. */
  | { readonly kind: "free" };

const m = (raw: number, wide: number, half: 0 | 1): Action => ({ kind: "multiply", raw, wide, half });
const w = (wide: number, half: 0 | 1, ahead: 0 | 1 = 0): Action => ({ kind: "wide", wide, half, ahead });
const r = (raw: number, ahead: 0 | 1 = 0): Action => ({ kind: "raw", raw, ahead });
const x = (raw: number): Action => ({ kind: "extend", raw });
const free: Action = { kind: "free" };

/**
 * What issues together stands together. A word is loaded two cycles before it is needed, as soon as its register is free: all but
 * the second raw one at the end of the step before. The branch of a loop pairs with the last multiplication.
 */
const orders: Record<Tile["width"], readonly Action[]> = {
  3: [
    ...[m(0, 0, 0), r(1), m(0, 1, 0), w(2, 0), m(1, 0, 0), w(0, 1), m(1, 1, 0), w(1, 1), m(0, 2, 0), free],
    ...[x(0), m(1, 2, 0), x(1), m(0, 0, 1), m(1, 0, 1), w(2, 1), m(0, 1, 1), w(0, 0, 1), m(1, 1, 1)],
    ...[w(1, 0, 1), m(0, 2, 1), r(0, 1), m(1, 2, 1), free],
  ],
  2: [
    ...[m(0, 0, 0), r(1), m(0, 1, 0), w(0, 1), m(1, 0, 0), w(1, 1), x(0), m(1, 1, 0), x(1), m(0, 0, 1)],
    ...[m(0, 1, 1), w(0, 0, 1), m(1, 0, 1), w(1, 0, 1), m(1, 1, 1), r(0, 1), free, free],
  ],
};
/** Which register holds the word of a wide vector, by half. */
const slots: Record<Tile["width"], readonly (readonly number[])[]> = {
  3: [
    [0, 1, 2],
    [0, 1, 2],
  ],
  2: [
    [0, 1],
    [2, 3],
  ],
};

/** How the steps of a row are written. */
export interface Unrolling {
  /** Up to so many steps there is no loop. */
  readonly straight: number;
  /** Of few steps, which costs some cycles a tile. */
  readonly compact: boolean;
}

export interface Turns {
  readonly turns: number;
  readonly each: number;
  /** After the loop. */
  readonly rest: number;
}

/**
 * @param peeled the last step must not read ahead. With three wide vectors it may: what it reads of the first two lies
 * before the end of the third, and behind a panel's weights are its constants.
 */
export function turnsOf(steps: number, { straight, compact }: Unrolling, peeled: boolean): Turns {
  if (steps <= straight) return { turns: 0, each: 0, rest: steps };
  const choices = (compact ? [2, 3] : [3, 4, 5]).map((each) => {
    const turns = Math.floor((peeled || !compact ? steps - 1 : steps) / each);
    return { turns, each, rest: steps - turns * each };
  });
  return choices.reduce((best, one) => (one.each + one.rest < best.each + best.rest ? one : best));
}

/** Writes the steps of one tile. @param peeled as in `turnsOf` */
export function multiplyTile(
  block: Block,
  tile: Tile,
  { rows, steps, wideRow }: Depth,
  unrolling: Unrolling,
  peeled: boolean,
): Multiplied {
  const { turns, each, rest } = turnsOf(steps, unrolling, peeled);
  const writer = new TileWriter(tile);
  if (turns > 0 || rows > 1) writer.clear(block);
  const moved = turns * each;
  block.for("row", 0, rows, 1, (_, body) => {
    writer.enter(body);
    body.for("k", 0, turns, 1, (_counter, turn) => {
      for (let step = 0; step < each; step++) writer.step(turn, step, step < each - 1 ? "on" : "turn", each);
    });
    writer.forget("wide");
    for (let step = 0; step < rest; step++) writer.step(body, step, step < rest - 1 ? "on" : "end");
    if (rows === 1) return;
    body.advance(tile.raw.pointer, rest * tile.raw.step);
    body.advance(tile.wide.pointer, wideRow - moved * tile.wide.step);
  });
  return {
    sums: writer.sums,
    rawMoved: (rows === 1 ? moved : rows * steps) * tile.raw.step,
    wideMoved: rows === 1 ? moved * tile.wide.step : rows * wideRow,
  };
}

class TileWriter {
  readonly sums: Variable[][] = Array.from({ length: RAWS }, () => []);
  readonly #raws: Variable[] = [];
  readonly #wides: Variable[] = [];
  #stretch = "";

  constructor(private readonly tile: Tile) {}

  clear(block: Block): void {
    for (let raw = 0; raw < RAWS; raw++)
      for (let wide = 0; wide < this.tile.width; wide++)
        this.sums[raw][wide] = block.variable(`sum${raw}${wide}`, 0);
  }

  /** Loads what the first step begins with. */
  enter(block: Block): void {
    const { raw, wide } = this.tile;
    this.forget("turn");
    const load = (words: Words, vector: number) => call(words.load, words.pointer.plus(words.at(vector, 0)));
    this.#raws.length = 0;
    this.#raws[0] = block.variable("raw0", load(raw, 0));
    for (let i = 0; i < ENTERED; i++) this.#wides[i] = block.variable(`wide${i}`, load(wide, i));
  }

  /** The words that no step hands to the next one: each stretch of code has variables of its own for them. */
  forget(stretch: string): void {
    this.#stretch = stretch;
    this.#wides.length = Math.min(this.#wides.length, ENTERED);
    this.#raws.length = Math.min(this.#raws.length, 1);
  }

  /** @param then "turn": the pointers move on by `each` steps; "end": nothing is read ahead */
  step(block: Block, step: number, then: "on" | "turn" | "end", each = 0): void {
    const { raw, wide, width } = this.tile;
    const left = then === "turn" ? [raw, wide] : [];
    const at = new Map([raw, wide].map((words) => [words, step]));
    for (const one of orders[width]) {
      if (one.kind !== "free") {
        this.#act(block, one, at, then !== "end");
        continue;
      }
      const words = left.shift();
      if (!words) continue;
      block.advance(words.pointer, each * words.step);
      at.set(words, step - each);
    }
  }

  /** @param at the step, counted from where the words' pointer is */
  #act(
    block: Block,
    one: Exclude<Action, { kind: "free" }>,
    at: ReadonlyMap<Words, number>,
    readsOn: boolean,
  ): void {
    const { extend, width, raw, wide } = this.tile;
    const load = (words: Words, vector: number, half: 0 | 1, ahead: number) =>
      call(words.load, words.pointer.plus(words.at(vector, half) + (at.get(words)! + ahead) * words.step));
    switch (one.kind) {
      case "multiply": {
        const factor = this.#wides[slots[width][one.half][one.wide]];
        const known = this.sums[one.raw][one.wide];
        const product = call(smlad, this.#raws[one.raw], factor, known ?? 0);
        if (known) block.set(known, product);
        else this.sums[one.raw][one.wide] = block.variable(`sum${one.raw}${one.wide}`, product);
        return;
      }
      case "extend":
        return block.set(this.#raws[one.raw], call(extend, this.#raws[one.raw]));
      case "raw": {
        if (one.ahead === 1 && !readsOn) return;
        const value = load(raw, one.raw, 0, one.ahead);
        if (this.#raws[one.raw]) return block.set(this.#raws[one.raw], value);
        this.#raws[one.raw] = block.variable(`${this.#stretch}Raw${one.raw}`, value);
        return;
      }
      case "wide": {
        if (one.ahead === 1 && !readsOn) return;
        const slot = slots[width][one.half][one.wide];
        const value = load(wide, one.wide, one.half, one.ahead);
        if (this.#wides[slot]) block.set(this.#wides[slot], value);
        else this.#wides[slot] = block.variable(`${this.#stretch}${slot}`, value);
      }
    }
  }
}
