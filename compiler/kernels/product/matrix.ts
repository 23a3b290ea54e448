/** Products over many pixels, block by block: the code around them. Pixels are those of 1x1 convolutions, or rows of dense layers. */

import { Block, Pointer, type Expr, type KernelFunction } from "../../ir/loop.js";
import type { Encoding } from "../../ir/encoding.js";
import type { Destination } from "../destination.js";
import type { LayerGrant } from "../kernel.js";
import { pairingOf, rawProduct, tilingOf, wholeTiles, wideProduct, type Product } from "./product.js";
import { directProduct } from "./direct.js";
import { vectorProduct } from "./vector.js";
import { biasRows, widenRows } from "./widen.js";

/** Bytes of activations that a block of pixels takes at most: they are read once a panel, so they should stay in the cache. */
const HOT_BYTES = 8192;
/** And at least, where there are so many pixels: every block costs some cycles a panel. */
const LEAST_BYTES = 768;

/** Where the pixels lie. */
export interface Matrix {
  readonly depth: number;
  /** To whole words. */
  readonly padded: number;
  /** Stretches of pixels at constant distances: all of them, or the rows of a strided layer. */
  readonly stretches: number;
  readonly pixels: number;
  /** Bytes from an input pixel to the next, and from a stretch to the next. */
  readonly pixel: number;
  readonly stretch: number;
}

/** Blocks of pixels: as many of one size as there are, then others. */
export interface Blocks {
  readonly each: number;
  readonly full: number;
  /** The first pixel of each, and how many. */
  readonly others: readonly (readonly [first: number, count: number])[];
}

/**
 * Sizes are multiples of `unit`, or all pixels, but for the last block, which is no smaller than `unit`.
 * @param capacity pixels of a block at most: all, or at least 2 * unit - 1
 */
function blocksOf(pixels: number, capacity: number, unit: number): Blocks {
  if (pixels <= capacity) return { each: pixels, full: 1, others: [] };
  const isShort = (each: number) => pixels % each > 0 && pixels % each < unit;
  let each = capacity - (capacity % unit);
  while (isShort(each) && each + (pixels % each) > capacity) each -= unit;
  const full = Math.floor(pixels / each) - (isShort(each) ? 1 : 0);
  const rest = pixels - full * each;
  return { each, full, others: rest === 0 ? [] : [[full * each, rest]] };
}

/** Multiples of `unit`; the pixels that are left are computed with some of those before, as a last block of `unit`. */
function repeatingBlocks(pixels: number, capacity: number, unit: number): Blocks {
  const { others, ...blocks } = blocksOf(pixels - (pixels % unit), capacity, unit);
  return { ...blocks, others: [...others, [pixels - unit, unit]] };
}

/** @param bytesPerPixel of a prepared pixel */
export function matrixScratch({ pixels }: Matrix, bytesPerPixel: number) {
  const within = (bytes: number) =>
    Math.min(pixels, Math.max(5, Math.floor(bytes / bytesPerPixel))) * bytesPerPixel;
  return { least: within(LEAST_BYTES), most: within(HOT_BYTES) };
}

/** The code around products: blocks of pixels, prepared in scratch and multiplied. */
function lowerBlocks(
  { pixel, pixels, stretches, stretch }: Matrix,
  prepared: Product,
  scratch: Pointer,
  blocks: Blocks,
  output: Encoding = "plain",
  write: (block: Block, from: Pointer, count: Choose, destination: Destination) => void,
): KernelFunction {
  const { channels } = prepared;
  const [input, results] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
  const block = new Block();
  block.for("stretch", 0, stretches, 1, (s, outer) =>
    forBlocks(outer, blocks, (first, count, body) => {
      const from = body.point("from", input.plus(s.times(stretch).plus(first.times(pixel))));
      const pointer = body.point("results", results.plus(s.times(pixels).plus(first).times(channels)));
      const destination = { pointer, pixel: channels, channel: 1, biased: output === "biased" };
      write(body, from, count, destination);
    }),
  );
  return {
    parameters: [input, results, scratch],
    constants: prepared.panels.constants,
    body: block.statements,
    notes: [prepared.scaling.note],
  };
}

/** A number that depends on the pixels of the block. */
type Choose = (name: string, of: (pixels: number) => number) => Expr | number;

function forBlocks(
  block: Block,
  { each, full, others }: Blocks,
  write: (first: Expr, count: Choose, block: Block) => void,
): void {
  block.for("block", 0, full + others.length, 1, (index, body) => {
    const select = (usual: Expr | number, values: readonly number[]) =>
      values.reduce<Expr | number>(
        (value, one, i) => index.compare("==", full + i).select(one, value),
        usual,
      );
    const choose: Choose = (name, of) => {
      const values = others.map(([, count]) => of(count));
      if (values.every((one) => one === of(each))) return of(each);
      return body.let(name, select(of(each), values));
    };
    const isRegular = others.every(([first], i) => first === (full + i) * each);
    const plain = index.times(each);
    const starts = others.map(([start]) => start);
    write(isRegular ? plain : body.let("first", select(plain, starts)), choose, body);
  });
}

