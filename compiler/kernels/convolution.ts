/** Convolution as a matrix product: the windows of two pixels are gathered (im2col), then multiplied by two filters at a time. */

import { Block, Pointer, int, type Expr } from "../ir/loop.js";
import { int32Bias, int8Values } from "../ops/arithmetic/constants.js";
import { convMultipliers, quantizationOf } from "../ops/arithmetic/quantization.js";
import * as m7 from "../targets/cortex-m7.js";
import { multiplyRows } from "./dot-block.js";
import type { Kernel, Layer } from "./kernel.js";
import { isDense, isPointwise } from "./pointwise.js";
import { outputRange, twoRoundings } from "./requantization.js";
import { accumulators, settleDeadChannels, weightRows } from "./weight-rows.js";

/** Pixels and filters per inner block: four accumulators and four unpacked words fit the registers. */
const PIXELS = 2;
const FILTERS = 2;

type Conv = Layer<"conv2d">;

function products({ operation: { attributes }, inputs }: Conv): number {
  return attributes.kernel[0] * attributes.kernel[1] * inputs[0].shape[2];
}

/** 1x1 convolution straight from the input. */
export const pointwiseConvolution: Kernel<"conv2d"> = {
  name: "conv2d pointwise 2x2",
  fits: (layer) => isPointwise(layer) && isDense(layer),
  lower(layer) {
    const [input, output] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const depth = products(layer);
    const { rows, note } = prepare(layer, false);
    const pixels = layer.output.shape[0] * layer.output.shape[1];
    const block = new Block();
    forPixels(block, pixels, (pixel, count, body) => {
      const from = body.point("from", input.plus(pixel.times(depth)));
      const to = body.point("to", output.plus(pixel.times(rows.channels)));
      const inputs = { pointer: from, count, stride: depth };
      multiplyRows(body, inputs, { pointer: to, count, stride: rows.channels }, rows, depth, FILTERS);
    });
    return { parameters: [input, output], constants: rows.constants, body: block.statements, notes: [note] };
  },
};

/** Any window: gathered into columns of consecutive bytes, positions outside of the image as the zero point. */
export const gatheredConvolution: Kernel<"conv2d"> = {
  name: "conv2d im2col 2x2",
  fits: () => true,
  scratch(layer) {
    const bytes = PIXELS * columnBytes(layer);
    return { least: bytes, most: bytes };
  },
  lower(layer) {
    const [input, output] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const columns = new Pointer("columns", "int8", true);
    const { rows, note } = prepare(layer, true);
    const bytes = columnBytes(layer);
    const { stride, padding } = layer.operation.attributes;
    const pixels = layer.output.shape[0] * layer.output.shape[1];
    const block = new Block();
    const top = block.variable("top", -padding.top);
    const left = block.variable("left", -padding.left);
    forPixels(block, pixels, (pixel, count, body) => {
      body.for("p", 0, count, 1, (p, gather) => {
        gatherWindow(gather, layer, input, columns, p.times(bytes), top, left);
        if (count < PIXELS) return; // the last pixel: there is no next
        gather.set(left, left.plus(stride[1]));
        gather.if(left.compare("==", layer.output.shape[1] * stride[1] - padding.left), (wrap) => {
          wrap.set(left, -padding.left);
          wrap.set(top, top.plus(stride[0]));
        });
      });
      const to = body.point("to", output.plus(pixel.times(rows.channels)));
      const windows = { pointer: columns, count, stride: bytes };
      multiplyRows(body, windows, { pointer: to, count, stride: rows.channels }, rows, bytes, FILTERS);
    });
    const notes = [note, "columns: the windows of two pixels, rows padded to words (against zero weights)."];
    return { parameters: [input, output, columns], constants: rows.constants, body: block.statements, notes };
  },
};

function columnBytes(layer: Conv): number {
  return (products(layer) + 3) & ~3;
}

function forPixels(
  block: Block,
  pixels: number,
  body: (pixel: Expr, count: number, block: Block) => void,
): void {
  const whole = pixels - (pixels % PIXELS);
  block.for("pixel", 0, whole, PIXELS, (pixel, inner) => body(pixel, PIXELS, inner));
  block.for("pixel", whole, pixels, 1, (pixel, inner) => body(pixel, 1, inner));
}

function prepare(layer: Conv, padded: boolean) {
  const { weights, bias, activation } = layer.operation.attributes;
  const depth = products(layer);
  const channels = weights.shape[0];
  const input = quantizationOf(layer.inputs[0]);
  const { sums, multipliers } = settleDeadChannels(
    accumulators(int8Values(weights), int32Bias(bias, channels), depth, input.zeroPoint),
    convMultipliers(weights, channels, input, quantizationOf(layer.output)),
  );
  const requantization = twoRoundings(multipliers, sums.bounds, outputRange(layer.output, activation));
  return {
    rows: weightRows(int8Values(weights), depth, padded, sums, requantization),
    note: requantization.note,
  };
}

/** Copies one window, tap (0, 0) at row y and column x of the image, to columns + at. */
function gatherWindow(
  block: Block,
  layer: Conv,
  input: Pointer,
  columns: Pointer,
  at: Expr,
  y: Expr,
  x: Expr,
): void {
  const { kernel, dilation, padding } = layer.operation.attributes;
  const [height, width, channels] = layer.inputs[0].shape;
  const { zeroPoint } = quantizationOf(layer.inputs[0]);
  const rowBytes = kernel[1] * channels;
  const span = (kernel[1] - 1) * dilation[1] + 1;
  const padded = padding.top + padding.bottom + padding.left + padding.right > 0;

  const tap = (body: Block, row: Expr, ky: Expr, kx: Expr) => {
    const to = columns.plus(at.plus(ky.times(rowBytes)).plus(kx.times(channels)));
    const column = x.plus(kx.times(dilation[1]));
    const copy = (then: Block) =>
      then.do(m7.copy, to, input.plus(row.times(width).plus(column).times(channels)), channels);
    if (!padded) return copy(body);
    const inside = within(row, height).also(within(column, width));
    body.if(inside, copy, (otherwise) => otherwise.do(m7.fill, to, zeroPoint, channels));
  };
  block.for("ky", 0, kernel[0], 1, (ky, rows) => {
    const row = rows.let("row", y.plus(ky.times(dilation[0])));
    const taps = (body: Block) => body.for("kx", 0, kernel[1], 1, (kx, inner) => tap(inner, row, ky, kx));
    const whole = (body: Block) =>
      body.do(
        m7.copy,
        columns.plus(at.plus(ky.times(rowBytes))),
        input.plus(row.times(width).plus(x).times(channels)),
        rowBytes,
      );
    if (dilation[1] !== 1) return taps(rows);
    if (!padded) return whole(rows);
    const inside = within(row, height)
      .also(x.compare(">=", 0))
      .also(x.compare("<=", width - span));
    rows.if(inside, whole, taps);
  });
}

function within(position: Expr, size: number): Expr {
  return position.compare(">=", int(0)).also(position.compare("<", size));
}
