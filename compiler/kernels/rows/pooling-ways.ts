/** How the rows under a pooling window come together, and then the columns of what they became. */

import { int, type Block, type Expr, type Pointer } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import type { Layer } from "../kernel.js";
import { outputRange } from "../requantization.js";
import { overRun } from "../run.js";
import { fillLines } from "./lines.js";

export type Pooling = "averagePool2d" | "maxPool2d";

export const sizeOf = <K extends Pooling>({ inputs }: Layer<K>) => inputs[0].shape[1] * inputs[0].shape[2];

/** How rows come together, and a window's columns. */
export interface Way<K extends Pooling> {
  readonly bytesPerValue: 1 | 2;
  /** Fills a row of scratch before the first row is added. */
  clear(block: Block, row: Pointer, layer: Layer<K>): void;
  add(block: Block, row: Pointer, pixels: Pointer, layer: Layer<K>): void;
  /** The results of a row. @param rows that were added */
  finish(block: Block, layer: Layer<K>, row: Pointer, rows: Expr, columns: Columns, to: Pointer): void;
}

/** The columns of the image under a result's window. */
export interface Columns {
  readonly first: Expr;
  readonly count: Expr;
}

const LEAST = 0x80808080 | 0;

/** Four values a word. */
export const maximumWords: Way<"maxPool2d"> = {
  bytesPerValue: 1,
  clear: (block, row, layer) => block.do(m7.fill, row.plus(0), -128, sizeOf(layer)),
  add(block, row, pixels, layer) {
    const count = sizeOf(layer);
    const words = count - (count % 4);
    block.for("word", 0, words, 4, (at, body) => {
      const larger = call(m7.max4, call(m7.load4, row.plus(at)), call(m7.load4, pixels.plus(at)));
      body.do(m7.store4, row.plus(at), larger);
    });
    block.for("value", words, count, 1, (at, body) =>
      body.store(row, at, call(m7.max, row.at(at), pixels.at(at))),
    );
  },
  finish(block, layer, row, _rows, { first, count }, to) {
    const channels = layer.output.shape[2];
    const words = channels - (channels % 4);
    const from = block.point("under", row.plus(first.times(channels)));
    block.for("channel", 0, words, 4, (channel, body) => {
      const best = body.variable("best", LEAST);
      body.for("column", 0, count, 1, (column, tap) => {
        const at = column.times(channels).plus(channel);
        tap.set(best, call(m7.max4, best, call(m7.load4, from.plus(at))));
      });
      body.do(m7.store4, to.plus(channel), best);
    });
    block.for("channel", words, channels, 1, (channel, body) => {
      const best = body.variable("best", -128);
      body.for("column", 0, count, 1, (column, tap) =>
        tap.set(best, call(m7.max, best, from.at(column.times(channels).plus(channel)))),
      );
      body.store(to, channel, best);
    });
  },
};

/**
 * Sums as int16: of each four values, those of even channels in one word, of odd ones in the next. The mean is as in kernels/pooling.ts: a
 * half away from zero, for a factor of 2^30 / count and a little more.
 */
export const averageWords: Way<"averagePool2d"> = {
  bytesPerValue: 2,
  clear: (block, row, layer) => fillLines(block, row, sizeOf(layer), 0),
  add(block, row, pixels, layer) {
    const sums = block.point("sums", row.plus(0), true);
    const from = block.point("from", pixels.plus(0), true);
    overRun(block, [sums, from], sizeOf(layer), 8, (hot, size, part) => {
      const words = Array.from({ length: size / 4 }, (_, i) =>
        hot.let(`word${i}${part}`, call(m7.load4, from.plus(4 * i))),
      );
      const halves = words.flatMap((word, i) =>
        [m7.sxtab16, m7.sxtab16Ror8].map((add, k) => {
          const at = sums.plus(4 * i + 2 * k);
          return [at, hot.let(`sum${i}_${k}${part}`, call(add, call(m7.load2, at), word))] as const;
        }),
      );
      for (const [at, sum] of halves) hot.do(m7.store2, at, sum);
    });
  },
  finish(block, layer, row, rows, { first, count }, to) {
    const channels = layer.output.shape[2];
    const taken = rows.times(count);
    const factor = block.let(
      "factor",
      int(2 ** 30 - 1)
        .dividedBy(taken)
        .plus(2),
    );
    const addend = block.let("half", 2 ** 13);
    const at = block.point("under", row.plus(first.times(channels)), true);
    const result = block.point("result", to.plus(0), true);
    const mean = (which: typeof m7.smlawb, sum: Expr) => call(which, factor, sum, addend).shiftRight(14);
    block.scheduled((hot) =>
      hot.for("group", 0, channels / 4, 1, (_, turn) => {
        const sums = [0, 1].map((k) => turn.variable(`pair${k}`, 0));
        const column = turn.point("column", at.plus(0), true);
        turn.for("tap", 0, count, 1, (_tap, body) => {
          sums.forEach((sum, k) => body.set(sum, call(m7.sadd16, sum, call(m7.load2, column.plus(2 * k)))));
          body.advance(column, channels);
        });
        sums.forEach((sum, k) => {
          turn.store(result, k, mean(m7.smlawb, sum));
          turn.store(result, k + 2, mean(m7.smlawt, sum));
        });
        turn.advance(at, 4);
        turn.advance(result, 4);
      }),
    );
  },
};

/** Value by value, sums as int16. */
export function singly<K extends Pooling>(
  start: number,
  together: (a: Expr, b: Expr) => Expr,
  value: (block: Block, all: Expr, count: Expr) => Expr,
): Way<K> {
  return {
    bytesPerValue: 2,
    clear: (block, row, layer) => block.do(m7.fill16, row.plus(0), start, sizeOf(layer)),
    add: (block, row, pixels, layer) =>
      block.for("value", 0, sizeOf(layer), 1, (at, body) =>
        body.store(row, at, together(row.at(at), pixels.at(at))),
      ),
    finish(block, layer, row, rows, { first, count }, to) {
      const channels = layer.output.shape[2];
      const { min, max } = outputRange(layer.output, layer.operation.attributes.activation);
      block.for("channel", 0, channels, 1, (channel, body) => {
        const all = body.variable("all", start);
        body.for("column", first, first.plus(count), 1, (column, tap) =>
          tap.set(all, together(all, row.at(column.times(channels).plus(channel)))),
        );
        const result = value(body, all, rows.times(count));
        body.store(to, channel, call(m7.min, call(m7.max, result, min), max));
      });
    },
  };
}

/** TFLite's mean of int8 values as they are: the sum plus or minus half the count, divided towards zero. */
export function roundedMean(block: Block, sum: Expr, count: Expr): Expr {
  const half = block.let("half", count.dividedBy(2));
  return sum.compare(">", 0).select(sum.plus(half), sum.minus(half)).dividedBy(count);
}
