/**
 * Depthwise convolution on int16 lines: a channel's rows are widened into scratch with their padding, then two pixels
 * at a time are computed with SMLAD on pairs of neighbours. A band of output rows is computed per pass; with scratch for
 * the whole plane the result may take the input's place (TinyEngine's in-place depthwise, MCUNet section 3.2).
 */

import { Block, Pointer, int, type ConstantArray, type Expr, type Variable } from "../ir/loop.js";
import { int32Bias, int8Values } from "../ops/arithmetic/constants.js";
import { convMultipliers, quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel, Layer } from "./kernel.js";
import { outputRange, perChannel, twoRoundings } from "./requantization.js";
import { accumulators, settleDeadChannels } from "./weight-rows.js";

type Depthwise = Layer<"depthwiseConv2d">;

/** Sizes of the padded plane in scratch. */
interface Plane {
  /** int16 from one line to the next; even, so that pairs are word-aligned. */
  readonly line: number;
  /** Lines that all output rows need together. */
  readonly lines: number;
}

function planeOf({ operation: { attributes }, output }: Depthwise): Plane {
  const { kernel, stride } = attributes;
  const [height, width] = output.shape;
  // Two pixels at stride 1 read one column more than the last window has; pairs round up.
  const columns = (width - 1 + (stride[1] === 1 ? width % 2 : 0)) * stride[1] + kernel[1] + 1;
  return { line: (columns + 1) & ~1, lines: (height - 1) * stride[0] + kernel[0] };
}

/** Output rows per pass that `scratch` bytes allow, evened out over the passes. */
function bandRows(layer: Depthwise, scratch: number): number {
  const { kernel, stride } = layer.operation.attributes;
  const height = layer.output.shape[0];
  const most = Math.floor((Math.floor(scratch / (2 * planeOf(layer).line)) - kernel[0]) / stride[0]) + 1;
  const passes = Math.ceil(height / Math.max(1, Math.min(height, most)));
  return Math.ceil(height / passes);
}

export const depthwiseLines: Kernel<"depthwiseConv2d"> = {
  name: "depthwise int16 lines",
  fits({ operation: { attributes } }) {
    const { stride, dilation, depthMultiplier, kernel } = attributes;
    return (
      depthMultiplier === 1 && stride[1] <= 2 && dilation[0] === 1 && dilation[1] === 1 && kernel[1] <= 8
    );
  },
  scratch(layer, inPlace) {
    const { line, lines } = planeOf(layer);
    const bytes = 2 * line;
    return {
      least: inPlace ? bytes * lines : bytes * layer.operation.attributes.kernel[0],
      most: bytes * lines,
    };
  },
  inPlace({ inputs, output }) {
    return inputs[0].shape.every((size, dimension) => size === output.shape[dimension]) ? [0] : [];
  },
  lower(layer, granted) {
    const { kernel, stride, padding, weights, bias, activation } = layer.operation.attributes;
    const [inHeight, inWidth, channels] = layer.inputs[0].shape;
    const [height, width] = layer.output.shape;
    const input = quantizationOf(layer.inputs[0]);
    const taps = kernel[0] * kernel[1];
    const perFilter = channelMajor(int8Values(weights), channels, taps);
    const { sums, multipliers } = settleDeadChannels(
      accumulators(perFilter, int32Bias(bias, channels), taps, input.zeroPoint),
      convMultipliers(weights, channels, input, quantizationOf(layer.output)),
    );
    const requantization = twoRoundings(multipliers, sums.bounds, outputRange(layer.output, activation));
    const start = perChannel("bias", "int32", sums.start);
    const pairs = packPairs(perFilter, channels, kernel[0], kernel[1], stride[1]);
    const words: ConstantArray = { name: "weights", element: "int32", data: pairs.data, align: 4 };

    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const [plane, filters] = [new Pointer("plane", "int16", true), new Pointer("weights", "int32", false)];
    const { line } = planeOf(layer);
    const band = granted.inPlace ? height : bandRows(layer, granted.scratch);
    const lines = (band - 1) * stride[0] + kernel[0];
    const block = new Block();
    block.do(m7.fill16, plane.plus(0), input.zeroPoint, lines * line);
    block.for("channel", 0, channels, 1, (channel, body) => {
      const w = body.point("w", filters.plus(channel.times(pairs.perChannel)));
      const bias = start.local(body, channel);
      const apply = requantization.of(body, channel);
      body.for("first", 0, height, band, (first, pass) => {
        widenLines(pass, {
          first,
          lines,
          line,
          layer,
          x,
          plane,
          channel,
          channels,
          inHeight,
          inWidth,
          padding,
          stride,
          zeroPoint: input.zeroPoint,
        });
        const rows =
          height % band === 0 ? int(band) : pass.let("rows", call(m7.min, int(height).minus(first), band));
        pass.for("r", 0, rows, 1, (r, row) => {
          const from = row.point("from", plane.plus(r.times(stride[0] * line)));
          const to = row.point(
            "to",
            y.plus(
              first
                .plus(r)
                .times(width * channels)
                .plus(channel),
            ),
          );
          const at = stride[1] === 1 ? width - (width % 2) : width;
          const pixels = stride[1] === 1 ? 2 : 1;
          const compute = (column: Expr, inner: Block, count: number) =>
            outputs(inner, {
              from,
              w,
              to,
              bias,
              column,
              count,
              kernel,
              line,
              stride: stride[1],
              channels,
              pairs,
              apply,
            });
          row.for("column", 0, at, pixels, (column, inner) => compute(column, inner, pixels));
          row.for("column", at, width, 1, (column, inner) => compute(column, inner, 1));
        });
      });
    });
    const parameters = [x, y, plane];
    const constants = [words, ...start.constants, ...requantization.constants];
    const notes = [
      requantization.note,
      `plane: ${lines} lines of ${line} int16, for ${band} output rows at a time.`,
    ];
    return { parameters, constants, body: block.statements, notes };
  },
};

