/** Products of a block of pixels with all filters of a layer, tile by tile: panels of weights outside, pixels inside. */

import { Constant, lift, type Block, type Expr, type Pointer } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import { load2, load4, min } from "../../targets/cortex-m7.js";
import { sxtb16, sxtb16Ror8 } from "../../targets/packed.js";
import type { Destination } from "../destination.js";
import { mixed, type PanelGroup } from "./panels.js";
import type { Words } from "./tile.js";
import { tiles, type Parity, type Product } from "./tiles.js";

export type { Product } from "./tiles.js";

/** Pixels as int16 pairs, as `widenRun` writes them. */
export interface WidePixels {
  /** Of pixel 0. */
  readonly pointer: Pointer;
  /** int16 elements from one pixel to the next, and from one row of a window to the next. */
  readonly pixel: number;
  readonly row: number;
}

/** Pixels as rows of biased int8: even values are stored + 128. */
export interface RawPixels {
  readonly pointer: Pointer;
  /** Bytes from one pixel to the next. */
  readonly pixel: number;
}

/** Pixels as threes and twos, which may depend on the block: none of either is allowed. */
export interface Tiling {
  readonly threes: Expr | number;
  readonly twos: Expr | number;
  /** So many of the last three have been computed before: three more at the end. With at least one three. Default: 0. */
  readonly again?: number;
}

/** Up to that share of pixels computed twice costs less than tiles of another width, which are as much code again. */
const [NEGLIGIBLE, SMALL] = [0.015, 0.13];

export function tilingOf(
  pixels: number,
  compact = false,
): { readonly threes: number; readonly twos: number; readonly again: number } {
  const again = (3 - (pixels % 3)) % 3;
  if (pixels >= 3 && again / pixels <= (compact ? SMALL : NEGLIGIBLE))
    return { threes: Math.floor(pixels / 3), twos: 0, again };
  return { ...wholeTiles(pixels), again: 0 };
}

/** Every pixel once. */
export function wholeTiles(pixels: number): { readonly threes: number; readonly twos: number } {
  const [[, threes], [, twos]] = mixed(pixels);
  return { threes, twos };
}

/** Pixels as pairs, at least one, and 1 where another pixel follows. */
export interface Pairing {
  readonly pairs: Expr | number;
  readonly odd: Expr | number;
}

export function pairingOf(pixels: number): { readonly pairs: number; readonly odd: number } {
  return pixels === 1 ? { pairs: 1, odd: 0 } : { pairs: Math.floor(pixels / 2), odd: pixels % 2 };
}

/** Farthest element that a load or a store of a tile reaches from its pointer. */
const MOST_OFFSET = 4095;

/** Whether tiles of three pixels have their words within reach of one pointer. @param pixel, bytes */
export function reachesThree(pixel: number): boolean {
  return 2 * pixel + 8 * 16 <= MOST_OFFSET;
}

/** Runs of pixels: elements of the input, and of the destination, from one to the next. */
export interface Runs {
  readonly count: Expr | number;
  readonly input: number;
  readonly destination: number;
}

const oneRun: Runs = { count: 1, input: 0, destination: 0 };

/** Weights raw, activations widened. @param pixels of a run, as a count or as tiles */
export function wideProduct(
  block: Block,
  product: Product,
  input: WidePixels,
  pixels: number | Tiling,
  destination: Destination,
  runs: Runs = oneRun,
): void {
  const tiling = typeof pixels === "number" ? tilingOf(pixels, product.unrolling.compact) : pixels;
  // A single pixel is computed twice.
  const single = pixels === 1;
  const stride = single ? 0 : input.pixel;
  const target = repeating(destination, single, product.channels === 1);
  const [group] = product.panels.groups;
  forPanels(block, product, group, target, (panel, weights, results) => {
    panel.for("run", 0, runs.count, 1, (run, body) => {
      const x = body.point("x", input.pointer.plus(run.times(runs.input)), true);
      const to =
        runs === oneRun ? results : body.point("row", results.plus(run.times(runs.destination)), true);
      const write = (inner: Block, width: 3 | 2, count: Expr | number) => {
        const raw: Words = { pointer: weights, load: load4, step: 8, at: (row) => 4 * row };
        const at = (pixel: number, half: 0 | 1) => pixel * stride + 2 * half;
        const wide: Words = { pointer: x, load: load2, step: 4, at };
        const depth = { rows: product.rows, steps: product.steps, wideRow: input.row };
        tiles(inner, count, product, { raw, wide, width, extend: sxtb16 }, depth, {
          rawWeights: true,
          advance: width * input.pixel,
          to,
          destination: target,
        });
      };
      const back = (last: Block, by: number) => {
        last.advance(x, -by * input.pixel);
        last.advance(to, -by * target.pixel);
      };
      forTiles(body, tiling, write, back);
    });
  });
}

