/** What depthwise layers on lines have to do (../work.ts), with requantisation in the form that a layer of its range usually has. */

import type { LayerGrant } from "../kernel.js";
import { outputRange } from "../requantization.js";
import type { Work } from "../work.js";
import type { Arrangement } from "./arrangement.js";
import type { RowEncoding } from "../rows/row-kernel.js";
import { lineLength, linesFor, type Axes, type Depthwise } from "./axes.js";
import type { WeightForm } from "./filters.js";
import { groupsOf } from "./groups.js";
import { ALL_COLUMNS, columnsOf, type Skipping, type Stretch } from "./padding.js";
import { groupSteps, weightPairs } from "./taps.js";

/** Most results of a group. */
const MOST_OUTPUTS = 8;
/** Bytes of a channel's start and multiplier. */
const SCALING = 8;

export interface Variant {
  readonly form: WeightForm;
  readonly skipping: Skipping;
  /** Of all rows of results, where those at the borders have code of their own. */
  readonly stretches?: readonly Stretch[];
}

/** The activation limits results to int8 and no further: two constants of a channel do for requantisation. */
function isUnlimited({ operation, output }: Depthwise): boolean {
  const { min, max } = outputRange(output, operation.attributes.activation);
  return min === -128 && max === 127;
}

function formOf(layer: Depthwise, axes: Axes, variant: Variant): string {
  const { along, across } = axes;
  const { form, skipping } = variant;
  const scaled = scalingOf(layer, axes, variant).scaled === 1 ? " scaled" : "";
  return `${across.taps}x${along.taps} s${along.stride} ${form}${skipping.isShort ? " short" : ""}${scaled}`;
}

/**
 * Whether requantisation adds to each sum, and whether it does so by TFLite's two roundings: as ./requantization.ts decides, for most
 * numbers.
 */
function scalingOf(layer: Depthwise, { along, across }: Axes, { form }: Variant) {
  const isDeep = 0.5 * along.taps * across.taps > 0.7 * along.output * across.output;
  const { zeroPoint, min } = outputRange(layer.output, layer.operation.attributes.activation);
  const signed = zeroPoint !== min;
  return {
    scaled: signed || !isUnlimited(layer) || (form === "packed" && isDeep) ? 1 : 0,
    signed: signed ? 1 : 0,
  };
}

/** Of one channel's `rows` rows of results. */
interface Plane {
  readonly counts: readonly number[];
  /** Products, results, groups and loops that its code has. */
  readonly code: readonly number[];
}

function planeOf(layer: Depthwise, axes: Axes, variant: Variant, rows: number): Plane {
  const { skipping, stretches } = variant;
  const { along, across } = axes;
  const { scaled, signed } = scalingOf(layer, axes, variant);
  const groups = groupsOf(axes, scaled ? 5 : 3);
  const parts: readonly Stretch[] = skipping.isShort
    ? [{ results: across.output, row: 0, rows: across.input }]
    : rows === across.output && stretches
      ? stretches
      : [{ results: rows, row: 0, rows: across.taps }];
  const sizes = Array<number>(MOST_OUTPUTS).fill(0);
  let [products, loops, lines, written, results, all] = [0, 0, 0, 0, 0, 0];
  for (const stretch of parts) {
    const times = stretch.results as number;
    lines += times > 1 ? times : 0;
    let first = 0;
    for (const { outputs, turns } of groups) {
      const columns = skipping.isZeroBased && turns === 1 ? columnsOf(along, first) : ALL_COLUMNS;
      first += outputs * turns;
      const part = { row: 0, rows: stretch.rows, ...columns };
      const own = groupSteps(along.taps, along.stride, outputs, part).length;
      products += times * turns * own;
      written += own;
      results += outputs;
      sizes[Math.min(MOST_OUTPUTS, outputs) - 1] += times * turns;
      all += times * turns * outputs;
      if (turns > 1) loops += times;
    }
  }
  const loopsWritten = groups.filter(({ turns }) => turns > 1).length + 1;
  return {
    counts: [parts.length, signed, lines, loops, products, signed * all, ...sizes],
    code: [parts.length, written, results, signed * results, loopsWritten],
  };
}

function constantsOf(layer: Depthwise, axes: Axes, variant: Variant): number {
  const { form, skipping } = variant;
  const channels = layer.output.shape[2];
  const scaling = SCALING + 4 * scalingOf(layer, axes, variant).signed;
  const { along, across } = axes;
  const rows = skipping.above + across.taps + skipping.below;
  const words = 4 * rows * weightPairs(along.taps, along.stride).length;
  return channels * (scaling + (form === "ready" ? words : along.taps * across.taps));
}

