/** A vector times all filters of a layer: four filters at a time, for dense layers and images of one pixel. */

import { int, type Block, type Expr, type Pointer, type Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import { load2, load4 } from "../../targets/cortex-m7.js";
import { smlad, sxtb16 } from "../../targets/packed.js";
import type { Product } from "./product.js";
import { turnsOf } from "./tile.js";

export const FILTERS = 4;

/**
 * @param product with panels of four raw filters
 * @param wide the vector as `widenRun` writes it
 */
export function vectorProduct(block: Block, product: Product, wide: Pointer, results: Pointer): void {
  const [{ panels, lastChannel }] = product.panels.groups;
  const { channels } = product;
  block.scope((body) => {
    const weights = body.point("w", product.panels.weights.plus(0), true);
    const x = body.point("x", wide.plus(0), true);
    const to = body.point("to", results.plus(0), true);
    if (channels % FILTERS === 0 || channels < FILTERS)
      return panelsOf(body, product, weights, x, to, panels);
    // The last panel computes some channels again.
    body.for("part", 0, panels > 1 ? 2 : 1, 1, (part, inner) => {
      const isLast = part.compare("==", 1);
      inner.if(isLast, (last) => last.repoint(to, results.plus(lastChannel)));
      panelsOf(inner, product, weights, x, to, inner.let("panels", isLast.select(1, panels - 1)));
    });
  });
}

/** So many panels, one behind the other in memory. */
function panelsOf(
  block: Block,
  product: Product,
  weights: Pointer,
  x: Pointer,
  to: Pointer,
  count: Expr | number,
): void {
  const { scaling, channels } = product;
  const steps = product.rows * product.steps;
  const { turns, each, rest } = turnsOf(steps, product.unrolling, true);
  block.scheduled((scheduled) =>
    scheduled.for("panel", 0, count, 1, (_, body) => {
      const writer = new VectorWriter(weights, x);
      writer.enter(body);
      body.for("k", 0, turns, 1, (_counter, turn) => {
        for (let step = 0; step < each; step++) writer.step(turn, step, `turn${step}`, true);
        turn.advance(weights, each * STEP);
        turn.advance(x, 4 * each);
      });
      for (let step = 0; step < rest; step++) writer.step(body, step, `second${step}`, step < rest - 1);
      const constants = rest * STEP;
      const out = body.point("out", to.plus(0), true);
      const shared = scaling.share(body, false);
      writer.sums.forEach((sum, c) => {
        const load = (i: number) => call(load4, weights.plus(constants + 4 * (c * scaling.words + i)));
        scaling.results(body, String(c), shared, load, [sum], (_i, result) =>
          body.store(out, int(Math.min(c, channels - 1)), result),
        );
      });
      body.advance(out, FILTERS);
      body.repoint(to, out.plus(0));
      body.advance(weights, constants + 4 * FILTERS * scaling.words);
      body.advance(x, -4 * turns * each);
    }),
  );
}

/** Bytes of a step's words of all filters. */
const STEP = 4 * FILTERS;

class VectorWriter {
  sums: Variable[] = [];
  #raws: Variable[] = [];
  #first!: Variable;

  constructor(
    private readonly weights: Pointer,
    private readonly x: Pointer,
  ) {}

  enter(block: Block): void {
    const filters = Array.from({ length: FILTERS }, (_, i) => i);
    this.#raws = filters.map((i) => block.variable(`raw${i}`, call(load4, this.weights.plus(4 * i))));
    this.#first = block.variable("first", call(load2, this.x.plus(0)));
    this.sums = filters.map((i) => block.variable(`sum${i}`, 0));
  }

  /**
   * Nine or ten cycles: while words are extended, the other filters multiply; the next step's words are loaded beside the
   * last multiplications.
   */
  step(block: Block, step: number, name: string, readsOn: boolean): void {
    const [raws, sums] = [this.#raws, this.sums];
    const multiply = (i: number, by: Variable) => block.set(sums[i], call(smlad, raws[i], by, sums[i]));
    const extend = (i: number) => block.set(raws[i], call(sxtb16, raws[i]));
    const next = (i: number) => {
      if (readsOn) block.set(raws[i], call(load4, this.weights.plus((step + 1) * STEP + 4 * i)));
    };
    multiply(0, this.#first);
    const second = block.let(name, call(load2, this.x.plus(4 * step + 2)));
    for (let i = 0; i < FILTERS - 1; i++) {
      extend(i);
      multiply(i + 1, this.#first);
    }
    extend(FILTERS - 1);
    multiply(0, second);
    if (readsOn) block.set(this.#first, call(load2, this.x.plus(4 * (step + 1))));
    next(0);
    for (let i = 1; i < FILTERS; i++) {
      multiply(i, second);
      next(i);
    }
  }
}
