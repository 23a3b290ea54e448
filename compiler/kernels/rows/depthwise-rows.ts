/**
 * Depthwise convolutions as stages of segments, on rows of int8: a few channels of all rows under the window are widened into lines
 * in scratch, then computed. Widened again for every row of results, rows take half the memory of lines that move up.
 */

import type { Block, Expr, Pointer } from "../../ir/loop.js";
import { quantizationOf } from "../../ops/arithmetic/quantization.js";
import * as m7 from "../../targets/cortex-m7.js";
import { axesOf, lineLength, linesFor, type Axes, type Depthwise } from "../depthwise/axes.js";
import { filtersOf, tableOf, type Filters, type WeightForm } from "../depthwise/filters.js";
import { skippingBeside } from "../depthwise/padding.js";
import { depthwiseRows } from "../depthwise/rows.js";
import { fillBorders, widenLines, type Widening } from "../depthwise/widen.js";
import { rowsWork } from "../depthwise/work.js";
import { computesRows } from "./depthwise.js";
import type { RowInputs, RowKernel } from "./row-kernel.js";
import { windowOf } from "./window-rows.js";

/** A line further is within reach of loads, and of the immediates that pointers advance by. */
const MOST_LINE = 2040;

const across = (layer: Depthwise) => axesOf(layer, false).across;

/** Channels that are in lines at a time: 4 share word loads. */
function lanesOf(layer: Depthwise, { along }: Axes): 4 | 1 {
  return layer.output.shape[2] % 4 === 0 && 4 * lineLength(along) <= MOST_LINE ? 4 : 1;
}

/**
 * All rows of some channels are read before their results are written, but other channels of those rows are not: results may
 * take the place of a row under the window only pixel by pixel; so it has no `reading`.
 */
function onRows(name: string, form: WeightForm): RowKernel<"depthwiseConv2d"> {
  return {
    name,
    fits: (layer) => computesRows(layer) && lineLength(axesOf(layer, false).along) <= MOST_LINE,
    window: (layer) => {
      const { taps, stride, before } = across(layer);
      return { size: taps, stride, before };
    },
    reads: "plain",
    writes: ["plain", "biased", "lines"],
    replaces: true,
    scratch(layer, rows) {
      const axes = axesOf(layer, false);
      const line = lanesOf(layer, axes) * lineLength(axes.along);
      return 2 * (tableOf(axes, form, skippingBeside(axes)) + line * linesFor(axes.across, rows));
    },
    work(layer, rows, writes) {
      const axes = axesOf(layer, false);
      const variant = { form, skipping: skippingBeside(axes) };
      return rowsWork(layer, axes, variant, rows, writes, lanesOf(layer, axes));
    },
    prepare(layer, rows, prefix) {
      const axes = axesOf(layer, false);
      const filters = filtersOf(layer, axes, form, { skipping: skippingBeside(axes), prefix });
      const emitter = new Emitter(layer, filters, rows);
      return {
        constants: filters.constants,
        notes: [filters.note],
        emit: (block, inputs) => emitter.emit(block, inputs),
      };
    },
  };
}

/** Words of weights as they are used lie in flash: for k = 3, 5, 7 24, 80, 168 bytes a channel. */
export const depthwiseRowRows = onRows("depthwise rows", "ready");
/** int8 weights in flash, made into words for every row of results: 9, 25, 49 bytes a channel. */
export const depthwisePackedRowRows = onRows("depthwise rows, packed weights", "packed");

class Emitter {
  readonly #widening: Widening;
  /** int16 from a line to the next: those of all lanes lie side by side. */
  readonly #line: number;
  readonly #border: number;

  constructor(
    private readonly layer: Depthwise,
    private readonly filters: Filters,
    private readonly rows: number,
  ) {
    const { axes, lineScale, skipping } = filters;
    const { zeroPoint } = quantizationOf(layer.inputs[0]);
    const [channels, length] = [lanesOf(layer, axes), lineLength(axes.along)];
    this.#line = channels * length;
    this.#border = skipping.isZeroBased ? 0 : zeroPoint * lineScale;
    this.#widening = {
      along: axes.along,
      channels,
      channel: length,
      scale: lineScale,
      zeroPoint,
      isZeroBased: skipping.isZeroBased,
    };
  }

  emit(block: Block, inputs: RowInputs): void {
    const { axes, form, skipping } = this.filters;
    const { channels: lanes } = this.#widening;
    const { target } = inputs;
    const scratch = inputs.scratch!;
    const table = tableOf(axes, form, skipping);
    const plane = table === 0 ? scratch : block.point("plane", scratch.plus(table));
    fillBorders(block, axes.along, plane, lanes * linesFor(axes.across, this.rows), this.#border);
    // One at a time, even and odd channels differ where results are biased: there are as many of both.
    const together = lanes === 1 && target.biased ? 2 : 1;
    block.for("channel", 0, this.layer.output.shape[2], lanes * together, (channel, body) => {
      for (let i = 0; i < together; i++)
        body.scope((inner) => this.#lanes(inner, inputs, plane, channel.plus(i), i === 1));
    });
  }

  #lanes(block: Block, inputs: RowInputs, plane: Pointer, channel: Expr, isOdd: boolean): void {
    const { form } = this.filters;
    const { channels: count, channel: length } = this.#widening;
    this.#widen(block, inputs, plane, channel);
    const { target } = inputs;
    const pointer = block.point("result", target.pointer.plus(channel.times(target.channel)));
    const lines = { pointer: plane, channel: length, line: this.#line };
    const table = form === "packed" ? inputs.scratch : undefined;
    const range = { first: channel, count, isOdd };
    depthwiseRows(block, this.filters, lines, range, this.rows, { ...target, pointer }, table);
  }

  #widen(block: Block, inputs: RowInputs, plane: Pointer, channel: Expr): void {
    const { across } = this.filters.axes;
    const slot = (row: Expr) => plane.plus(row.times(this.#line));
    windowOf(inputs, across.inputStep).each(
      block,
      0,
      linesFor(across, this.rows),
      (inside, row, pixels) => {
        const image = inside.point("image", pixels.plus(channel));
        widenLines(inside, this.#widening, image, inside.point("slot", slot(row)), 1, 0, 0);
      },
      (outside, row) => outside.do(m7.fill16, slot(row), this.#border, this.#line),
    );
  }
}
