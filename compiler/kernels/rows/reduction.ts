/** Means over an image as the last stage of a segment: sums of each channel grow while the rows arrive. */

import { int, type Block, type Pointer } from "../../ir/loop.js";
import { meanMultiplier } from "../../ops/arithmetic/mean-multiplier.js";
import { quantizationOf } from "../../ops/arithmetic/quantization.js";
import type { OperatorKind } from "../../ops/attributes.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import { MOST_POSITIONS, evenWalk, sumChannels } from "../channel-sums.js";
import type { Layer } from "../kernel.js";
import { outputRange, twoRoundings } from "../requantization.js";
import { oneRow } from "./element-wise.js";
import { roundedMean } from "./pooling-ways.js";
import type { RowKernel } from "./row-kernel.js";

/** How a channel's sum becomes its result. */
type Finish = (block: Block, total: Pointer, to: Pointer, channels: number) => void;

function meanRows<K extends OperatorKind>(
  name: string,
  fits: (layer: Layer<K>) => boolean,
  finishOf: (layer: Layer<K>) => { readonly note: string; readonly finish: Finish },
): RowKernel<K> {
  const channelsOf = ({ inputs }: Layer<K>) => inputs[0].shape[2];
  return {
    name,
    fits: (layer) => layer.inputs[0].shape.length === 3 && !isVast(layer.inputs[0].shape) && fits(layer),
    window: oneRow,
    reads: "plain",
    writes: ["plain"],
    total: (layer) => 4 * channelsOf(layer),
    scratch: () => 0,
    prepare(layer, rows) {
      const [, width, channels] = layer.inputs[0].shape;
      const { note, finish } = finishOf(layer);
      return {
        constants: [],
        notes: [note],
        begin: (block, total) =>
          block.for("channel", 0, channels, 1, (channel, body) => body.store(total, channel, 0)),
        emit: (block, { source, total }) => addPixels(block, source, total!, rows * width, channels),
        finish: (block, total, { pointer }) => finish(block, total, pointer, channels),
      };
    },
  };
}

/** Sums would leave int32. */
function isVast([height, width]: readonly number[]): boolean {
  return height * width >= 2 ** 22;
}

/** Adds the pixels to the channels' sums: as halves of words, so many that they stay int16. */
function addPixels(block: Block, pixels: Pointer, total: Pointer, count: number, channels: number): void {
  const one = block.let("one", 1);
  const some = (body: Block, from: Pointer, positions: number) =>
    sumChannels(
      body,
      channels,
      from,
      total,
      evenWalk(positions, channels),
      (word, half, _hot, _name, before) => call(half === "top" ? m7.smlatb : m7.smlabb, word, one, before),
    );
  const whole = Math.floor(count / MOST_POSITIONS);
  block.for("part", 0, whole, 1, (part, body) =>
    some(body, body.point("part_in", pixels.plus(part.times(MOST_POSITIONS * channels))), MOST_POSITIONS),
  );
  const rest = count % MOST_POSITIONS;
  if (rest > 0)
    block.scope((body) =>
      some(body, body.point("rest_in", pixels.plus(whole * MOST_POSITIONS * channels)), rest),
    );
}

/** The window is the image, with or without padding around it. */
function isGlobal({ operation, inputs, output }: Layer<"averagePool2d">): boolean {
  const { kernel, padding } = operation.attributes;
  const [height, width] = inputs[0].shape;
  const isOne = output.shape[0] === 1 && output.shape[1] === 1;
  return isOne && kernel[0] - padding.top >= height && kernel[1] - padding.left >= width;
}

export const globalAverageRows = meanRows<"averagePool2d">("average of rows", isGlobal, (layer) => {
  const [height, width] = layer.inputs[0].shape;
  const { min, max } = outputRange(layer.output, layer.operation.attributes.activation);
  return {
    note: "sums are int32: the mean is divided out.",
    finish: (block, total, to, channels) =>
      block.for("channel", 0, channels, 1, (channel, body) => {
        const mean = roundedMean(body, body.let("sum", total.at(channel)), int(height * width));
        body.store(to, channel, call(m7.min, call(m7.max, mean, min), max));
      }),
  };
});

/** Over height and width. */
function isSpatial({ operation: { attributes } }: Layer<"mean">): boolean {
  return [...attributes.axes].sort().join() === "0,1";
}

export const meanOfRows = meanRows<"mean">("mean of rows", isSpatial, ({ inputs, output }) => {
  const [height, width] = inputs[0].shape;
  const count = height * width;
  const [from, to] = [quantizationOf(inputs[0]), quantizationOf(output)];
  const multiplier = meanMultiplier(from, to, count);
  const requantization = twoRoundings([multiplier], [count * 255], outputRange(output, "linear"));
  return {
    note: requantization.note,
    finish: (block, total, target, channels) =>
      block.for("channel", 0, channels, 1, (channel, body) => {
        const sum = total.at(channel).minus(count * from.zeroPoint);
        body.store(target, channel, requantization.apply(body.let("sum", sum), int(0)));
      }),
  };
});
