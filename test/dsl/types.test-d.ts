/**
 * What an editor underlines: compiled with the project, never run. A line below `@ts-expect-error` that becomes right
 * fails the type check.
 */

import {
  add,
  conv2d,
  dense,
  dequantize,
  depthwiseConv2d,
  flatten,
  globalAveragePool,
  input,
  maxPool2d,
} from "../../dsl/index.js";
import { concatenate, resizeNearest, split } from "../../dsl/index.js";
import { network, pad, quantize, reshape, softmax, weights, type Tensor } from "../../dsl/index.js";
import { stm32f746gDisco } from "../../dsl/boards.js";

const w = weights("./w.safetensors", { layout: "pytorch" });
const image = input("image", [32, 32, 3]);
const vector = input("vector", [64]);
const real = input("real", [32, 32, 3], { dtype: "float32" });

// Right: what a model says.
export const features: Tensor<1> = globalAveragePool(
  conv2d(image, { ...w.conv("stem"), stride: 2, padding: "same" }),
);
export const scores: Tensor<1> = softmax(dense(features, w.dense("head")));
export const quantized: Tensor<3> = quantize(real);
export const floats: Tensor<1, "float32"> = dequantize(scores);
export const square: Tensor<3> = reshape(vector, [8, 8, 1]);
export const net = network("n", { board: stm32f746gDisco, limits: "sram <= 8 KiB" }, () => ({
  scores,
  features,
}));
export const residual = (x: Tensor<3>): Tensor<3> =>
  add(x, depthwiseConv2d(x, { kernel: 3, padding: [1, 1] }));

// @ts-expect-error a float32 tensor must be quantised first
conv2d(real, { filters: 4, kernel: 3 });

// @ts-expect-error the result of dense has one dimension
conv2d(dense(vector, { units: 4 }), { filters: 4, kernel: 3 });

// @ts-expect-error an image must be flattened to be a vector
export const flat: Tensor<1> = image;

// @ts-expect-error misspelt: stride
conv2d(image, { filters: 4, kernel: 3, strides: 2 });

// @ts-expect-error misspelt: "same"
conv2d(image, { filters: 4, kernel: 3, padding: "sames" });

// @ts-expect-error not an activation
dense(vector, { units: 4, activation: "sigmoid" });

// @ts-expect-error the input is missing
conv2d({ filters: 4, kernel: 3 });

// @ts-expect-error the options are missing
maxPool2d(image);

// @ts-expect-error `size` is missing
maxPool2d(image, { stride: 2 });

// @ts-expect-error a pair has two numbers
conv2d(image, { filters: 4, kernel: [3, 3, 3] });

// Sums broadcast: the result has the larger number of dimensions.
const broadcast: Tensor<3> = add(vector, image);
void broadcast;

// @ts-expect-error the result has three dimensions
const flat: Tensor<1> = add(image, vector);
void flat;

// @ts-expect-error a residual has the same dtype
add(image, real);

// @ts-expect-error every dimension is padded before and after
pad(image, { paddings: [1, 1, 1] });

export const halves: Tensor<3>[] = split(image, 2, { axis: 0 });
export const joined: Tensor<3> = concatenate([image, ...halves], { axis: 0 });
export const larger: Tensor<3> = resizeNearest(image, [64, 64], { halfPixelCenters: true });

// @ts-expect-error along which dimension?
split(image, 2);

// @ts-expect-error tensors are given as a list
concatenate(image, image);

// @ts-expect-error height and width
resizeNearest(image, 64);

// @ts-expect-error not a dtype
input("x", [4], { dtype: "int16" });

// @ts-expect-error a shape is a list of numbers
input("x", ["4"]);

// @ts-expect-error a tensor is no shape
reshape(vector, image);

// @ts-expect-error not a layout
weights("./w.safetensors", { layout: "torch" });

// @ts-expect-error weights are named
dense(vector, w.dense());

// @ts-expect-error misspelt: limits
network("n", { limit: "sram <= 8 KiB" }, () => scores);

// @ts-expect-error the body returns tensors
network("n", {}, () => 4);

// @ts-expect-error float results are not taken back without quantize
softmax(flatten(dequantize(image)));
