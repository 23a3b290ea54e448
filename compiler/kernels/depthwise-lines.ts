/**
 * Depthwise convolution on int16 lines: a few channels are widened into scratch with their padding, then each plane is
 * computed as depthwise/rows.ts does. With scratch for the whole plane there is one pass; with less, bands of rows, whose
 * common lines are kept. Every input is read before the results that may take its place are written (TinyEngine's in-place depthwise,
 * MCUNet section 3.2).
 */

import { Block, Pointer, int, type Expr } from "../ir/loop.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { bytes } from "../ir/graph.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import { arrangementFor, bestAxes, scratchFor, type Arrangement } from "./depthwise/arrangement.js";
import type { Axes, Depthwise } from "./depthwise/axes.js";
import { filtersOf, tableOf, type Filters, type WeightForm } from "./depthwise/filters.js";
import { skippingOf, stretchesOf } from "./depthwise/padding.js";
import { depthwiseRows, type ChannelRange } from "./depthwise/rows.js";
import { widenLines, type Widening } from "./depthwise/widen.js";
import { linesWork } from "./depthwise/work.js";
import type { Kernel } from "./kernel.js";
import { fillLines, moveLines } from "./rows/lines.js";

/** Words of weights as they are used lie in flash: for k = 3, 5, 7 24, 80, 168 bytes a channel. */
export const depthwiseLines = linesKernel("depthwise lines", "ready", false);
/** int8 weights in flash: 9, 25, 49 bytes a channel. */
export const depthwisePacked = linesKernel("depthwise lines, packed weights", "packed", false);
/** Rows at the borders have code of their own, which leaves out what lies above and below the image. */
export const depthwiseBorders = linesKernel("depthwise lines, borders", "ready", true);
export const depthwisePackedBorders = linesKernel("depthwise lines, packed weights, borders", "packed", true);

function linesKernel(name: string, form: WeightForm, borders: boolean): Kernel<"depthwiseConv2d"> {
  const variantOf = (layer: Depthwise, axes: Axes) => ({
    skipping: skippingOf(axes, borders),
    stretches: borders ? stretchesOf(axes, layer.output.shape[2]) : undefined,
  });
  const needs = (axes: Axes) => {
    const skipping = skippingOf(axes, borders);
    return { table: tableOf(axes, form, skipping), isShort: skipping.isShort };
  };
  return {
    name,
    fits(layer) {
      const { dilation, depthMultiplier } = layer.operation.attributes;
      if (depthMultiplier !== 1 || dilation[0] !== 1 || dilation[1] !== 1) return false;
      const axes = bestAxes(layer);
      return axes !== undefined && (!borders || variantOf(layer, axes).stretches !== undefined);
    },
    scratch(layer, inPlace) {
      const axes = bestAxes(layer)!;
      return scratchFor(layer, axes, inPlace, needs(axes));
    },
    writesBiased: true,
    inPlace: ({ inputs, output }) => (bytes(output) <= bytes(inputs[0]) ? [0] : []),
    lower(layer, granted) {
      const axes = bestAxes(layer)!;
      const filters = filtersOf(layer, axes, form, variantOf(layer, axes));
      const arrangement = arrangementFor(layer, axes, granted, needs(axes));
      const emitter = new Emitter(layer, filters, arrangement, granted.output === "biased");
      return {
        parameters: [emitter.x, emitter.y, emitter.scratch],
        constants: filters.constants,
        body: emitter.body(),
        notes: [filters.note, emitter.note()],
      };
    },
    work(layer, granted) {
      const axes = bestAxes(layer)!;
      const arrangement = arrangementFor(layer, axes, granted, needs(axes));
      return linesWork(layer, axes, { form, ...variantOf(layer, axes) }, arrangement, granted);
    },
  };
}

class Emitter {
  readonly x = new Pointer("in", "int8", false);
  readonly y = new Pointer("out", "int8", true);
  readonly scratch = new Pointer("scratch", "int16", true);
  readonly #widening: Widening;
  readonly #border: number;

