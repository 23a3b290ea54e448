/** The arithmetic of folding a batch normalisation into the weights before it. */

import type { Constant } from "../ir/graph.js";

/** y = factor * x + offset, one pair a channel. */
export interface Affine {
  readonly factor: Constant;
  readonly offset: Constant;
}

/** Fixed statistics, a channel each. */
export interface Statistics {
  readonly scale: Constant;
  readonly shift: Constant;
  readonly mean: Constant;
  readonly variance: Constant;
  readonly epsilon: number;
}

/** factor = scale / sqrt(variance + epsilon), offset = shift - mean * factor; without data where the normalisation has none. */
export function affineOf({ scale, shift, mean, variance, epsilon }: Statistics): Affine {
  const [s, b, m, v] = [scale, shift, mean, variance].map(({ data }) => data);
  if (!s || !b || !m || !v) return { factor: untrained(scale), offset: untrained(shift) };
  const factors = Float64Array.from(s, (one, i) => one / Math.sqrt(v[i] + epsilon));
  return {
    factor: { ...scale, data: Float32Array.from(factors) },
    offset: { ...shift, data: Float32Array.from(factors, (factor, i) => b[i] - m[i] * factor) },
  };
}

/** Weights whose results are multiplied by `factor`, a channel of dimension `axis` each. */
export function scaleWeights(weights: Constant, axis: number, factor: Constant): Constant {
  const { data, shape } = weights;
  if (!data || !factor.data) return untrained(weights);
  const factors = factor.data;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const channels = shape[axis];
  return {
    ...weights,
    data: Float32Array.from(data, (w, i) => w * factors[Math.floor(i / inner) % channels]),
  };
}

/** bias * factor + offset. */
export function scaleBias(bias: Constant | undefined, { factor, offset }: Affine): Constant {
  if (!bias) return offset;
  const [factors, offsets, data] = [factor.data, offset.data, bias.data];
  if (!factors || !offsets || !data) return untrained(bias);
  return { ...bias, data: Float32Array.from(data, (b, i) => b * factors[i] + offsets[i]) };
}

function untrained({ data: _, ...rest }: Constant): Constant {
  return rest;
}
