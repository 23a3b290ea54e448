/** Grouped convolution: every group is a convolution of its own channels, a window of them gathered at a time. */

import { Block, Pointer, type Expr } from "../ir/loop.js";
import { int32Bias, int8Values } from "../ops/arithmetic/constants.js";
import { convMultipliers, quantizationOf } from "../ops/arithmetic/quantization.js";
import * as m7 from "../targets/cortex-m7.js";
import { multiplyRows, type WeightRows } from "./dot-block.js";
import type { Kernel, Layer } from "./kernel.js";
import { outputRange, twoRoundings } from "./requantization.js";
import { accumulators, settleDeadChannels, weightRows } from "./weight-rows.js";

/** Filters per inner block: there is one pixel, so that four accumulators fit the registers. */
const FILTERS = 4;

type Conv = Layer<"conv2d">;

export const groupedConvolution: Kernel<"conv2d"> = {
  name: "conv2d groups 1x4",
  fits: ({ operation, inputs }) => operation.attributes.weights.shape[3] !== inputs[0].shape[2],
  scratch(layer) {
    const bytes = columnBytes(layer);
    return { least: bytes, most: bytes };
  },
  lower(layer) {
    const { stride, padding, weights } = layer.operation.attributes;
    const [height, width, channels] = layer.output.shape;
    const groups = layer.inputs[0].shape[2] / weights.shape[3];
    const filters = channels / groups;
    const { rows, note } = prepare(layer);
    const [input, output] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const column = new Pointer("column", "int8", true);
    const bytes = columnBytes(layer);
    const block = new Block();
    block.for("oy", 0, height, 1, (oy, vertical) => {
      vertical.for("ox", 0, width, 1, (ox, horizontal) => {
        const pixel = horizontal.point("pixel", output.plus(oy.times(width).plus(ox).times(channels)));
        const top = horizontal.let("top", oy.times(stride[0]).minus(padding.top));
        const left = horizontal.let("left", ox.times(stride[1]).minus(padding.left));
        horizontal.for("group", 0, groups, 1, (group, body) => {
          gatherChannels(body, layer, input, column, group.times(weights.shape[3]), top, left);
          const first = body.let("first", group.times(filters));
          const to = body.point("to", pixel.plus(first));
          const window = { pointer: column, count: 1, stride: bytes };
          const part = groupRows(body, rows, first, filters);
          multiplyRows(body, window, { pointer: to, count: 1, stride: channels }, part, bytes, FILTERS);
        });
      });
    });
    const notes = [
      note,
      `${groups} groups of ${filters} filters; column: a window of the group's channels, padded to words (against zero weights).`,
    ];
    return { parameters: [input, output, column], constants: rows.constants, body: block.statements, notes };
  },
};

/** Products of one result, to whole words. */
function columnBytes({ operation: { attributes } }: Conv): number {
  return (attributes.kernel[0] * attributes.kernel[1] * attributes.weights.shape[3] + 3) & ~3;
}

function prepare(layer: Conv) {
  const { kernel, weights, bias, activation } = layer.operation.attributes;
  const channels = weights.shape[0];
  const depth = kernel[0] * kernel[1] * weights.shape[3];
  const input = quantizationOf(layer.inputs[0]);
  const { sums, multipliers } = settleDeadChannels(
    accumulators(int8Values(weights), int32Bias(bias, channels), depth, input.zeroPoint),
    convMultipliers(weights, channels, input, quantizationOf(layer.output)),
  );
  const requantization = twoRoundings(multipliers, sums.bounds, outputRange(layer.output, activation));
  const rows = weightRows(int8Values(weights), depth, true, sums, requantization);
  return { rows, note: requantization.note };
}

/** The rows of one group, as a layer of its own. */
function groupRows(block: Block, rows: WeightRows, first: Expr, filters: number): WeightRows {
  const { weights, bias, requantization, stride } = rows;
  return {
    ...rows,
    weights: block.point("filters", weights.plus(first.times(stride))),
    bias: { at: (channel) => bias.at(channel.plus(first)) },
    channels: filters,
    requantization: {
      ...requantization,
      apply: (accumulator, channel) => requantization.apply(accumulator, channel.plus(first)),
      of: (inner, channel) => requantization.of(inner, channel.plus(first)),
    },
  };
}

/** The group's channels of one window, tap (0, 0) at `top` and `left`; positions outside of the image are the zero point. */
function gatherChannels(
  block: Block,
  layer: Conv,
  input: Pointer,
  column: Pointer,
  firstChannel: Expr,
  top: Expr,
  left: Expr,
): void {
  const { kernel, dilation, padding, weights } = layer.operation.attributes;
  const depth = weights.shape[3];
  const [height, width, channels] = layer.inputs[0].shape;
  const { zeroPoint } = quantizationOf(layer.inputs[0]);
  const isPadded = padding.top + padding.bottom + padding.left + padding.right > 0;
  block.for("ky", 0, kernel[0], 1, (ky, vertical) => {
    const row = vertical.let("row", top.plus(ky.times(dilation[0])));
    vertical.for("kx", 0, kernel[1], 1, (kx, tap) => {
      const at = tap.let("at", left.plus(kx.times(dilation[1])));
      const to = column.plus(ky.times(kernel[1]).plus(kx).times(depth));
      const from = input.plus(row.times(width).plus(at).times(channels).plus(firstChannel));
      const copy = (inside: Block) => inside.do(m7.copy, to, from, depth);
      if (!isPadded) return copy(tap);
      const isInside = within(row, height).also(within(at, width));
      tap.if(isInside, copy, (outside) => outside.do(m7.fill, to, zeroPoint, depth));
    });
  });
}

function within(position: Expr, size: number): Expr {
  return position.compare(">=", 0).also(position.compare("<", size));
}
