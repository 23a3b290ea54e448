/** What products have to do (../work.ts): panels, tiles and steps, with scaling in its usual form of two constants a channel. */

import type { Activation } from "../../../dsl/tensor.js";
import type { Value } from "../../ir/graph.js";
import type { LayerGrant } from "../kernel.js";
import { outputRange } from "../requantization.js";
import type { Work } from "../work.js";
import { DIRECT_FILTERS, directTurns } from "./direct.js";
import { rawBlocks, wideBlocks, type Blocks, type Matrix } from "./matrix.js";
import { mixed } from "./panels.js";
import { pairingOf, tilingOf, wholeTiles } from "./product.js";
import { turnsOf, type Unrolling } from "./tile.js";
import { vectorTurns, vectorWidth } from "./vector.js";

/** Of a product of `pixels` with all filters. */
export interface Sizes {
  readonly channels: number;
  /** Rows of K, and steps of four in each. */
  readonly rows: number;
  readonly steps: number;
  readonly unrolling: Unrolling;
  /** Results lie on both sides of the zero point: scaling is by TFLite's two roundings, mostly, and else by one multiplication. */
  readonly signed: boolean;
  /** The activation leaves less than int8: another instruction or two. */
  readonly limited: boolean;
}

/** Of a convolution: see `Sizes`. */
export function resultsOf(output: Value, activation: Activation): Pick<Sizes, "signed" | "limited"> {
  const { zeroPoint, min, max } = outputRange(output, activation);
  return { signed: zeroPoint !== min, limited: min > -128 || max < 127 };
}

/** Bytes of scaling of a channel. */
const scalingBytes = ({ signed }: Sizes): number => (signed ? 12 : 8);

/** Layers whose tiles are the same code. */
export function formOf({ rows, steps, unrolling }: Sizes): string {
  const names = [false, true].map((peeled) => {
    const { turns, each, rest } = turnsOf(steps, unrolling, peeled);
    return turns > 0 ? `${each}+${rest}` : `${rest}`;
  });
  return `${names[0] === names[1] ? names[0] : names.join("/")}${rows > 1 ? " rows" : ""}`;
}

const turns = ({ rows, steps, unrolling }: Sizes, peeled: boolean) =>
  rows * turnsOf(steps, unrolling, peeled).turns;

/** Several products with the same filters, as counts of their pixels; `times` each. */
export interface Stretch {
  readonly pixels: number;
  readonly times: number;
}

/** int8 weights in panels of two, activations as int16 pairs. @param tilings one for each product, or block */
export function wideCounts(
  sizes: Sizes,
  tilings: readonly { threes: number; twos: number; again?: number; times: number }[],
  biased: boolean,
): number[] {
  const panels = Math.max(1, Math.ceil(sizes.channels / 2));
  const sum = (of: (one: (typeof tilings)[number]) => number) =>
    panels * tilings.reduce((all, one) => all + one.times * of(one), 0);
  const [threes, twos] = [sum((one) => one.threes + (one.again ? 1 : 0)), sum(({ twos }) => twos)];
  const rows = sizes.rows > 1 ? [sizes.rows * threes, sizes.rows * twos] : [];
  return [
    sum(() => 1),
    sum(({ threes }) => (threes > 0 ? 1 : 0)),
    sum(({ twos }) => (twos > 0 ? 1 : 0)),
    sum(({ again = 0 }) => (again > 0 ? 1 : 0)),
    threes,
    turns(sizes, false) * threes,
    twos,
    turns(sizes, true) * twos,
    ...(biased ? [threes, twos] : [0, 0]),
    ...(sizes.signed ? [threes, twos] : [0, 0]),
    ...(sizes.limited ? [threes, twos] : [0, 0]),
    ...rows,
  ];
}

export function wideConstants(sizes: Sizes): number {
  const { channels, rows, steps } = sizes;
  return 2 * Math.max(1, Math.ceil(channels / 2)) * (4 * rows * steps + scalingBytes(sizes));
}

/** int16 weights in panels of three and two, biased activations. */
export function rawCounts(
  sizes: Sizes,
  pairings: readonly { pairs: number; odd: number; times: number }[],
  biased: boolean,
): number[] {
  const peeled = turns(sizes, true);
  return mixed(sizes.channels).flatMap(([, panels]) => {
    const sum = (of: (one: (typeof pairings)[number]) => number) =>
      panels * pairings.reduce((all, one) => all + one.times * of(one), 0);
    const tiles = sum(({ pairs, odd }) => pairs + odd);
    return [
      sum(() => 1),
      sum(({ odd }) => odd),
      tiles,
      peeled * tiles,
      biased ? tiles : 0,
      sizes.signed ? tiles : 0,
    ];
  });
}

export function rawConstants(sizes: Sizes): number {
  const { channels, rows, steps } = sizes;
  return mixed(channels).reduce(
    (sum, [width, panels]) => sum + panels * width * (8 * rows * steps + scalingBytes(sizes)),
    0,
  );
}

const productsOf = (blocks: Blocks, stretches: number, of: (pixels: number) => number[]) => {
  const all = [
    ...Array<number>(blocks.full > 0 ? 1 : 0).fill(blocks.each),
    ...blocks.others.map(([, count]) => count),
  ];
  return all.map((pixels, i) => ({
    pixels: of(pixels),
    times: stretches * (i === 0 && blocks.full > 0 ? blocks.full : 1),
  }));
};

