/**
 * Transposed convolution, gathering: a result sees only the taps that lie a multiple of the stride from it. Their weights
 * are sorted by that phase (sub-pixel convolution: Shi et al., "Is the deconvolution layer the same as a convolutional layer?",
 * 2016), so that no product with an inserted zero is ever computed.
 */

import { Block, Pointer, int, type Expr } from "../ir/loop.js";
import { int32Bias, int8Values } from "../ops/arithmetic/constants.js";
import { convMultipliers, quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel, Layer } from "./kernel.js";
import { largest, outputRange, perChannel, twoRoundings } from "./requantization.js";

type Transposed = Layer<"conv2dTranspose">;

const FILTERS = 2;
/** Rows of weights and the column are padded to what one turn of the inner loop takes. */
const TURN = 8;

export const transposedConvolution: Kernel<"conv2dTranspose"> = {
  name: "conv2dTranspose phases 1x2",
  fits: () => true,
  scratch(layer) {
    const bytes = largest(sortByPhase(layer).strides);
    return { least: bytes, most: bytes };
  },
  lower(layer) {
    const { stride, padding, activation } = layer.operation.attributes;
    const [height, width, channels] = layer.output.shape;
    const { weights, offsets, start, bounds } = sortByPhase(layer);
    const multipliers = convMultipliers(
      layer.operation.attributes.weights,
      channels,
      quantizationOf(layer.inputs[0]),
      quantizationOf(layer.output),
    );
    const requantization = twoRoundings(multipliers, bounds, outputRange(layer.output, activation));
    const first = perChannel("phases", "int32", offsets);
    const bias = perChannel("bias", "int32", start);
    const [input, output] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const column = new Pointer("column", "int8", true);
    const rows = new Pointer("weights", "int8", false);

    const block = new Block();
    block.for("oy", 0, height, 1, (oy, vertical) => {
      const y = phaseAlong(vertical, layer, 0, oy.plus(padding.top));
      vertical.for("ox", 0, width, 1, (ox, body) => {
        const x = phaseAlong(body, layer, 1, ox.plus(padding.left));
        const phase = body.let("phase", y.phase.times(stride[1]).plus(x.phase));
        const depth = body.let("depth", y.taps.times(x.taps).times(layer.inputs[0].shape[2]));
        const step = body.let(
          "step",
          depth
            .plus(TURN - 1)
            .dividedBy(TURN)
            .times(TURN),
        );
        gather(body, layer, input, column, y, x);
        const to = body.point("to", output.plus(oy.times(width).plus(ox).times(channels)));
        const filters = (count: number) => (channel: Expr, inner: Block) => {
          const w = inner.point("w0", rows.plus(first.at(phase).plus(channel.times(step))), true);
          const more = Array.from({ length: count - 1 }, (_, c) =>
            inner.point(`w${c + 1}`, w.plus(step.times(c + 1)), true),
          );
          const sums = multiply(inner, column, [w, ...more], depth, (c) =>
            bias.at(phase.times(channels).plus(channel).plus(c)),
          );
          sums.forEach((sum, c) =>
            inner.store(to, channel.plus(c), requantization.apply(sum, channel.plus(c))),
          );
        };
        const whole = channels - (channels % FILTERS);
        body.for("channel", 0, whole, FILTERS, filters(FILTERS));
        body.for("channel", whole, channels, 1, filters(1));
      });
    });
    return {
      parameters: [input, output, column],
      constants: [
        { name: "weights", element: "int8", data: weights, align: 4 },
        ...first.constants,
        ...bias.constants,
        ...requantization.constants,
      ],
      body: block.statements,
      notes: [
        requantization.note,
        "weights: for each phase of the stride its taps; column: what they see, padded to double words (against zero weights).",
      ],
    };
  },
};

/** Sums of the column times rows of weights. */
function multiply(
  block: Block,
  column: Pointer,
  rows: readonly Pointer[],
  depth: Expr,
  start: (row: number) => Expr,
) {
  const x = block.point("x", column.plus(0), true);
  const sums = rows.map((_, c) => block.variable(`acc${c}`, start(c)));
  block.for("k", 0, depth, TURN, (_, body) => {
    for (let at = 0; at < TURN; at += 4) {
      const word = body.let(`x${at}`, call(m7.load4, x.plus(at)));
      rows.forEach((row, c) => body.set(sums[c], call(m7.dot4, word, call(m7.load4, row.plus(at)), sums[c])));
    }
    [x, ...rows].forEach((pointer) => body.advance(pointer, TURN));
  });
  return sums;
}

/** What a result sees along one direction. */
interface Along {
  /** 0 to stride - 1. */
  readonly phase: Expr;
  /** How many taps. */
  readonly taps: Expr;
  /** Input position of the first of them. */
  readonly from: Expr;
}