/** What is computed again must be there still: results that share its memory have not reached it. */
function canRepeat(
  { pixels, depth }: Matrix,
  channels: number,
  { inPlace }: LayerGrant,
  unit: number,
): boolean {
  return !inPlace || (pixels - (pixels % unit)) * channels <= (pixels - unit) * depth;
}

type Filtered = Pick<Product, "channels" | "unrolling">;

export function wideBlocks(matrix: Matrix, { channels, unrolling }: Filtered, granted: LayerGrant): Blocks {
  const capacity = Math.floor(granted.scratch / (2 * matrix.padded));
  const { again } = tilingOf(matrix.pixels, unrolling.compact);
  const repeats = again > 0 && canRepeat(matrix, channels, granted, 3);
  return (repeats ? repeatingBlocks : blocksOf)(matrix.pixels, capacity, 3);
}

export function rawBlocks(matrix: Matrix, { channels }: Filtered, granted: LayerGrant): Blocks {
  const { pixels, padded } = matrix;
  const capacity = Math.floor(granted.scratch / padded);
  const repeats = pixels % 2 === 1 && pixels > 1 && canRepeat(matrix, channels, granted, 2);
  return (repeats ? repeatingBlocks : blocksOf)(pixels, capacity, 2);
}

/** Weights as int8 in flash, activations widened once for each block of pixels. */
export function lowerWide(matrix: Matrix, prepared: Product, granted: LayerGrant): KernelFunction {
  const { depth, padded, pixel, pixels } = matrix;
  const scratch = new Pointer("scratch", "int16", true);
  const blocks = wideBlocks(matrix, prepared, granted);
  const isSingle = blocks.full === 1 && blocks.others.length === 0;
  return lowerBlocks(
    matrix,
    prepared,
    scratch,
    blocks,
    granted.output,
    (block, from, choose, destination) => {
      const rows = choose("pixels", (count) => count);
      widenRows(block, from, scratch, { rows, values: depth, from: pixel, to: padded });
      const input = { pointer: scratch, pixel: padded, row: 0 };
      if (isSingle) return wideProduct(block, prepared, input, pixels, destination);
      const threes = choose("threes", (count) => wholeTiles(count).threes);
      const twos = choose("twos", (count) => wholeTiles(count).twos);
      wideProduct(block, prepared, input, { threes, twos }, destination);
    },
  );
}

/** Weights as int16 pairs, twice the flash; activations that are plain are only biased, a copy. */
export function lowerRaw(matrix: Matrix, prepared: Product, granted: LayerGrant): KernelFunction {
  const { depth, padded, pixel } = matrix;
  const isReady = granted.input === "biased";
  const scratch = new Pointer("scratch", "int8", true);
  const blocks = rawBlocks(matrix, prepared, granted);
  return lowerBlocks(
    matrix,
    prepared,
    scratch,
    blocks,
    granted.output,
    (block, from, choose, destination) => {
      const rows = choose("pixels", (count) => count);
      if (!isReady) biasRows(block, from, scratch, { rows, values: depth, from: pixel, to: padded });
      const pairing = {
        pairs: choose("pairs", (count) => pairingOf(count).pairs),
        odd: choose("odd", (count) => pairingOf(count).odd),
      };
      const input = isReady ? { pointer: from, pixel } : { pointer: scratch, pixel: padded };
      rawProduct(block, prepared, input, blocks.each === 1 ? 1 : pairing, destination);
    },
  );
}

/** Weights as int8 in flash, activations as they lie: without scratch, and not in place. */
export function lowerDirect(
  { pixel, pixels, stretches, stretch }: Matrix,
  prepared: Product,
  { output }: LayerGrant,
): KernelFunction {
  const { channels } = prepared;
  const [input, results] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
  const block = new Block();
  block.for("stretch", 0, stretches, 1, (s, body) => {
    const from = { pointer: body.point("from", input.plus(s.times(stretch))), pixel };
    const pointer = body.point("results", results.plus(s.times(pixels * channels)));
    const destination = { pointer, pixel: channels, channel: 1, biased: output === "biased" };
    directProduct(body, prepared, from, pixels, destination);
  });
  return {
    parameters: [input, results],
    constants: prepared.panels.constants,
    body: block.statements,
    notes: [prepared.scaling.note],
  };
}

/** A single pixel, by a few filters at a time. */
export function lowerVector({ depth }: Matrix, prepared: Product): KernelFunction {
  const [input, output] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
  const block = new Block();
  vectorProduct(block, prepared, input, depth, output);
  return {
    parameters: [input, output],
    constants: prepared.panels.constants,
    body: block.statements,
    notes: [prepared.scaling.note],
  };
}
