/**
 * Products of int8 activations as they lie with int8 weights: nothing is prepared, there is no scratch. Both sides are unpacked in
 * registers, three filters and two pixels at a time: 12 multiplications, 5 loads and 7 instructions that unpack in 13 cycles, where
 * prepared activations take 12.
 */

import { lift, type Block, type Expr, type Pointer, type Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import { load4 } from "../../targets/cortex-m7.js";
import { smlad, sxtb16 } from "../../targets/packed.js";
import type { Destination } from "../destination.js";
import { forPanels, pairingOf, repeating, type Pairing } from "./product.js";
import { advanceFar, requantize, type Product, type Targets } from "./tiles.js";
import type { Turns, Unrolling } from "./tile.js";
import { COMPLEMENT } from "./widen.js";

/** Filters of a panel: layers have at least as many. */
export const DIRECT_FILTERS = 3;
const PIXELS = 2;

/** Whether its loads are within reach of a pointer, and end with the pixels. @param pixel bytes from a pixel to the next */
export function fitsDirect(depth: number, pixel: number, channels: number): boolean {
  return depth % 4 === 0 && channels >= DIRECT_FILTERS && pixel + 4 * MOST_STEPS <= 4095;
}

/** Without a loop, at most. */
const MOST_STEPS = 16;

/** Pixels as rows of plain int8. */
export interface PlainPixels {
  /** Of pixel 0. */
  readonly pointer: Pointer;
  /** Bytes from one pixel to the next. */
  readonly pixel: number;
}

/** @param product of one row of K, with panels of `DIRECT_FILTERS` raw filters @param pixels as a count, or as pairs */
export function directProduct(
  block: Block,
  product: Product,
  input: PlainPixels,
  pixels: number | Pairing,
  destination: Destination,
): void {
  const { pairs, odd } = typeof pixels === "number" ? pairingOf(pixels) : pixels;
  // A single pixel is computed twice.
  const single = pixels === 1;
  const target = repeating(destination, single, false);
  const stride = single ? 0 : input.pixel;
  const [group] = product.panels.groups;
  forPanels(block, product, group, target, (body, weights, to, parity) => {
    const x = body.point("x", input.pointer.plus(0), true);
    const pointers = { weights, x, stride };
    const write = (inner: Block, count: Expr | number) =>
      directTiles(inner, count, product, pointers, { to, parity, destination: target });
    if (odd === 0) return write(body, pairs);
    // An odd last pixel is computed with the one before it, which is there already.
    body.for("part", 0, lift(odd).plus(1), 1, (part, inner) => {
      const isLast = part.compare("==", 1);
      inner.if(isLast, (last) => {
        last.advance(x, -input.pixel);
        last.advance(to, -target.pixel);
      });
      write(inner, inner.let("turns", isLast.select(1, pairs)));
    });
  });
}

export function directTurns(steps: number, { straight }: Unrolling): Omit<Turns, "each"> {
  const rest = steps <= straight ? steps : ((steps - 1) % TURN) + 1;
  return { turns: (steps - rest) / TURN, rest };
}

interface Pointers {
  readonly weights: Pointer;
  readonly x: Pointer;
  /** Bytes from a pixel to the next. */
  readonly stride: number;
}

/** Steps a turn: an even number, since registers change places from step to step. */
const TURN = 6;

/** So many pairs of pixels. */
function directTiles(
  block: Block,
  count: Expr | number,
  product: Product,
  { weights, x, stride }: Pointers,
  targets: Targets,
): void {
  const { steps, unrolling } = product;
  const { turns, rest } = directTurns(steps, unrolling);
  const stepBytes = 4 * DIRECT_FILTERS;
  const write = (body: Block) => {
    const writer = new DirectWriter(weights, x, stride);
    writer.clear(body);
    writer.enter(body);
    body.for("k", 0, turns, 1, (_counter, turn) => {
      for (let step = 0; step < TURN; step++) writer.step(turn, step, false);
      turn.advance(weights, stepBytes * TURN);
      turn.advance(x, 4 * TURN);
    });
    for (let step = 0; step < rest; step++) writer.step(body, step, step === rest - 1);
    const moved = stepBytes * TURN * turns;
    requantize(body, product, { weights, moved }, writer.sums, targets, PIXELS);
    advanceFar(body, weights, -moved);
    advanceFar(body, x, PIXELS * stride - 4 * TURN * turns);
  };
  const loop = (body: Block, then: (inner: Block) => void) =>
    body.for("tile", 0, lift(count), 1, (_, inner) => then(inner));
  // No registers are left for counters of tiles.
  loop(block, (body) => body.scheduled(write));
}

class DirectWriter {
  /** By filter and pixel. */
  readonly sums: Variable[][] = [];
  /** Of two filters each, and of both pixels: the word, and its even values or the next word. */
  #words: Variable[] = [];
  #x: [Variable, Variable][] = [];

  constructor(
    private readonly weights: Pointer,
    private readonly x: Pointer,
    private readonly stride: number,
  ) {}

  clear(block: Block): void {
    for (let filter = 0; filter < DIRECT_FILTERS; filter++)
      this.sums[filter] = [0, 1].map((pixel) => block.variable(`sum${filter}${pixel}`, 0));
  }

  /** Loads what the first step begins with. */
  enter(block: Block): void {
    this.#words = [0, 1].map((i) => block.variable(`word${i}`, this.#weight(i)));
    this.#x = [0, 1].map((pixel) => [
      block.variable(`x${pixel}`, this.#load(0, pixel)),
      block.variable(`even${pixel}`, 0),
    ]);
  }

  #weight(index: number): Expr {
    return call(load4, this.weights.plus(4 * index));
  }
  #load(step: number, pixel: number): Expr {
    return call(load4, this.x.plus(4 * step + pixel * this.stride));
  }

  /** @param isLast nothing is read ahead */
  step(block: Block, step: number, isLast: boolean): void {
    const { sums } = this;
    const [a, b] = this.#words;
    const [[x0, even0], [x1, even1]] = this.#x;
    const first = DIRECT_FILTERS * step;
    const m = (filter: number, word: Variable, pixel: number, by: Variable) =>
      block.set(sums[filter][pixel], call(smlad, word, by, sums[filter][pixel]));
    const extend = (to: Variable, word: Variable) => block.set(to, call(sxtb16, word));
    const complement = (word: Variable) => block.set(word, word.xor(COMPLEMENT));
    const next = (to: Variable, value: Expr) => {
      if (!isLast) block.set(to, value);
    };
    extend(even0, x0);
    m(0, a, 0, even0);
    extend(even1, x1);
    m(0, a, 1, even1);
    complement(x0);
    extend(a, a);
    m(1, b, 0, even0);
    complement(x1);
    m(0, a, 0, x0);
    m(0, a, 1, x1);
    block.set(a, this.#weight(first + 2));
    m(1, b, 1, even1);
    extend(b, b);
    m(2, a, 0, even0);
    m(2, a, 1, even1);
    next(even0, this.#load(step + 1, 0));
    m(1, b, 0, x0);
    next(even1, this.#load(step + 1, 1));
    extend(a, a);
    m(1, b, 1, x1);
    m(2, a, 0, x0);
    next(b, this.#weight(first + 3));
    m(2, a, 1, x1);
    next(a, this.#weight(first + 4));
    this.#words = [b, a];
    this.#x = [
      [even0, x0],
      [even1, x1],
    ];
  }
}
