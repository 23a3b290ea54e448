/** Channels of layers with weights [filter, tap, channel]: a constant channel goes into the bias, one of weights 0 goes altogether. */

import type { Constant, Quantization } from "../../ir/graph.js";
import { activationLimits } from "../arithmetic/activation.js";
import { int32Bias, int8Values } from "../arithmetic/constants.js";
import { clamp, type QuantizedMultiplier } from "../arithmetic/fixed-point.js";
import { intervalsOf, scaleInterval, type Interval } from "../arithmetic/intervals.js";
import { quantizationOf } from "../arithmetic/quantization.js";
import { accumulatorInterval, type TapSums } from "../arithmetic/sum-intervals.js";
import type { Taps } from "../arithmetic/taps.js";
import type { Activation } from "../../../dsl/tensor.js";
import type { Intervals, KeptChannels } from "../channels.js";
import type { Typed } from "../operator.js";

interface Weighted {
  readonly weights: Constant;
  readonly bias?: Constant;
}

/** The result's intervals of a layer whose accumulators are scaled by fixed-point multipliers. */
export function convIntervals(
  { activation, bias }: { readonly activation: Activation; readonly bias?: Constant },
  sums: TapSums,
  taps: Taps,
  multipliers: readonly QuantizedMultiplier[],
  output: Typed,
): Intervals {
  return resultIntervals({ activation, bias }, multipliers.length, output, (filter, offset) =>
    scaleInterval(accumulatorInterval(sums, taps, filter, offset), multipliers[filter]),
  );
}

/** @param scaled the interval of a filter's result above the zero point, from its bias; undefined where it may be any value */
export function resultIntervals(
  { activation, bias }: { readonly activation: Activation; readonly bias?: Constant },
  filters: number,
  output: Typed,
  scaled: (filter: number, bias: number) => Interval | undefined,
): Intervals {
  const to = quantizationOf(output);
  const limits = activationLimits(activation, to);
  const offsets = int32Bias(bias, filters);
  const limit = (steps: number) => clamp(steps + to.zeroPoint, ...limits);
  return intervalsOf(filters, (filter) => {
    const interval = scaled(filter, offsets[filter]);
    return interval ? [limit(interval[0]), limit(interval[1])] : limits;
  });
}

/**
 * The input channels that the wanted filters need. A constant one can go into the bias where its taps are all inside of the image, or all
 * outside: at the border, padding (the zero point) takes its place.
 */
export function channelsRead(
  { weights }: Weighted,
  taps: Taps,
  { zeroPoint }: Quantization,
  { low, high }: Intervals,
  wanted: Uint8Array,
): Uint8Array {
  const [depth, data] = [weights.shape.at(-1)!, int8Values(weights)];
  const ever = [...taps.always, ...taps.sometimes];
  return Uint8Array.from({ length: depth }, (_, channel) => {
    const isConstant = low[channel] === high[channel];
    if (isConstant && low[channel] === zeroPoint) return 0;
    const mattering = isConstant ? taps.sometimes : ever;
    for (let filter = 0; mattering.length > 0 && filter < wanted.length; filter++) {
      if (wanted[filter] === 0) continue;
      for (const tap of mattering) if (data[(filter * taps.count + tap) * depth + channel] !== 0) return 1;
    }
    return 0;
  });
}

/**
 * Weights and bias on fewer channels. The contributions of constant channels that go are added to the bias: |bias| + 255 * sum |weight| does
 * not grow by that, so it stays within int32 where it was.
 */
export function keepChannels<A extends Weighted>(
  attributes: A,
  taps: Taps,
  from: Quantization,
  { low, high }: Intervals,
  { input, output }: KeptChannels,
): A {
  const { weights, bias } = attributes;
  const depth = weights.shape.at(-1)!;
  const all = int8Values(weights);
  const data = new Int8Array(output.length * taps.count * input.length);
  const offsets = int32Bias(bias, weights.shape[0]);
  const kept = new Set(input);
  const steps = Int32Array.from(low, (value, channel) =>
    kept.has(channel) || value !== high[channel] ? 0 : value - from.zeroPoint,
  );
  const constant = [...steps.keys()].filter((channel) => steps[channel] !== 0);
  const sums = Int32Array.from(output, (filter) => offsets[filter]);
  let to = 0;
  output.forEach((filter, row) => {
    for (let tap = 0; tap < taps.count; tap++) {
      const first = (filter * taps.count + tap) * depth;
      for (const channel of input) data[to++] = all[first + channel];
    }
    for (const tap of taps.always) {
      const first = (filter * taps.count + tap) * depth;
      for (const channel of constant) sums[row] += steps[channel] * all[first + channel];
    }
  });
  const shape = [output.length, ...weights.shape.slice(1, -1), input.length];
  return {
    ...attributes,
    weights: { ...weights, shape, data, scales: pick(weights.scales, output) },
    bias: bias || sums.some((sum) => sum !== 0) ? biasOf(attributes, sums, output, from) : undefined,
  };
}

/** Weights [.., filter] and bias of the filters that are kept, each of which reads a channel of its own. */
export function keepFilters<A extends Weighted>(attributes: A, kept: readonly number[]): A {
  const { weights, bias } = attributes;
  const [filters, all] = [weights.shape.at(-1)!, int8Values(weights)];
  const data = Int8Array.from({ length: (all.length / filters) * kept.length }, (_, i) => {
    return all[Math.floor(i / kept.length) * filters + kept[i % kept.length]];
  });
  const shape = [...weights.shape.slice(0, -1), kept.length];
  return {
    ...attributes,
    weights: { ...weights, shape, data, scales: pick(weights.scales, kept) },
    bias: bias && {
      ...bias,
      shape: [kept.length],
      data: Int32Array.from(kept, (filter) => int32Bias(bias, filters)[filter]),
      scales: pick(bias.scales, kept),
    },
  };
}

/** One scale for all stays; of one for each channel the kept ones do. */
export function pick(
  scales: readonly number[] | undefined,
  kept: readonly number[],
): readonly number[] | undefined {
  return scales && scales.length > 1 ? kept.map((channel) => scales[channel]) : scales;
}

function biasOf(
  { weights, bias }: Weighted,
  data: Int32Array,
  kept: readonly number[],
  from: Quantization,
): Constant {
  if (bias) return { ...bias, shape: [data.length], data, scales: pick(bias.scales, kept) };
  const scales = pick(weights.scales, kept)?.map((scale) => scale * from.scale);
  return { shape: [data.length], dtype: "int32", data, scales, site: weights.site };
}
