/** The constants of a depthwise layer: words of weights, ready in flash or made of int8 channel by channel. */

import {
  Constant,
  Pointer,
  type Block,
  type ConstantArray,
  type Expr,
  type Variable,
} from "../../ir/loop.js";
import type { Operation } from "../../ir/graph.js";
import { int32Bias, int8Values } from "../../ops/arithmetic/constants.js";
import { convMultipliers, quantizationOf } from "../../ops/arithmetic/quantization.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import { originalOf } from "../padded-anew.js";
import { outputRange, perChannel } from "../requantization.js";
import { accumulators, settleDeadChannels } from "../weight-rows.js";
import type { Axes, Depthwise } from "./axes.js";
import type { Skipping, Stretch } from "./padding.js";
import { requantizationOf } from "./requantization.js";
import { weightPairs, type WeightPair } from "./taps.js";

/** ready: words of two int16. packed: int8, made into such words where they are used; the lines hold values times 256. */
export type WeightForm = "ready" | "packed";

/** The scale of lines where weights are packed: the values are the upper bytes of their halves. */
export const PACKED_SCALE = 256;

/**
 * Makes results of a channel's sums, which are left in their variables, and hands each to `store`. `beside` is called where a
 * load costs no time.
 */
export type Finish = (
  sums: readonly Variable[],
  store: (index: number, result: Expr) => void,
  beside: () => void,
) => void;

export interface Channel {
  readonly weights: Pointer;
  /** Where sums begin: a variable outside of scheduled code, or a small constant. */
  readonly start: Expr;
  /** Loads what `Finish` needs. */
  prepare(block: Block): Finish;
}

export interface Filters {
  readonly form: WeightForm;
  readonly axes: Axes;
  readonly pairs: readonly WeightPair[];
  readonly skipping: Skipping;
  /** Of all rows of results, where those at the borders have code of their own. */
  readonly stretches: readonly Stretch[] | undefined;
  readonly constants: readonly ConstantArray[];
  readonly note: string;
  /** What the values of lines are multiplied by. */
  readonly lineScale: number;
  /** Whether sums are requantised in scheduled code. */
  readonly isScheduled: boolean;
  /** Registers that this takes beside the sums, with the result's pointer. */
  readonly registers: number;
  /**
   * Declares what the code of a channel needs.
   * @param table memory for the words of packed weights: `tableOf` int16
   * @param biased results are stored + 128, as bytes from 0 on
   */
  channel(block: Block, channel: Expr, biased: boolean, table: Pointer | undefined): Channel;
}

/** int16 elements in which packed weights become words, with the rows of zeros around them. */
export function tableOf(axes: Axes, form: WeightForm, skipping: Skipping): number {
  return form === "packed" ? rowsOfWeights(axes, skipping) * wordsOf(axes) : 0;
}

/** int16 of a kernel row. */
function wordsOf({ along }: Axes): number {
  return 2 * weightPairs(along.taps, along.stride).length;
}

function rowsOfWeights({ across }: Axes, { above, below }: Skipping): number {
  return above + across.taps + below;
}

export interface Variant {
  readonly skipping: Skipping;
  readonly stretches?: readonly Stretch[];
  /** Of the names of constants. */
  readonly prefix?: string;
  /** Others write the lines, values as they are: `lineScale` is 1. */
  readonly plainLines?: boolean;
}

export function filtersOf(
  layer: Depthwise,
  axes: Axes,
  form: WeightForm,
  { skipping, stretches, prefix = "", plainLines = false }: Variant,
): Filters {
  const { weights, bias, activation } = layer.operation.attributes;
  const channels = layer.output.shape[2];
  const taps = axes.along.taps * axes.across.taps;
  const perFilter = byChannel(int8Values(weights), channels, axes);
  const input = quantizationOf(layer.inputs[0]);
  const { sums, multipliers } = settleDeadChannels(
    accumulators(perFilter, int32Bias(bias, channels), taps, input.zeroPoint),
    convMultipliers(weights, channels, input, quantizationOf(layer.output)),
  );
  const starts = skipping.isZeroBased ? zeroBased(sums.start, perFilter, taps, input.zeroPoint) : sums.start;
  const { requantization, lineScale, powers } = requantizationOf(
    {
      key: originalOf(layer.operation as unknown as Operation),
      weights: perFilter,
      taps,
      results: axes.along.output * axes.across.output,
      sums,
      starts,
      isScalable: !skipping.isZeroBased && !plainLines,
      multipliers,
      range: outputRange(layer.output, activation),
    },
    form,
    prefix,
  );
  const array = weightArray(`${prefix}weights`, perFilter, taps, axes, form, powers, skipping);
  const pointer = new Pointer(array.name, array.element, false);
  const pairs = weightPairs(axes.along.taps, axes.along.stride);
  const shifts = perChannel(`${prefix}shift`, "int8", form === "packed" ? powers.map(Math.log2) : [0]);
  const { above } = skipping;
  const words = rowsOfWeights(axes, skipping) * wordsOf(axes);
  return {
    form,
    axes,
    pairs,
    skipping,
    stretches,
    constants: [array, ...shifts.constants, ...requantization.constants],
    note: requantization.note,
    lineScale,
    isScheduled: requantization.isScheduled,
    registers: requantization.registers + 1,
    channel(block, channel, biased, table) {
      const requantized = requantization.of(block, channel, biased);
      if (form === "ready") {
        return { weights: block.point("w", pointer.plus(channel.times(words))), ...requantized };
      }
      const { along, across } = axes;
      const raw = block.point("raw", pointer.plus(channel.times(along.taps * across.taps)), true);
      unpack(block, axes, raw, shifts.local(block, channel), table!, above * wordsOf(axes));
      return { weights: table!, ...requantized };
    },
  };
}

