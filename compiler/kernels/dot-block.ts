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

/** Rows at a fixed distance from each other: they need one pointer between them. */
export interface Rows {
  readonly pointer: Pointer;
  readonly count: number;
  /** Elements from one row to the next. */
  readonly stride: number;
}

/** Words of four that one turn of the loop takes. */
const UNROLL = 2;
/** Up to this many words there is no loop. */
const STRAIGHT = 8;

/**
 * Results of all `inputs` rows for all channels, `width` channels at a time.
 * @param depth bytes of a row that are read; >= the products where rows are padded
 */
export function multiplyRows(
  block: Block,
  inputs: Rows,
  outputs: Rows,
  layer: WeightRows,
  depth: number,
  width: number,
): void {
  const whole = layer.channels - (layer.channels % width);
  const compute = (count: number) => (channel: Expr, body: Block) =>
    dotBlock(body, inputs, outputs, layer, depth, channel, count);
  block.for("channel", 0, whole, width, compute(width));
  block.for("channel", whole, layer.channels, 1, compute(1));
}

function dotBlock(
  block: Block,
  inputs: Rows,
  outputs: Rows,
  layer: WeightRows,
  depth: number,
  channel: Expr,
  width: number,
): void {
  const words = Math.floor(depth / 4);
  const looped = words <= STRAIGHT ? 0 : words - (words % UNROLL);
  // In a loop both pointers move along: constant distances between rows fold into the addresses of the loads.
  const x = block.point("x", inputs.pointer.plus(0), looped > 0);
  const w = block.point("w", layer.weights.plus(channel.times(layer.stride)), looped > 0);
  const sums = Array.from({ length: inputs.count }, (_, r) =>
    Array.from({ length: width }, (_, c) => block.variable(`acc${r}${c}`, layer.bias.at(channel.plus(c)))),
  );
  const word = (body: Block, index: number) =>
    multiplyWord(body, x, inputs.stride, w, layer.stride, sums, index);
  if (looped > 0) {
    block.for("k", 0, looped, UNROLL, (_, body) => {
      for (let u = 0; u < UNROLL; u++) word(body, u);
      body.advance(x, 4 * UNROLL);
      body.advance(w, 4 * UNROLL);
    });
  }
  for (let index = 0; index < words - looped; index++) word(block, index);
  for (let k = words * 4; k < depth; k++) {
    const at = k - looped * 4;
    sums.forEach((row, r) =>
      row.forEach((sum, c) =>
        block.set(sum, sum.plus(x.at(r * inputs.stride + at).times(w.at(c * layer.stride + at)))),
      ),
    );
  }
  sums.forEach((row, r) =>
    row.forEach((sum, c) => {
      const at = channel.plus(r * outputs.stride + c);
      block.store(outputs.pointer, at, layer.requantization.apply(sum, channel.plus(c)));
    }),
  );
}

/** The `index`-th word of every row against that of every filter. */
function multiplyWord(
  block: Block,
  x: Pointer,
  rowStride: number,
  w: Pointer,
  filterStride: number,
  sums: readonly (readonly Variable[])[],
  index: number,
): void {
  const suffix = "abcdefgh"[index];
  const load = (pointer: Pointer, at: number) => call(load4, pointer.plus(at + 4 * index));
  const rows = sums.map((_, r) => block.let(`x${r}${suffix}`, load(x, r * rowStride)));
  const filters = sums[0].map((_, c) => block.let(`w${c}${suffix}`, load(w, c * filterStride)));
  sums.forEach((row, r) => row.forEach((sum, c) => block.set(sum, call(dot4, rows[r], filters[c], sum))));
}
