/** Average and maximum pooling, channel by channel over the part of each window that lies inside the image. */

import { Block, Pointer, int, type Expr, type Variable } from "../ir/loop.js";
import type { Pool2D } from "../ops/attributes.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel, Layer } from "./kernel.js";
import { outputRange } from "./requantization.js";

type Pooling = "averagePool2d" | "maxPool2d";

/** How a window's elements come together. */
interface Reduction {
  readonly start: number;
  add(accumulator: Variable, value: Expr): Expr;
  finish(accumulator: Variable, count: Expr, block: Block): Expr;
}

const maximum: Reduction = {
  start: -128,
  add: (accumulator, value) => call(m7.max, accumulator, value),
  finish: (accumulator) => accumulator,
};

/** TFLite's mean of int8 values as they are: the sum plus or minus half the count, divided towards zero. */
const average: Reduction = {
  start: 0,
  add: (accumulator, value) => accumulator.plus(value),
  finish: (accumulator, count, block) => {
    const half = block.let("half", count.dividedBy(2));
    return accumulator
      .compare(">", 0)
      .select(accumulator.plus(half), accumulator.minus(half))
      .dividedBy(count);
  },
};

export const maximumWindows: Kernel<"maxPool2d"> = {
  name: "max pool",
  fits: () => true,
  lower: (layer) => lowerWindows(layer, maximum),
};

export const averageWindows: Kernel<"averagePool2d"> = {
  name: "average pool",
  fits: () => true,
  lower: (layer) => lowerWindows(layer, average),
};

function lowerWindows<K extends Pooling>(layer: Layer<K>, reduction: Reduction) {
  const attributes: Pool2D = layer.operation.attributes;
  const { stride, padding, activation } = attributes;
  const [inHeight, inWidth, channels] = layer.inputs[0].shape;
  const [height, width] = layer.output.shape;
  const range = outputRange(layer.output, activation);
  const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
  const block = new Block();
  block.for("oy", 0, height, 1, (oy, rows) => {
    const [top, bottom] = taps(
      rows,
      "row",
      oy.times(stride[0]).minus(padding.top),
      inHeight,
      height,
      attributes,
      0,
    );
    rows.for("ox", 0, width, 1, (ox, columns) => {
      const [left, right] = taps(
        columns,
        "column",
        ox.times(stride[1]).minus(padding.left),
        inWidth,
        width,
        attributes,
        1,
      );
      const to = columns.point("to", y.plus(oy.times(width).plus(ox).times(channels)));
      columns.for("channel", 0, channels, 1, (channel, body) => {
        const acc = body.variable("acc", reduction.start);
        body.for("row", top, bottom, 1, (row, vertical) => {
          vertical.for("column", left, right, 1, (column, tap) => {
            tap.set(
              acc,
              reduction.add(acc, x.at(row.times(inWidth).plus(column).times(channels).plus(channel))),
            );
          });
        });
        const count = bottom.minus(top).times(right.minus(left));
        let value = reduction.finish(acc, count, body);
        if (range.min > -128) value = call(m7.max, value, range.min);
        if (range.max < 127) value = call(m7.min, value, range.max);
        body.store(to, channel, value);
      });
    });
  });
  const notes = [
    "every window has at least one element inside the image; |sum| < 2^31 for windows below 2^24 elements.",
  ];
  return { parameters: [x, y], constants: [], body: block.statements, notes };
}

/** First and one past the last tap inside the image, along one direction: literals where no window reaches the padding. */
function taps(
  block: Block,
  name: string,
  start: Expr,
  input: number,
  output: number,
  window: Pool2D,
  axis: 0 | 1,
): [Expr, Expr] {
  const { kernel, stride, padding } = window;
  const before = axis === 0 ? padding.top : padding.left;
  // With a single position everything is known.
  if (output === 1) return [int(Math.max(-before, 0)), int(Math.min(kernel[axis] - before, input))];
  const end = start.plus(kernel[axis]);
  const reaches = (output - 1) * stride[axis] - before + kernel[axis] > input;
  const first = before > 0 ? block.let(`first_${name}`, call(m7.max, start, 0)) : start;
  const last = reaches ? block.let(`end_${name}`, call(m7.min, end, input)) : end;
  return [first, last];
}