/**
 * Where sums begin if lines hold values less the zero point: at the bias. A sum of some of the products is one of all, with values at the
 * zero point for the others: it is within the bounds of sums, too.
 */
function zeroBased(starts: readonly number[], weights: Int8Array, taps: number, zeroPoint: number): number[] {
  return starts.map((start, channel) => {
    const sum = weights.subarray(channel * taps, (channel + 1) * taps).reduce((all, one) => all + one, 0);
    return start + zeroPoint * sum;
  });
}

/** [row][column][channel] to [channel][across][along]. */
function byChannel(weights: Int8Array, channels: number, { along, across, transposed }: Axes): Int8Array {
  const result = new Int8Array(weights.length);
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < across.taps; row++) {
      for (let column = 0; column < along.taps; column++) {
        const tap = transposed ? column * across.taps + row : row * along.taps + column;
        result[at++] = weights[tap * channels + channel];
      }
    }
  }
  return result;
}

function weightArray(
  name: string,
  weights: Int8Array,
  taps: number,
  { along, across }: Axes,
  form: WeightForm,
  powers: readonly number[],
  skipping: Skipping,
): ConstantArray {
  if (form === "packed") return { name, element: "int8", data: weights, align: 4 };
  const pairs = weightPairs(along.taps, along.stride);
  const words = (skipping.above + across.taps + skipping.below) * pairs.length * 2;
  const data = new Int16Array(powers.length * words);
  powers.forEach((power, channel) => {
    let at = channel * words + skipping.above * pairs.length * 2;
    for (let row = 0; row < across.taps; row++) {
      const first = channel * taps + row * along.taps;
      for (const [low, high] of pairs) {
        data[at++] = weights[first + low] * power;
        data[at++] = high === undefined ? 0 : weights[first + high] * power;
      }
    }
  });
  return { name, element: "int16", data, align: 4 };
}

/** Taps of windows whose weights are made into words without a loop: its mispredicted exit costs as much as two rows. */
const MOST_UNROLLED = 9;

/** A channel's weights, times 2^shift, become words in `table` from element `first` on. */
function unpack(
  block: Block,
  { along, across }: Axes,
  raw: Pointer,
  shift: Expr,
  table: Pointer,
  first: number,
): void {
  const pairs = weightPairs(along.taps, along.stride);
  const to = block.point("words", table.plus(first), true);
  const isShifted = !(shift instanceof Constant && shift.value === 0);
  const tapAt = (tap: number) => (isShifted ? call(m7.shiftLeft, raw.at(tap), shift) : raw.at(tap));
  const emitRow = (body: Block, row: number): void => {
    const first = row * along.taps;
    const taps = Array.from({ length: along.taps }, (_, tap) =>
      body.let(`t${row}_${tap}`, tapAt(first + tap)),
    );
    pairs.forEach(([low, high], i) => {
      const word = high === undefined ? taps[low] : call(m7.pack16, taps[low], taps[high]);
      body.do(m7.store2, to.plus(2 * (row * pairs.length + i)), word);
    });
  };
  block.scheduled((body) => {
    if (along.taps * across.taps <= MOST_UNROLLED) {
      for (let row = 0; row < across.taps; row++) emitRow(body, row);
      return;
    }
    body.for("row", 0, across.taps, 1, (_, turn) => {
      emitRow(turn, 0);
      turn.advance(raw, along.taps);
      turn.advance(to, 2 * pairs.length);
    });
  });
}