  constructor(
    private readonly layer: Depthwise,
    private readonly filters: Filters,
    private readonly arrangement: Arrangement,
    private readonly biased: boolean,
  ) {
    const { zeroPoint } = quantizationOf(layer.inputs[0]);
    const { channels, length } = arrangement;
    const { axes, lineScale } = filters;
    const { isZeroBased } = filters.skipping;
    this.#widening = {
      along: axes.along,
      channels,
      channel: length,
      scale: lineScale,
      zeroPoint,
      isZeroBased,
    };
    this.#border = isZeroBased ? 0 : zeroPoint * lineScale;
  }

  note(): string {
    const { channels, band, length, lines } = this.arrangement;
    const what = this.filters.axes.transposed ? "columns" : "rows";
    const side = channels === 1 ? "one channel" : `${channels} channels`;
    return `${side} at a time: ${lines} lines of ${length} int16 each, for ${band} ${what} of results`;
  }

  body() {
    const block = new Block();
    const { channels, lines, length } = this.arrangement;
    const { axes, form, skipping } = this.filters;
    const table = tableOf(axes, form, skipping);
    const plane = table === 0 ? this.scratch : block.point("plane", this.scratch.plus(table));
    if (table !== 0 && skipping.isShort) fillLines(block, this.scratch, table, 0);
    fillLines(block, plane, channels * length * lines, this.#border);
    // One at a time, even and odd channels differ where results are biased: there are as many of both.
    const together = channels === 1 && this.biased ? 2 : 1;
    block.for("channel", 0, this.layer.output.shape[2], channels * together, (channel, body) => {
      for (let i = 0; i < together; i++)
        body.scope((inner) => this.#channels(inner, plane, channel.plus(i), i === 1));
    });
    return block.statements;
  }

  #channels(block: Block, plane: Pointer, channel: Expr, isOdd: boolean): void {
    const range = { first: channel, count: this.arrangement.channels, isOdd };
    const isWhole = this.arrangement.band === this.filters.axes.across.output;
    if (isWhole) this.#plane(block, plane, range);
    else this.#passes(block, plane, range);
  }

  /** int16 from a line to the next. */
  get #line(): number {
    return this.arrangement.channels * this.arrangement.length;
  }

  /** Lines above and below the image keep what they were filled with. */
  #plane(block: Block, plane: Pointer, range: ChannelRange): void {
    const { across } = this.filters.axes;
    const { lines, band } = this.arrangement;
    const before = this.filters.skipping.isShort ? 0 : across.before;
    const top = block.point("top", plane.plus(before * this.#line));
    const from = block.point("image", this.x.plus(range.first));
    const count = Math.min(across.input, lines - before);
    widenLines(block, this.#widening, from, top, count, across.inputStep, this.#line);
    this.#compute(block, plane, range, int(0), band);
  }

  #passes(block: Block, plane: Pointer, range: ChannelRange): void {
    const { across } = this.filters.axes;
    const { lines, band } = this.arrangement;
    const kept = Math.max(0, across.taps - across.stride);
    block.for("first", 0, across.output, band, (first, pass) => {
      const isLater = first.compare(">", 0);
      if (kept > 0) {
        const from = band * across.stride * this.#line;
        const moved = { channels: 1, stride: 0, from, count: kept * this.#line };
        pass.if(isLater, (later) => moveLines(later, plane, moved));
      }
      const known = kept > 0 ? pass.let("known", isLater.select(kept, 0)) : int(0);
      pass.for("l", known, lines, 1, (l, body) => this.#widen(body, plane, range.first, first, l));
      const rows = pass.let("rows", call(m7.min, int(across.output).minus(first), band));
      this.#compute(pass, plane, range, first, rows);
    });
  }

  /** One line of each channel, from the image or outside of it. */
  #widen(block: Block, plane: Pointer, channel: Expr, first: Expr, l: Expr): void {
    const { across } = this.filters.axes;
    const row = block.let("row", first.times(across.stride).plus(l).minus(across.before));
    const line = block.point("slot", plane.plus(l.times(this.#line)), true);
    block.if(
      row.compare(">=", 0).also(row.compare("<", across.input)),
      (inside) => {
        const from = inside.point("image", this.x.plus(row.times(across.inputStep).plus(channel)));
        widenLines(inside, this.#widening, from, line, 1, 0, 0);
      },
      (outside) => outside.do(m7.fill16, line.plus(0), this.#border, this.#line),
    );
  }

  #compute(block: Block, plane: Pointer, range: ChannelRange, first: Expr, rows: number | Expr): void {
    const { along, across } = this.filters.axes;
    const { length } = this.arrangement;
    const lines = { pointer: plane, channel: length, line: this.#line };
    const pointer = block.point("result", this.y.plus(first.times(across.outputStep).plus(range.first)));
    const target = {
      pointer,
      pixel: along.outputStep,
      channel: 1,
      biased: this.biased,
      row: across.outputStep,
    };
    const table = this.filters.form === "packed" ? this.scratch : undefined;
    depthwiseRows(block, this.filters, lines, range, rows, target, table);
  }
}