/** [tap][channel] to [channel][tap]. */
function channelMajor(weights: Int8Array, channels: number, taps: number): Int8Array {
  const result = new Int8Array(weights.length);
  for (let tap = 0; tap < taps; tap++) {
    for (let channel = 0; channel < channels; channel++)
      result[channel * taps + tap] = weights[tap * channels + channel];
  }
  return result;
}

/** Weight pairs of one kernel row: `even` for windows that start at an even column, `odd` for their right neighbours. */
interface Pairs {
  readonly data: Int32Array;
  readonly perChannel: number;
  readonly perRow: number;
  readonly even: number;
}

/**
 * even[j] = (w[2j], w[2j+1]); odd[j] = (w[2j+1], w[2j+2]), whose window starts in the top half of a word. Taps past the
 * row are 0. At stride 2 all windows start at even columns.
 */
function packPairs(
  weights: Int8Array,
  channels: number,
  rows: number,
  columns: number,
  stride: number,
): Pairs {
  const even = Math.ceil(columns / 2);
  const odd = stride === 1 ? Math.floor(columns / 2) : 0;
  const perRow = even + odd;
  const data = new Int32Array(channels * rows * perRow);
  for (let row = 0; row < channels * rows; row++) {
    const tap = (column: number) => (column < columns ? weights[row * columns + column] : 0);
    const pack = (column: number) => (tap(column) & 0xffff) | (tap(column + 1) << 16);
    for (let j = 0; j < even; j++) data[row * perRow + j] = pack(2 * j);
    for (let j = 0; j < odd; j++) data[row * perRow + even + j] = pack(2 * j + 1);
  }
  return { data, perChannel: rows * perRow, perRow, even };
}

interface Lines {
  readonly first: Expr;
  readonly lines: number;
  readonly line: number;
  readonly layer: Depthwise;
  readonly x: Pointer;
  readonly plane: Pointer;
  readonly channel: Expr;
  readonly channels: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly padding: { readonly top: number; readonly left: number };
  readonly stride: readonly [number, number];
  readonly zeroPoint: number;
}

/** The channel's input rows under `first` output row; rows outside of the image are zero points, columns are so already. */
function widenLines(block: Block, p: Lines): void {
  const columns = Math.min(p.inWidth, p.line - p.padding.left);
  block.for("l", 0, p.lines, 1, (l, body) => {
    const row = body.let("row", p.first.times(p.stride[0]).plus(l).minus(p.padding.top));
    const to = p.plane.plus(l.times(p.line).plus(p.padding.left));
    body.if(
      row.compare(">=", 0).also(row.compare("<", p.inHeight)),
      (inside) =>
        inside.do(
          m7.widen,
          to,
          p.x.plus(row.times(p.inWidth * p.channels).plus(p.channel)),
          columns,
          p.channels,
        ),
      (outside) => outside.do(m7.fill16, to, p.zeroPoint, columns),
    );
  });
}

interface Outputs {
  readonly from: Pointer;
  readonly w: Pointer;
  readonly to: Pointer;
  readonly bias: Expr;
  readonly column: Expr;
  readonly count: number;
  readonly kernel: readonly [number, number];
  readonly line: number;
  readonly stride: number;
  readonly channels: number;
  readonly pairs: Pairs;
  readonly apply: (sum: Expr) => Expr;
}

/** One pixel at an even column, or it and its right neighbour. */
function outputs(block: Block, p: Outputs): void {
  const sums = Array.from({ length: p.count }, (_, i) => block.variable(`acc${i}`, p.bias));
  for (let row = 0; row < p.kernel[0]; row++) {
    const word = (j: number) =>
      call(m7.load2, p.from.plus(p.column.times(p.stride).plus(row * p.line + 2 * j)));
    const weight = (j: number) => p.w.at(row * p.pairs.perRow + j);
    const count = p.count === 2 ? Math.floor(p.kernel[1] / 2) + 1 : p.pairs.even;
    const words = Array.from({ length: count }, (_, j) => block.let(`x${row}${"abcdefgh"[j]}`, word(j)));
    words.forEach((x, j) => accumulate(block, sums, x, j, weight, p));
  }
  sums.forEach((sum, i) => block.store(p.to, p.column.plus(i).times(p.channels), p.apply(sum)));
}

function accumulate(
  block: Block,
  sums: readonly Variable[],
  x: Expr,
  j: number,
  weight: (j: number) => Expr,
  p: Outputs,
): void {
  const [left, right] = sums;
  if (j < p.pairs.even) block.set(left, call(m7.smlad, x, weight(j), left));
  if (right === undefined) return;
  const odd =
    j === 0 ? call(m7.smlatb, x, weight(0), right) : call(m7.smlad, x, weight(p.pairs.even + j - 1), right);
  block.set(right, odd);
}
