/** Functions of every element on its own, and those that normalise over the last dimension. The result has the input's shape. */

import type * as S from "../signatures.js";
import type { Tensor } from "../tensor.js";
import { record, type Out } from "./record.js";

/** max(x, 0). Folds into the layer before it where that is exact. */
export function relu<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("relu", [x], options);
}

/** min(max(x, 0), 6). Folds into the layer before it where that is exact. */
export function relu6<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("relu6", [x], options);
}

/** min(max(x, -1), 1). Folds into the layer before it where that is exact. */
export function reluN1To1<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("reluN1To1", [x], options);
}

/** x where it is positive, else alpha * x. */
export function leakyRelu<Rank extends number>(x: Tensor<Rank>, options: S.LeakyReluOptions = {}): Out<Rank> {
  return record("leakyRelu", [x], options);
}

/**
 * x where it is positive, else alpha * x, with an alpha for every channel: `prelu(x, constant(w.tensor("alpha")))`. The shape
 * of alpha is [channels], [1], or another that repeats over x.
 */
export function prelu<Rank extends number>(
  x: Tensor<Rank>,
  alpha: Tensor,
  options: S.CommonOptions = {},
): Out<Rank> {
  return record("prelu", [x, alpha], options);
}

/** x where it is positive, else exp(x) - 1. */
export function elu<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("elu", [x], options);
}

/** x times the share of a standard normal distribution that is below x. */
export function gelu<Rank extends number>(x: Tensor<Rank>, options: S.GeluOptions = {}): Out<Rank> {
  return record("gelu", [x], options);
}

/** x * min(max(x + 3, 0), 6) / 6. */
export function hardSwish<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("hardSwish", [x], options);
}

/** 1 / (1 + exp(-x)). int8 results have scale 1/256 and zero point -128. */
export function sigmoid<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("sigmoid", [x], options);
}

/** Hyperbolic tangent. int8 results have scale 1/128 and zero point 0. */
export function tanh<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("tanh", [x], options);
}

/** e to the power of x. */
export function exp<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("exp", [x], options);
}

/** Natural logarithm; of 0 and below, the smallest int8. */
export function log<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("log", [x], options);
}

/** Square root; of values below 0, 0. */
export function sqrt<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("sqrt", [x], options);
}

/** 1 / square root; of 0 and below, the largest int8. */
export function rsqrt<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("rsqrt", [x], options);
}

/** The value without its sign. */
export function abs<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("abs", [x], options);
}

/** Softmax over the last dimension. int8 results have scale 1/256 and zero point -128. */
export function softmax<Rank extends number>(x: Tensor<Rank>, options: S.SoftmaxOptions = {}): Out<Rank> {
  return record("softmax", [x], options);
}

/** Logarithm of softmax over the last dimension. int8 results have scale 1/16 and zero point 127: -15.9 to 0. */
export function logSoftmax<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("logSoftmax", [x], options);
}

/** Each row of the last dimension divided by its Euclidean length. int8 results have scale 1/128 and zero point 0. */
export function l2Normalize<Rank extends number>(x: Tensor<Rank>, options: S.CommonOptions = {}): Out<Rank> {
  return record("l2Normalize", [x], options);
}
