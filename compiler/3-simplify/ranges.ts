/** How the range that int8 covers is chosen from the values that calibration saw. */

import type { Quantization } from "../ir/graph.js";
import { quantizationFor, type Range } from "../ops/arithmetic/quantization.js";
import type { Histogram } from "./histogram.js";

export type Method = "min-max" | "percentile" | "mse";

export const methods: Readonly<Record<Method, (histogram: Histogram) => Range>> = {
  "min-max": ({ least, most }) => [least, most],
  percentile: (histogram) => percentileRange(histogram, 0.9999),
  mse: leastErrorRange,
};

/** The range without the share of 1 - `share` at each end, each end to within one bin. */
function percentileRange({ least, most, counts, limit }: Histogram, share: number): Range {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const beyond = total * (1 - share);
  const width = (2 * limit) / counts.length;
  const first = firstBeyond(counts, beyond);
  const last = counts.length - 1 - firstBeyond(counts.slice().reverse(), beyond);
  return [Math.max(least, first * width - limit), Math.min(most, (last + 1) * width - limit)];
}

function firstBeyond(counts: Float64Array, beyond: number): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    sum += counts[i];
    if (sum > beyond) return i;
  }
  return 0;
}

/**
 * The range with the least mean square error of quantisation, clipping included. Both ends are searched, first together, then each
 * with the other held: the error has one valley along each in practice, and a step of 1/64 is finer than its bottom.
 */
function leastErrorRange(histogram: Histogram): Range {
  const low = Math.min(histogram.least, 0);
  const high = Math.max(histogram.most, 0);
  const steps = Array.from({ length: 48 }, (_, i) => 1 - i / 64);
  const points = occupied(histogram);
  const best = (ranges: readonly Range[]) =>
    leastBy(ranges, (range) => squareError(points, quantizationFor(range)));
  const together = best(steps.map((step): Range => [low * step, high * step]));
  const upper = best(steps.map((step): Range => [together[0], high * step]));
  return best(steps.map((step): Range => [low * step, upper[1]]));
}

interface Points {
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/** Centres of the bins that hold something. */
function occupied({ counts, limit }: Histogram): Points {
  const width = (2 * limit) / counts.length;
  const bins = [...counts.keys()].filter((bin) => counts[bin] > 0);
  return { values: bins.map((bin) => (bin + 0.5) * width - limit), counts: bins.map((bin) => counts[bin]) };
}

function squareError({ values, counts }: Points, { scale, zeroPoint }: Quantization): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const q = Math.max(-128 - zeroPoint, Math.min(127 - zeroPoint, Math.round(values[i] / scale)));
    const error = values[i] - q * scale;
    sum += counts[i] * error * error;
  }
  return sum;
}

function leastBy<T>(candidates: readonly T[], measure: (candidate: T) => number): T {
  const measured = candidates.map((candidate) => ({ candidate, value: measure(candidate) }));
  return measured.reduce((a, b) => (b.value < a.value ? b : a)).candidate;
}