/** Activations raw and biased, weights as int16 pairs. @param pixels as a count, or as pairs */
export function rawProduct(
  block: Block,
  product: Product,
  input: RawPixels,
  pixels: number | Pairing,
  destination: Destination,
): void {
  const { pairs, odd } = typeof pixels === "number" ? pairingOf(pixels) : pixels;
  // A single pixel is computed twice.
  const single = pixels === 1;
  const stride = single ? 0 : input.pixel;
  const target = repeating(destination, single, product.channels === 1);
  for (const group of product.panels.groups) {
    forPanels(block, product, group, target, (body, weights, to, parity) => {
      const width = group.width === 2 ? 2 : 3;
      const x = body.point("x", input.pointer.plus(0), true);
      const write = (inner: Block, count: Expr | number) => {
        const raw: Words = { pointer: x, load: load4, step: 4, at: (pixel) => pixel * stride };
        const at = (channel: number, half: 0 | 1) => 4 * (channel + half * width);
        const wide: Words = { pointer: weights, load: load4, step: 8 * width, at };
        const depth = { rows: 1, steps: product.rows * product.steps, wideRow: 0 };
        tiles(inner, count, product, { raw, wide, width, extend: sxtb16Ror8 }, depth, {
          rawWeights: false,
          advance: 2 * input.pixel,
          to,
          parity,
          destination: target,
        });
      };
      if (odd === 0) return write(body, pairs);
      // An odd last pixel is computed with the one before it, which is there already.
      body.for("part", 0, lift(odd).plus(1), 1, (part, inner) => {
        const isLast = part.compare("==", 1);
        inner.if(isLast, (last) => {
          last.repoint(x, input.pointer.plus(lift(pairs).times(2).minus(1).times(input.pixel)));
          last.advance(to, -target.pixel);
        });
        write(inner, inner.let("turns", isLast.select(1, pairs)));
      });
    });
  }
}

/** Where a single pixel or channel is computed twice, both results go to the same place. */
export function repeating(destination: Destination, pixel: boolean, channel: boolean): Destination {
  return {
    ...destination,
    pixel: pixel ? 0 : destination.pixel,
    channel: channel ? 0 : destination.channel,
  };
}

/** The panels of a group, each with its weights and the place of pixel 0's result of its first channel. */
export function forPanels(
  block: Block,
  product: Product,
  group: PanelGroup,
  destination: Destination,
  write: (block: Block, weights: Pointer, to: Pointer, parity: Parity | undefined) => void,
): void {
  const { width, panels, offset, bytes, channel, lastChannel } = group;
  block.for("panel", 0, panels, 1, (panel, body) => {
    const plain = panel.times(width).plus(channel);
    const isEven = channel + (panels - 1) * width === lastChannel;
    const first = isEven || panel instanceof Constant ? plain : call(min, plain, lastChannel);
    const weights = body.point("w", product.panels.weights.plus(panel.times(bytes).plus(offset)), true);
    const to = body.point("to", destination.pointer.plus(first.times(destination.channel)), true);
    // Of three channels the even ones are now the first and the third, now the second.
    const isOdd = destination.biased && width % 2 === 1;
    const sign = (name: string, by: number) => body.let(name, first.plus(by).and(1).times(128));
    write(body, weights, to, isOdd ? [sign("even", 1), sign("odd", 0)] : undefined);
  });
}

function forTiles(
  block: Block,
  { threes, twos, again = 0 }: Tiling,
  write: (block: Block, width: 3 | 2, count: Expr | number) => void,
  back: (block: Block, pixels: number) => void,
): void {
  if (again > 0) {
    return block.for("part", 0, 2, 1, (part, body) => {
      const isLast = part.compare("==", 1);
      body.if(isLast, (last) => back(last, again));
      write(body, 3, body.let("tiles", isLast.select(1, threes)));
    });
  }
  for (const [width, count] of [
    [3, threes],
    [2, twos],
  ] as const) {
    if (count === 0) continue;
    if (typeof count === "number") write(block, width, count);
    else block.if(count.compare(">", 0), (body) => write(body, width, count));
  }
}
