/**
 * A vector times all filters of a layer, some filters at a time, for dense layers and images of one pixel. Its words are
 * unpacked as they are read, once for all filters of a panel: there is nothing to prepare, and no scratch.
 */

import { int, type Block, type Expr, type Pointer, type Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import { load4 } from "../../targets/cortex-m7.js";
import { smlad, sxtb16 } from "../../targets/packed.js";
import type { Product } from "./product.js";
import { COMPLEMENT } from "./widen.js";

export type VectorWidth = 4 | 6;

/** Filters a panel that take the fewest cycles: a step of them takes two each, and two more. */
export function vectorWidth(channels: number): VectorWidth {
  const cycles = (width: VectorWidth) => Math.ceil(channels / width) * (2 * width + 2);
  return cycles(6) < cycles(4) ? 6 : 4;
}

/**
 * @param product of one row of K, with panels of so many raw filters as `vectorWidth` says
 * @param depth values of the vector, at least 4
 */
export function vectorProduct(
  block: Block,
  product: Product,
  vector: Pointer,
  depth: number,
  results: Pointer,
): void {
  const [{ width, panels, lastChannel }] = product.panels.groups;
  const { channels } = product;
  block.scope((body) => {
    const weights = body.point("w", product.panels.weights.plus(0), true);
    const start = body.point("vector", vector.plus(0), true);
    const to = body.point("to", results.plus(0), true);
    const some = (inner: Block, count: Expr | number) =>
      panelsOf(inner, product, { weights, vector: start, to, depth }, count);
    if (channels % width === 0 || channels < width) return some(body, panels);
    // The last panel computes some channels again.
    body.for("part", 0, panels > 1 ? 2 : 1, 1, (part, inner) => {
      const isLast = part.compare("==", 1);
      inner.if(isLast, (last) => last.repoint(to, results.plus(lastChannel)));
      some(inner, inner.let("panels", isLast.select(1, panels - 1)));
    });
  });
}

interface Places {
  readonly weights: Pointer;
  readonly vector: Pointer;
  readonly to: Pointer;
  readonly depth: number;
}

/** So many panels, one behind the other in memory. */
function panelsOf(
  block: Block,
  product: Product,
  { weights, vector, to, depth }: Places,
  count: Expr | number,
): void {
  const { scaling, channels, steps } = product;
  const [{ width }] = product.panels.groups;
  const { turns, rest } = vectorTurns(steps);
  block.scheduled((scheduled) =>
    scheduled.for("panel", 0, count, 1, (_, body) => {
      const x = body.point("x", vector.plus(0), true);
      const writer = new VectorWriter(weights, x, width, depth - 4 * TURN * turns);
      writer.enter(body, turns === 0 && rest === 1);
      body.for("k", 0, turns, 1, (_counter, turn) => {
        for (let step = 0; step < TURN; step++) writer.step(turn, step);
        turn.advance(weights, 4 * width * TURN);
        turn.advance(x, 4 * TURN);
      });
      for (let step = 0; step < rest; step++) writer.step(body, step, rest);
      const constants = 4 * width * rest;
      const out = body.point("out", to.plus(0), true);
      const shared = scaling.share(body, false);
      writer.sums.forEach((sum, c) => {
        const load = (i: number) => call(load4, weights.plus(constants + 4 * (c * scaling.words + i)));
        scaling.results(body, String(c), shared, load, [sum], (_i, result) =>
          body.store(out, int(Math.min(c, channels - 1)), result),
        );
      });
      body.advance(out, width);
      body.repoint(to, out.plus(0));
      body.advance(weights, constants + 4 * width * scaling.words);
    }),
  );
}

/** Steps a turn; an even number: two variables hold the vector's words by turns. */
const TURN = 4;

/** At least two steps are left for behind the loop: the last one reads nothing ahead, the one before it a word that may be filled up. */
export function vectorTurns(steps: number): { readonly turns: number; readonly rest: number } {
  const rest = steps <= 2 * TURN ? steps : ((steps - 2) % TURN) + 2;
  return { turns: (steps - rest) / TURN, rest };
}

/** Words of weights in flight: three are needed; as many steps of a turn as there are use all of them equally often. */
const wordsOf = (width: number): number => (width % 3 === 0 ? 3 : 4);

class VectorWriter {
  sums: Variable[] = [];
  #words: Variable[] = [];
  /** The step's word of the vector, and room for its extension and the next word. */
  #x: Variable[] = [];

  /** @param left values of the vector behind the loop */
  constructor(
    private readonly weights: Pointer,
    private readonly x: Pointer,
    private readonly width: number,
    private readonly left: number,
  ) {}

  /** @param single there is but one step */
  enter(block: Block, single: boolean): void {
    this.#x = [block.variable("x0", this.#load(0, single)), block.variable("x1", 0)];
    this.#words = Array.from({ length: wordsOf(this.width) }, (_, i) =>
      block.variable(`word${i}`, call(load4, this.weights.plus(4 * i))),
    );
    this.sums = Array.from({ length: this.width }, (_, i) => block.variable(`sum${i}`, 0));
  }

  /** The vector's last word may be filled up by bytes in front of it: they are shifted out, and meet weights of zero. */
  #load(step: number, isLast: boolean): Expr {
    const missing = isLast ? -this.left & 3 : 0;
    const word = call(load4, this.x.plus(4 * step - missing));
    return missing === 0 ? word : word.shiftRight(8 * missing);
  }

  /**
   * While a filter's word is extended, the next filter multiplies by the vector's even values, and while the extended one multiplies
   * by the other pair, the word after the next is loaded: two cycles a filter, and two for the word of the vector.
   * @param count of the steps behind the loop, which read no further; none: the step is inside of the loop
   */
  step(block: Block, step: number, count?: number): void {
    const { width, sums } = this;
    const [x, even] = this.#x;
    const inFlight = this.#words.length;
    const words = Array.from({ length: width }, (_, i) => this.#words[(step * width + i) % inFlight]);
    const multiply = (i: number, by: Variable) => block.set(sums[i], call(smlad, words[i], by, sums[i]));
    block.set(even, call(sxtb16, x));
    block.set(x, x.xor(COMPLEMENT));
    multiply(0, even);
    for (let i = 0; i < width; i++) {
      block.set(words[i], call(sxtb16, words[i]));
      if (i < width - 1) multiply(i + 1, even);
      else if (step + 1 !== count) block.set(even, this.#load(step + 1, step + 2 === count));
      multiply(i, x);
      const next = step * width + i + inFlight;
      if (count === undefined || next < count * width)
        block.set(words[i], call(load4, this.weights.plus(4 * next)));
    }
    this.#x = [even, x];
  }
}