/** The kernels of ./matrix.ts. */
export function wideWork(matrix: Matrix, sizes: Sizes, granted: LayerGrant): Work {
  const { pixels, padded, depth, stretches } = matrix;
  const blocks = wideBlocks(matrix, sizes, granted);
  const isSingle = blocks.full === 1 && blocks.others.length === 0;
  const { compact } = sizes.unrolling;
  const tilings = isSingle
    ? [{ ...tilingOf(pixels, compact), times: stretches }]
    : productsOf(blocks, stretches, (count) => Object.values(wholeTiles(count))).map(
        ({ pixels: [threes, twos], times }) => ({ threes, twos, times }),
      );
  const widened = stretches * pixelsIn(blocks);
  const product = wideCounts(sizes, tilings, granted.output === "biased");
  const has = [product[4] > 0 ? 1 : 0, product[6] > 0 ? 1 : 0];
  return {
    form: `wide: ${formOf(sizes)}`,
    counts: [
      1,
      isSingle ? 0 : 1,
      stretches > 1 ? stretches : 0,
      isSingle ? 0 : stretches * countOf(blocks),
      stretches * countOf(blocks),
      pixels === 1 ? product[6] : 0,
      ...preparing(widened, matrix),
      ...product,
    ],
    code: [
      1,
      isSingle ? 0 : 1,
      stretches > 1 ? 1 : 0,
      ...has,
      product[3] > 0 ? 1 : 0,
      depth === padded ? 0 : 1,
    ],
    constants: wideConstants(sizes),
  };
}

/** Pixels that are written to scratch: rows that end within a word take other code. */
export function preparing(pixels: number, { depth, padded }: Pick<Matrix, "depth" | "padded">): number[] {
  const own = [pixels, (pixels * padded) / 4];
  return depth === padded ? [...own, 0, 0] : [0, 0, ...own];
}

const countOf = ({ full, others }: Blocks) => full + others.length;
const pixelsIn = ({ each, full, others }: Blocks) =>
  full * each + others.reduce((sum, [, count]) => sum + count, 0);

export function rawWork(matrix: Matrix, sizes: Sizes, granted: LayerGrant): Work {
  const { padded, depth, stretches } = matrix;
  const isReady = granted.input === "biased";
  const blocks = rawBlocks(matrix, sizes, granted);
  const isSingle = blocks.full === 1 && blocks.others.length === 0;
  const pairings = productsOf(blocks, stretches, (count) => Object.values(pairingOf(count))).map(
    ({ pixels: [pairs, odd], times }) => ({ pairs, odd, times }),
  );
  const copied = isReady ? 0 : stretches * pixelsIn(blocks);
  const groups = mixed(sizes.channels).map(([, panels]) => (panels > 0 ? 1 : 0));
  const odd = pairings.some((one) => one.odd > 0) ? 1 : 0;
  const biased = granted.output === "biased";
  return {
    form: `raw: ${formOf(sizes)}`,
    counts: [
      1,
      isSingle ? 0 : 1,
      stretches > 1 ? stretches : 0,
      isSingle ? 0 : stretches * countOf(blocks),
      isReady ? 0 : stretches * countOf(blocks),
      ...preparing(copied, matrix),
      ...rawCounts(sizes, pairings, biased),
    ],
    code: [
      1,
      isSingle ? 0 : 1,
      stretches > 1 ? 1 : 0,
      isReady ? 0 : 1,
      ...groups,
      odd,
      biased ? 1 : 0,
      isReady || depth === padded ? 0 : 1,
    ],
    constants: rawConstants(sizes),
  };
}

/** A single pixel, some filters at a time. */
export function vectorWork({ padded, depth }: Matrix, sizes: Sizes): Work {
  const width = vectorWidth(sizes.channels);
  const panels = Math.max(1, Math.ceil(sizes.channels / width));
  const isOdd = sizes.channels % width !== 0 && sizes.channels > width;
  const { turns, rest } = vectorTurns(padded / 4);
  return {
    form: `vector: ${width} ${turns > 0 ? "+" : ""}${rest}`,
    counts: [1, isOdd ? 1 : 0, depth === padded ? 0 : panels, panels, panels * turns],
    code: [1, isOdd ? 1 : 0, depth === padded ? 0 : 1],
    constants: width * panels * (padded + scalingBytes(sizes)),
  };
}

/** Activations as they lie, three filters at a time. @param runs of `pixels` each */
export function directWork(
  family: "direct" | "direct rows",
  sizes: Sizes,
  runs: number,
  pixels: number,
  biased: boolean,
): Work {
  const panels = Math.ceil(sizes.channels / DIRECT_FILTERS);
  const { turns, rest } = directTurns(sizes.steps, sizes.unrolling);
  const { pairs, odd } = pairingOf(pixels);
  const starts = runs * panels;
  const tiles = starts * (pairs + odd);
  const flags = [odd, biased ? 1 : 0, sizes.signed ? 1 : 0, sizes.limited ? 1 : 0];
  return {
    form: `${family}: ${turns > 0 ? "+" : ""}${rest}`,
    counts: [
      1,
      runs > 1 ? runs : 0,
      starts,
      starts * odd,
      tiles,
      tiles * turns,
      pixels === 1 ? tiles : 0,
      ...flags.slice(1).map((one) => one * tiles),
    ],
    code: [1, runs > 1 ? 1 : 0, ...flags],
    constants: DIRECT_FILTERS * panels * (4 * sizes.steps + scalingBytes(sizes)),
  };
}
