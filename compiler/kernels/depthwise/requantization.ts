/**
 * Requantisation of depthwise sums. Weights are multiplied by a power of two of their channel, so that one layer-wide shift serves
 * all channels and SMMLA, SSAT is all there is to do; packed weights stay as they are, and the lines are scaled instead. Where that
 * is not exact, the forms of products; where those are not, the general one, out of scheduled code.
 */

import { Pointer, int, type Block, type ConstantArray, type Expr, type Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import { perChannel, twoRoundings } from "../requantization.js";
import { scalingOf } from "../scaling/scaling.js";
import { twoRoundingScale, type ChannelScale } from "../scaling/steps.js";
import { PACKED_SCALE, type Channel, type WeightForm } from "./filters.js";
import { byBias, byRounding, type ShortConstants, type Sums } from "./short-form.js";

export interface Requantization {
  readonly constants: readonly ConstantArray[];
  readonly note: string;
  readonly isScheduled: boolean;
  readonly registers: number;
  of(block: Block, channel: Expr, biased: boolean): Omit<Channel, "weights">;
}

interface Choice {
  readonly requantization: Requantization;
  /** What a channel's weights are multiplied by in words. */
  readonly powers: readonly number[];
  readonly lineScale: number;
}

export function requantizationOf(layer: Sums, form: WeightForm, prefix: string): Choice {
  const { sums } = layer;
  const scales = scalesOf(layer);
  const short = scales && shortest(layer, scales, form, prefix);
  if (short) return short;
  const powers = sums.start.map(() => 1);
  const scheduled = scales && byScaling(layer, scales, prefix);
  const requantization = scheduled ?? general(layer, prefix);
  return { requantization, powers, lineScale: 1 };
}

const known = new WeakMap<object, { readonly scales: readonly ChannelScale[] | undefined }>();

/** What accumulators become; undefined where TFLite's may wrap. */
function scalesOf(layer: Sums): readonly ChannelScale[] | undefined {
  const found = known.get(layer.key) ?? { scales: computeScales(layer) };
  known.set(layer.key, found);
  return found.scales;
}

function computeScales({ weights, taps, sums, multipliers }: Sums): readonly ChannelScale[] | undefined {
  const scales: ChannelScale[] = [];
  for (let channel = 0; channel < multipliers.length; channel++) {
    let [low, high] = [sums.start[channel], sums.start[channel]];
    for (let tap = channel * taps; tap < (channel + 1) * taps; tap++) {
      low += Math.min(-128 * weights[tap], 127 * weights[tap]);
      high += Math.max(-128 * weights[tap], 127 * weights[tap]);
    }
    const scale = twoRoundingScale(low, high, multipliers[channel]);
    if (!scale) return undefined;
    scales.push(scale);
  }
  return scales;
}

/** Cycles of a tap's shift, and of a result's addition of a bias. */
const SHIFT_CYCLES = 0.5;
const BIAS_CYCLES = 0.7;

function shortest(
  layer: Sums,
  scales: readonly ChannelScale[],
  form: WeightForm,
  prefix: string,
): Choice | undefined {
  const { range, taps, results } = layer;
  if (range.min > -128 || range.max < 127) return undefined;
  if (form === "packed") {
    const equal = layer.isScalable ? byBias(layer, scales, true) : undefined;
    if (equal?.powers.every((one) => one === PACKED_SCALE)) {
      const powers = equal.powers.map(() => 1);
      return { requantization: short(equal, prefix), powers, lineScale: PACKED_SCALE };
    }
    // Powers of the channels' own are another instruction a tap, the forms of products another one a result.
    if (taps * SHIFT_CYCLES > results * BIAS_CYCLES) return undefined;
  }
  const constants = byBias(layer, scales, false) ?? byRounding(layer, scales);
  return constants && { requantization: short(constants, prefix), powers: constants.powers, lineScale: 1 };
}

function short({ shift, starts, multipliers, halves, note }: ShortConstants, prefix: string): Requantization {
  const start = perChannel(`${prefix}bias`, "int32", starts);
  const multiplier = perChannel(`${prefix}multiplier`, "int32", multipliers);
  const half = perChannel(`${prefix}half`, "int32", halves);
  return {
    constants: [...start.constants, ...multiplier.constants, ...half.constants],
    note,
    isScheduled: true,
    registers: 2,
    of(block, channel, biased) {
      // Variables, so that scheduled code keeps them in memory until they are needed.
      const begin = block.let("begin", start.at(channel));
      const factor = block.let("factor", multiplier.at(channel));
      const addend = block.let("addend", half.at(channel).plus(biased ? 128 * 2 ** shift : 0));
      const saturation = biased ? m7.usat8 : m7.ssat8;
      return {
        start: begin,
        prepare(body) {
          const [by, constant] = [body.let("by", factor), body.let("constant", addend)];
          const multiply = (one: Variable) => body.set(one, call(m7.smmla, one, by, constant));
          const saturate = (one: Variable) => body.set(one, call(saturation, one.shiftRight(shift)));
          return (values, store, beside) => pipelined(values, multiply, saturate, store, beside);
        },
      };
    },
  };
}

/** Each saturation comes three products behind its own, each store behind the next saturation. */
function pipelined(
  values: readonly Variable[],
  multiply: (value: Variable) => void,
  saturate: (value: Variable) => void,
  store: (index: number, value: Variable) => void,
  beside: () => void,
): void {
  const count = values.length;
  for (let i = 0; i < count + 4; i++) {
    if (i >= 3 && i - 3 < count) saturate(values[i - 3]);
    if (i < count) {
      multiply(values[i]);
      if (i < 3) beside();
    }
    if (i >= 4) store(i - 4, values[i - 4]);
  }
}

/** Sums begin at 0: these forms add the bias. */
function byScaling(
  { starts, range }: Sums,
  scales: readonly ChannelScale[],
  prefix: string,
): Requantization | undefined {
  const scaling = scalingOf(scales, range, {
    factor: 1,
    offsets: starts.map(() => 0),
    starts,
  });
  if (!scaling) return undefined;
  const data = starts.flatMap((_, channel) => [...scaling.constants(channel)]);
  const array: ConstantArray = { name: `${prefix}scaling`, element: "int32", data, align: 4 };
  const pointer = new Pointer(array.name, "int32", false);
  return {
    constants: [array],
    note: scaling.note,
    isScheduled: true,
    registers: 4,
    of(block, channel, biased) {
      const first = channel.times(scaling.words);
      const words = Array.from({ length: scaling.words }, (_, i) =>
        block.let(`scaling${i}`, pointer.at(first.plus(i))),
      );
      const { constant } = scaling.share(block, biased);
      return {
        start: int(0),
        prepare(body) {
          const shared = { constant: body.let("shared", constant), biased };
          return (values, store) => scaling.results(body, "_", shared, (i) => words[i], values, store);
        },
      };
    },
  };
}

function general({ sums, starts, multipliers, range }: Sums, prefix: string): Requantization {
  const start = perChannel(`${prefix}bias`, "int32", starts);
  const { constants, note, of } = twoRoundings(multipliers, sums.bounds, range, prefix);
  return {
    constants: [...start.constants, ...constants],
    note,
    isScheduled: false,
    registers: 0,
    of(block, channel, biased) {
      const apply = of(block, channel);
      return {
        start: start.local(block, channel),
        prepare: () => (values, store) =>
          values.forEach((one, i) => store(i, biased ? apply(one).plus(128) : apply(one))),
      };
    },
  };
}