/** The kernels of ../depthwise-lines.ts. */
export function linesWork(
  layer: Depthwise,
  axes: Axes,
  variant: Variant,
  arrangement: Arrangement,
  { output }: LayerGrant,
): Work {
  const channels = layer.output.shape[2];
  const { across } = axes;
  const { band, lines, length, channels: lanes } = arrangement;
  const passes = Math.ceil(across.output / band);
  const whole = planeOf(layer, axes, variant, passes === 1 ? across.output : band);
  const share = passes === 1 ? 1 : across.output / band;
  const copies = output === "biased" ? 2 : 1;
  return {
    form: `depthwise: ${formOf(layer, axes, variant)}`,
    counts: [
      1,
      (lanes * length * lines) / 2,
      channels,
      ...whole.counts.map((one, i) => channels * one * (i < 2 ? passes : share)),
      ...inSlot(
        lanes,
        widening(axes, arrangement, passes, variant).map((one) => (channels / lanes) * one),
      ),
    ],
    code: [
      1,
      passes > 1 ? 1 : 0,
      lanes === 4 ? 1 : 0,
      variant.skipping.isZeroBased ? 1 : 0,
      wordsWritten(axes, lanes),
      copies,
      ...whole.code.map((one) => copies * one),
    ],
    constants: constantsOf(layer, axes, variant),
  };
}

/** Lines of four channels at a time have other code than those of one. */
function inSlot(lanes: number, counts: readonly number[]): number[] {
  const none = counts.map(() => 0);
  return lanes === 4 ? [...counts, ...none] : [...none, ...counts];
}

/** For `lanes` channels: lines that are written, words of them, lines outside of the image, passes, words that are moved. */
function widening(
  { along, across }: Axes,
  { band, lines, length }: Arrangement,
  passes: number,
  { skipping }: Variant,
): number[] {
  const words = Math.ceil(Math.min(along.input, length - along.before) / 2);
  const pairs = words > 8 ? 1 : 0;
  const zero = skipping.isZeroBased ? 1 : 0;
  if (passes === 1) {
    const count = Math.min(across.input, lines);
    return [1, count, count * pairs, count * words, zero * count * words, 0, 0, 0];
  }
  const kept = Math.max(0, across.taps - across.stride);
  const written = lines + (passes - 1) * (lines - kept);
  const inside = Math.min(across.input, written);
  const moved = ((passes - 1) * kept * length) / 2;
  return [1, inside, inside * pairs, inside * words, zero * inside * words, written - inside, passes, moved];
}

/** Words that the code of a line writes without a loop, as ./widen.ts unrolls it. */
function wordsWritten({ along }: Axes, lanes: number): number {
  const words = Math.ceil(along.input / 2);
  return Math.min(words, lanes === 4 ? 4 : 8) * (lanes === 4 ? 4 : 1);
}

/** Rows of a segment. @param lanes channels that are widened at a time; left out: the lines are there */
export function rowsWork(
  layer: Depthwise,
  axes: Axes,
  variant: Variant,
  rows: number,
  writes: RowEncoding,
  lanes?: 4 | 1,
): Work {
  const channels = layer.output.shape[2];
  const plane = planeOf(layer, axes, variant, rows);
  const copies = writes === "biased" ? 2 : 1;
  const lines = linesFor(axes.across, rows);
  const arrangement = { channels: lanes ?? 1, band: rows, length: lineLength(axes.along), lines, bytes: 0 };
  const widened = lanes
    ? inSlot(
        lanes,
        rowWidening(axes, arrangement, variant).map((one) => (channels / lanes) * one),
      )
    : [];
  return {
    form: `depthwise ${lanes ? "plain" : "line"} rows: ${formOf(layer, axes, variant)}`,
    counts: [1, channels, ...plane.counts.map((one) => channels * one), ...widened],
    code: [
      1,
      copies,
      ...plane.code.map((one) => copies * one),
      ...(lanes
        ? [lanes === 4 ? 1 : 0, variant.skipping.isZeroBased ? 1 : 0, wordsWritten(axes, lanes)]
        : []),
    ],
    constants: constantsOf(layer, axes, variant),
  };
}

/** Lines are widened one by one. */
function rowWidening({ along }: Axes, { lines, length }: Arrangement, { skipping }: Variant): number[] {
  const words = Math.ceil(Math.min(along.input, length - along.before) / 2);
  const pairs = words > 8 ? 1 : 0;
  const zero = skipping.isZeroBased ? 1 : 0;
  return [1, lines, lines * pairs, lines * words, zero * lines * words];
}
