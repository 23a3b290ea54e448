/** Average and maximum pooling over the part of each window that lies inside the image. */

import { elements } from "../ir/graph.js";
import { Block, Constant, Pointer, int, type Expr, type KernelFunction, type Variable } from "../ir/loop.js";
import type { Pool2D } from "../ops/attributes.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import { MOST_POSITIONS, evenWalk, sumChannels, windowWalk } from "./channel-sums.js";
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

/** Four channels a word. */
export const maximumWords: Kernel<"maxPool2d"> = {
  name: "max pool words",
  fits: (layer) => layer.output.shape[2] >= 4 && isUnlimited(layer),
  lower: lowerMaximumWords,
};

/** Sums of four channels as halves of two words. */
export const averageWords: Kernel<"averagePool2d"> = {
  name: "average pool words",
  fits: (layer) =>
    layer.output.shape[2] >= 4 &&
    isUnlimited(layer) &&
    elements(layer.operation.attributes.kernel) <= MOST_POSITIONS,
  lower: lowerAverageWords,
};

/** The activation leaves all of int8. */
function isUnlimited<K extends Pooling>({ operation, output }: Layer<K>): boolean {
  const { min, max } = outputRange(output, operation.attributes.activation);
  return min === -128 && max === 127;
}

/** The taps inside the image, and the first channel's result. */
interface Window {
  readonly top: Expr;
  readonly bottom: Expr;
  readonly left: Expr;
  readonly right: Expr;
  /** How many: literals where no window reaches the padding. */
  readonly rows: Expr;
  readonly columns: Expr;
  readonly to: Pointer;
}

function overWindows<K extends Pooling>(
  { operation, inputs, output }: Layer<K>,
  notes: readonly string[],
  visit: (block: Block, window: Window, x: Pointer) => void,
): KernelFunction {
  const attributes: Pool2D = operation.attributes;
  const { stride, padding } = attributes;
  const [inHeight, inWidth, channels] = inputs[0].shape;
  const [height, width] = output.shape;
  const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
  const block = new Block();
  block.for("oy", 0, height, 1, (oy, rows) => {
    const firstRow = oy.times(stride[0]).minus(padding.top);
    const [top, bottom, tapRows] = taps(rows, "row", firstRow, inHeight, height, attributes, 0);
    rows.for("ox", 0, width, 1, (ox, columns) => {
      const firstColumn = ox.times(stride[1]).minus(padding.left);
      const [left, right, tapColumns] = taps(columns, "column", firstColumn, inWidth, width, attributes, 1);
      const to = columns.point("to", y.plus(oy.times(width).plus(ox).times(channels)));
      visit(columns, { top, bottom, left, right, rows: tapRows, columns: tapColumns, to }, x);
    });
  });
  return { parameters: [x, y], constants: [], body: block.statements, notes };
}

function lowerWindows<K extends Pooling>(layer: Layer<K>, reduction: Reduction): KernelFunction {
  const [, inWidth, channels] = layer.inputs[0].shape;
  const range = outputRange(layer.output, layer.operation.attributes.activation);
  const notes = [
    "every window has at least one element inside the image; |sum| < 2^31 for windows below 2^24 elements.",
  ];
  return overWindows(layer, notes, (columns, { top, bottom, left, right, ...window }, x) => {
    const { to } = window;
    columns.for("channel", 0, channels, 1, (channel, body) => {
      const acc = body.variable("acc", reduction.start);
      body.for("row", top, bottom, 1, (row, vertical) => {
        vertical.for("column", left, right, 1, (column, tap) => {
          const at = row.times(inWidth).plus(column).times(channels).plus(channel);
          tap.set(acc, reduction.add(acc, x.at(at)));
        });
      });
      let value = reduction.finish(acc, window.rows.times(window.columns), body);
      if (range.min > -128) value = call(m7.max, value, range.min);
      if (range.max < 127) value = call(m7.min, value, range.max);
      body.store(to, channel, value);
    });
  });
}

/** Windows of at most so many positions are written out. */
const SMALL_WINDOW = 16;

