/** Depthwise convolution as its definition says: for any stride, dilation and depth multiplier. */

import { Block, Pointer, type Expr } from "../ir/loop.js";
import { int32Bias, int8Values } from "../ops/arithmetic/constants.js";
import { convMultipliers, quantizationOf } from "../ops/arithmetic/quantization.js";
import type { Kernel } from "./kernel.js";
import { outputRange, twoRoundings } from "./requantization.js";

export const depthwiseDirect: Kernel<"depthwiseConv2d"> = {
  name: "depthwise direct",
  fits: () => true,
  lower({ operation, inputs, output }) {
    const { kernel, stride, dilation, padding, depthMultiplier, weights, bias, activation } =
      operation.attributes;
    const [inHeight, inWidth, inChannels] = inputs[0].shape;
    const [height, width, channels] = output.shape;
    const input = quantizationOf(inputs[0]);
    const start = int32Bias(bias, channels);
    const bounds = magnitudes(int8Values(weights), start);
    const multipliers = convMultipliers(weights, channels, input, quantizationOf(output));
    const requantization = twoRoundings(multipliers, bounds, outputRange(output, activation));

    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const [w, b] = [new Pointer("weights", "int8", false), new Pointer("bias", "int32", false)];
    const block = new Block();
    block.for("oy", 0, height, 1, (oy, rows) => {
      rows.for("ox", 0, width, 1, (ox, columns) => {
        const to = columns.point("to", y.plus(oy.times(width).plus(ox).times(channels)));
        const top = columns.let("top", oy.times(stride[0]).minus(padding.top));
        const left = columns.let("left", ox.times(stride[1]).minus(padding.left));
        columns.for("channel", 0, channels, 1, (channel, body) => {
          const acc = body.variable("acc", b.at(channel));
          body.for("ky", 0, kernel[0], 1, (ky, vertical) => {
            const row = vertical.let("row", top.plus(ky.times(dilation[0])));
            vertical.for("kx", 0, kernel[1], 1, (kx, horizontal) => {
              const column = horizontal.let("column", left.plus(kx.times(dilation[1])));
              horizontal.if(inside(row, inHeight).also(inside(column, inWidth)), (tap) => {
                const from = row
                  .times(inWidth)
                  .plus(column)
                  .times(inChannels)
                  .plus(channel.dividedBy(depthMultiplier));
                const weight = w.at(ky.times(kernel[1]).plus(kx).times(channels).plus(channel));
                tap.set(acc, acc.plus(x.at(from).minus(input.zeroPoint).times(weight)));
              });
            });
          });
          body.store(to, channel, requantization.apply(acc, channel));
        });
      });
    });
    return {
      parameters: [x, y],
      constants: [
        { name: "weights", element: "int8", data: int8Values(weights), align: 1 },
        { name: "bias", element: "int32", data: start, align: 4 },
        ...requantization.constants,
      ],
      body: block.statements,
      notes: [requantization.note],
    };
  },
};

function inside(position: Expr, size: number): Expr {
  return position.compare(">=", 0).also(position.compare("<", size));
}

/** |bias| + 255 * sum |w| per channel; weights are [tap][channel]. */
function magnitudes(weights: Int8Array, bias: Int32Array): number[] {
  const bounds = Array.from(bias, Math.abs);
  weights.forEach((weight, i) => (bounds[i % bias.length] += 255 * Math.abs(weight)));
  return bounds;
}
