/** Tiles along a run of pixels, in one scheduled block: products, requantisation, stores. */

import {
  Block,
  elementBytes,
  int,
  lift,
  type Expr,
  type Pointer,
  type Statement,
  type Variable,
} from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import { load4 } from "../../targets/cortex-m7.js";
import type { Destination } from "../destination.js";
import type { Scaling } from "../scaling/scaling.js";
import type { Panels } from "./panels.js";
import { multiplyTile, turnsOf, type Depth, type Tile, type Unrolling } from "./tile.js";

/** A layer ready to be multiplied. */
export interface Product {
  readonly panels: Panels;
  readonly scaling: Scaling;
  readonly channels: number;
  /** Rows of K and steps of four in each. */
  readonly rows: number;
  readonly steps: number;
  readonly unrolling: Unrolling;
}

/** What turns the sign bit of the first, third ... channel of a panel, and of the others: 128 or 0. */
export type Parity = readonly [even: Variable, odd: Variable];

export interface Targets {
  readonly parity?: Parity;
  /** Where they go; moves on with the tiles. */
  readonly to: Pointer;
  readonly destination: Destination;
}

export interface Results extends Targets {
  /** Channels are the raw vectors of the tile; else the wide ones. */
  readonly rawWeights: boolean;
  /** Elements of the activations from one tile to the next. */
  readonly advance: number;
}

/** So many tiles. */
export function tiles(
  block: Block,
  count: Expr | number,
  product: Product,
  tile: Tile,
  depth: Depth,
  results: Results,
): void {
  const { rawWeights, advance } = results;
  const pixels = rawWeights ? tile.width : 2;
  // Only where three pixels are wide does another one follow those that are read ahead.
  const peeled = !rawWeights || tile.width !== 3;
  const write = (body: Block) => {
    const { sums, rawMoved, wideMoved } = multiplyTile(body, tile, depth, product.unrolling, peeled);
    const [weights, weightsMoved, activations, moved] = rawWeights
      ? [tile.raw.pointer, rawMoved, tile.wide.pointer, wideMoved]
      : [tile.wide.pointer, wideMoved, tile.raw.pointer, rawMoved];
    const own = rawWeights ? sums : range(tile.width).map((c) => sums.map((row) => row[c]));
    requantize(body, product, { weights, moved: weightsMoved }, own, results, pixels);
    advanceFar(body, weights, -weightsMoved);
    advanceFar(body, activations, advance - moved);
  };
  const loop = (body: Block, then: (inner: Block) => void) =>
    body.for("tile", 0, lift(count), 1, (_, inner) => then(inner));
  // Of three loops in each other the outer one is left to the C: there are no registers for two counters besides the tile.
  const isDeep = depth.rows > 1 && turnsOf(depth.steps, product.unrolling, peeled).turns > 1;
  if (isDeep) loop(block, (body) => body.scheduled(write));
  else block.scheduled((body) => loop(body, write));
}

/** An addition takes 12 bits: farther in several. */
export function advanceFar(block: Block, pointer: Pointer, by: number): void {
  const most = 4092 / elementBytes[pointer.element];
  for (let left = by; left !== 0;) {
    const step = Math.max(-most, Math.min(most, left));
    block.advance(pointer, step);
    left -= step;
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Results of a tile, and the way to the next one.
 * @param weights and how many bytes of the panel they have moved on by
 * @param sums by channel and pixel
 * @param pixels to the next tile
 */
export function requantize(
  block: Block,
  { panels, scaling }: Product,
  { weights, moved }: { readonly weights: Pointer; readonly moved: number },
  sums: readonly (readonly Variable[])[],
  { to, parity, destination: { pixel, channel, biased } }: Targets,
  pixels: number,
): void {
  const constants = panels.weightBytes(sums.length) - moved;
  const shared = {
    signed: scaling.share(block, false),
    biased: biased && !parity ? scaling.share(block, true) : undefined,
  };
  // Loaded as late as can be: registers are few. The first part is the longest of those that are interleaved.
  let out: Pointer | undefined;
  const signs: Variable[] = [];
  const signed = (part: Block, c: number, result: Expr): Expr =>
    parity ? result.xor((signs[c % 2] ??= part.let(`sign${c % 2}`, parity[c % 2]))) : result;
  const parts = sums.map((own, c) => {
    const load = (i: number) => call(load4, weights.plus(constants + 4 * (c * scaling.words + i)));
    const limits = c % 2 === 0 ? (shared.biased ?? shared.signed) : shared.signed;
    const part = new Block();
    scaling.results(part, String(c), limits, load, own, (p, result) => {
      out ??= part.point("out", to.plus(0), true);
      part.store(out, int(p * pixel + c * channel), signed(part, c, result));
    });
    return part.statements;
  });
  block.statements.push(...interleave(parts));
  block.advance(out!, pixels * pixel);
  block.repoint(to, out!.plus(0));
}

/** Each part begins when the one before it is half done: their latencies hide each other, without more registers. */
function interleave(parts: readonly (readonly Statement[])[]): Statement[] {
  const lag = Math.ceil(parts[0].length / 2);
  const list: Statement[] = [];
  for (let at = 0; at < parts[0].length + lag * (parts.length - 1); at++) {
    parts.forEach((part, i) =>
      list.push(...part.slice(Math.max(0, at - i * lag), Math.max(0, at - i * lag + 1))),
    );
  }
  return list;
}
