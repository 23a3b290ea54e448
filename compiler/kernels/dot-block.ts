/**
 * The inner block of convolution and dense layers: a few rows of int8 activations times a few rows of int8 weights.
 * Each word of four is unpacked once (SXTB16) and used against every word of the other side (SMLAD).
 */

import { Block, Pointer, type ConstantArray, type Expr, type Variable } from "../ir/loop.js";
import { call } from "../targets/call.js";
import { dot4, load4 } from "../targets/cortex-m7.js";
import type { Requantization } from "./requantization.js";

/** Weights of a layer as [channels][depth], rows padded with zeros to `stride` bytes; the zero point is in the bias. */
export interface WeightRows {
  readonly weights: Pointer;
  readonly bias: { at(channel: Expr): Expr };
  readonly channels: number;
  /** Products per result. */
  readonly depth: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly requantization: Requantization;
  readonly constants: readonly ConstantArray[];
}

/** Words of four that one turn of the loop takes. */
const UNROLL = 2;
/** Up to this many words there is no loop. */
const STRAIGHT = 8;

/**
 * Results of `rows.length` pixels for all channels, `width` channels at a time.
 * @param rows activations, `depth` bytes each (a multiple of four where they are padded)
 * @param depth bytes of a row that are read; >= the products where rows are padded
 */
export function multiplyRows(
  block: Block,
  rows: readonly Pointer[],
  outputs: readonly Pointer[],
  layer: WeightRows,
  depth: number,
  width: number,
): void {
  const whole = layer.channels - (layer.channels % width);
  block.for("channel", 0, whole, width, (channel, body) =>
    dotBlock(body, rows, outputs, layer, depth, channel, width),
  );
  block.for("channel", whole, layer.channels, 1, (channel, body) =>
    dotBlock(body, rows, outputs, layer, depth, channel, 1),
  );
}

function dotBlock(
  block: Block,
  rows: readonly Pointer[],
  outputs: readonly Pointer[],
  layer: WeightRows,
  depth: number,
  channel: Expr,
  width: number,
): void {
  const filters = Array.from({ length: width }, (_, c) =>
    block.point(`w${c}`, layer.weights.plus(channel.plus(c).times(layer.stride))),
  );
  const sums = rows.map((_, r) =>
    filters.map((_, c) => block.variable(`acc${r}${c}`, layer.bias.at(channel.plus(c)))),
  );
  const words = Math.floor(depth / 4);
  if (words <= STRAIGHT) {
    for (let word = 0; word < words; word++) multiplyWord(block, rows, filters, sums, word * 4, word);
  } else {
    const looped = words - (words % UNROLL);
    block.for("k", 0, looped * 4, UNROLL * 4, (k, body) => {
      for (let u = 0; u < UNROLL; u++) multiplyWord(body, rows, filters, sums, k.plus(4 * u), u);
    });
    for (let word = looped; word < words; word++)
      multiplyWord(block, rows, filters, sums, word * 4, word - looped);
  }
  for (let k = words * 4; k < depth; k++) {
    rows.forEach((row, r) =>
      filters.forEach((w, c) => block.set(sums[r][c], sums[r][c].plus(row.at(k).times(w.at(k))))),
    );
  }
  outputs.forEach((out, r) =>
    sums[r].forEach((sum, c) =>
      block.store(out, channel.plus(c), layer.requantization.apply(sum, channel.plus(c))),
    ),
  );
}

/** One word of every row against one word of every filter. */
function multiplyWord(
  block: Block,
  rows: readonly Pointer[],
  filters: readonly Pointer[],
  sums: readonly (readonly Variable[])[],
  k: Expr | number,
  turn: number,
): void {
  const suffix = "abcdefgh"[turn];
  const x = rows.map((row, r) => block.let(`x${r}${suffix}`, call(load4, row.plus(k))));
  const w = filters.map((filter, c) => block.let(`f${c}${suffix}`, call(load4, filter.plus(k))));
  rows.forEach((_, r) =>
    filters.forEach((_, c) => block.set(sums[r][c], call(dot4, x[r], w[c], sums[r][c]))),
  );
}