function lowerMaximumWords(layer: Layer<"maxPool2d">): KernelFunction {
  const [, inWidth, channels] = layer.inputs[0].shape;
  const words = channels - (channels % 4);
  return overWindows(layer, [], (columns, { top, left, rows, columns: across, to }, x) => {
    const from = columns.point("from", x.plus(top.times(inWidth).plus(left).times(channels)));
    const place = (row: Expr, column: Expr) => row.times(inWidth).plus(column).times(channels);
    const each = (body: Block, take: (tap: Block, place: Expr) => void) => {
      const known = rows instanceof Constant && across instanceof Constant;
      if (known && rows.value * across.value <= SMALL_WINDOW) {
        for (let row = 0; row < rows.value; row++)
          for (let column = 0; column < across.value; column++) take(body, place(int(row), int(column)));
      } else {
        body.for("row", 0, rows, 1, (row, vertical) =>
          vertical.for("column", 0, across, 1, (column, tap) => take(tap, place(row, column))),
        );
      }
    };
    columns.for("channel", 0, words, 4, (channel, body) => {
      const best = body.variable("best", 0x80808080 | 0);
      each(body, (tap, at) =>
        tap.set(best, call(m7.max4, best, call(m7.load4, from.plus(channel.plus(at))))),
      );
      body.do(m7.store4, to.plus(channel), best);
    });
    columns.for("channel", words, channels, 1, (channel, body) => {
      const best = body.variable("best", -128);
      each(body, (tap, at) => tap.set(best, call(m7.max, best, from.at(channel.plus(at)))));
      body.store(to, channel, best);
    });
  });
}

/**
 * The mean, a half away from zero, is (floor(factor * sum / 2^16) + 2^13) >> 14 for a factor of 2^30 / count + d, 0 < d <= 2: that adds
 * at most 2^-14 to the size of sum / count, so that ties go away from zero, and all else is 1 / (2 * count) or more from a tie.
 */
function lowerAverageWords(layer: Layer<"averagePool2d">): KernelFunction {
  const [inHeight, inWidth, channels] = layer.inputs[0].shape;
  const notes = ["|sum| <= 2^15 in halves of words; the factor is 2^30 / count and a little more."];
  return overWindows(layer, notes, (block, { top, left, rows, columns, to }, x) => {
    const from = block.point("from", x.plus(top.times(inWidth).plus(left).times(channels)));
    const factor = block.let(
      "factor",
      int(2 ** 30 - 1)
        .dividedBy(rows.times(columns))
        .plus(2),
    );
    const addend = block.let("half", 2 ** 13);
    const isWhole = isLiteral(rows, inHeight) && isLiteral(columns, inWidth);
    const walk = isWhole
      ? evenWalk(inHeight * inWidth, channels)
      : windowWalk(block, { rows, columns, step: channels, row: inWidth * channels });
    sumChannels(block, channels, from, to, walk, (word, half) =>
      call(half === "top" ? m7.smlawt : m7.smlawb, factor, word, addend).shiftRight(14),
    );
  });
}

function isLiteral(value: Expr, number: number): boolean {
  return value instanceof Constant && value.value === number;
}

/** First and one past the last tap inside the image along one direction, and how many there are. */
function taps(
  block: Block,
  name: string,
  start: Expr,
  input: number,
  output: number,
  window: Pool2D,
  axis: 0 | 1,
): [first: Expr, end: Expr, count: Expr] {
  const { kernel, stride, padding } = window;
  const before = axis === 0 ? padding.top : padding.left;
  // With a single position everything is known.
  if (output === 1) {
    const [first, end] = [Math.max(-before, 0), Math.min(kernel[axis] - before, input)];
    return [int(first), int(end), int(end - first)];
  }
  const end = start.plus(kernel[axis]);
  const reaches = (output - 1) * stride[axis] - before + kernel[axis] > input;
  const first = before > 0 ? block.let(`first_${name}`, call(m7.max, start, 0)) : start;
  const last = reaches ? block.let(`end_${name}`, call(m7.min, end, input)) : end;
  return [first, last, before > 0 || reaches ? last.minus(first) : int(kernel[axis])];
}