/** @param place position of the result, counted from where tap 0 of input 0 falls */
function phaseAlong(block: Block, { operation }: Transposed, axis: 0 | 1, place: Expr): Along {
  const { kernel, stride } = operation.attributes;
  const letter = "yx"[axis];
  const last = block.let(`last${letter}`, place.dividedBy(stride[axis]));
  const phase = block.let(`phase${letter}`, place.minus(last.times(stride[axis])));
  const taps = block.let(`taps${letter}`, tapsOf(phase, kernel[axis], stride[axis]));
  return { phase, taps, from: block.let(`from${letter}`, last.minus(taps).plus(1)) };
}

/** Taps phase, phase + stride, … below kernel. phase < stride, so that nothing below 0 is divided. */
function tapsOf(phase: Expr, kernel: number, stride: number): Expr {
  return int(kernel - 1 + stride)
    .minus(phase)
    .dividedBy(stride);
}

/** Copies the window to the column; positions outside of the image are the zero point. */
function gather(block: Block, layer: Transposed, input: Pointer, column: Pointer, y: Along, x: Along): void {
  const [height, width, channels] = layer.inputs[0].shape;
  const { zeroPoint } = quantizationOf(layer.inputs[0]);
  block.for("ty", 0, y.taps, 1, (ty, rows) => {
    const row = rows.let("row", y.from.plus(ty));
    const isRow = row.compare(">=", 0).also(row.compare("<", height));
    const line = rows.let("line", row.times(width).plus(x.from));
    const to = rows.let("at", ty.times(x.taps).times(channels));
    const isInside = isRow.also(x.from.compare(">=", 0)).also(x.from.plus(x.taps).compare("<=", width));
    rows.if(
      isInside,
      (inside) =>
        inside.do(m7.copy, column.plus(to), input.plus(line.times(channels)), x.taps.times(channels)),
      (edge) =>
        edge.for("tx", 0, x.taps, 1, (tx, tap) => {
          const at = tap.let("position", x.from.plus(tx));
          const target = column.plus(to.plus(tx.times(channels)));
          tap.if(
            isRow.also(at.compare(">=", 0)).also(at.compare("<", width)),
            (inside) => inside.do(m7.copy, target, input.plus(line.plus(tx).times(channels)), channels),
            (outside) => outside.do(m7.fill, target, zeroPoint, channels),
          );
        }),
    );
  });
}

interface Phases {
  /** Phase after phase: a row of its taps for every filter, in the order in which they see the image. */
  readonly weights: Int8Array;
  /** Where each phase starts, and the distance between its rows. */
  readonly offsets: readonly number[];
  readonly strides: readonly number[];
  /** [phase][filter]: the bias less the zero point's part. */
  readonly start: readonly number[];
  /** |accumulator| of each filter in any phase. */
  readonly bounds: readonly number[];
}

function sortByPhase({ operation, inputs, output }: Transposed): Phases {
  const { kernel, stride, weights, bias } = operation.attributes;
  const [filters, , , channels] = weights.shape;
  const values = int8Values(weights);
  const offset = int32Bias(bias, output.shape[2]);
  const { zeroPoint } = quantizationOf(inputs[0]);
  const bounds = new Array<number>(filters).fill(0);
  const [sorted, offsets, strides, start]: number[][] = [[], [], [], []];
  for (let phase = 0; phase < stride[0] * stride[1]; phase++) {
    const taps = tapsInOrder(kernel, stride, Math.floor(phase / stride[1]), phase % stride[1]);
    const step = Math.ceil((taps.length * channels) / TURN) * TURN;
    offsets.push(sorted.length);
    strides.push(step);
    for (let filter = 0; filter < filters; filter++) {
      const row = taps.flatMap((tap) => {
        const first = (filter * kernel[0] * kernel[1] + tap) * channels;
        return [...values.subarray(first, first + channels)];
      });
      const sum = row.reduce((total, value) => total + value, 0);
      const magnitude = row.reduce((total, value) => total + Math.abs(value), 0);
      start.push(offset[filter] - zeroPoint * sum);
      bounds[filter] = Math.max(bounds[filter], Math.abs(start.at(-1)!) + 128 * magnitude);
      for (let i = 0; i < step; i++) sorted.push(row[i] ?? 0);
    }
  }
  return { weights: Int8Array.from(sorted), offsets, strides, start, bounds };
}

/** Taps of a phase, the last first: it sees the first position of the image. */
function tapsInOrder(
  kernel: readonly number[],
  stride: readonly number[],
  phaseY: number,
  phaseX: number,
): number[] {
  const along = (axis: number, phase: number) => {
    const taps: number[] = [];
    for (let tap = phase; tap < kernel[axis]; tap += stride[axis]) taps.unshift(tap);
    return taps;
  };
  return along(0, phaseY).flatMap((y) => along(1, phaseX).map((x) => y * kernel[1] + x));
}
