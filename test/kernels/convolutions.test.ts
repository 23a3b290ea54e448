/** Grouped and transposed convolution, and the uint8 edges, against their reference: awkward sizes, random and extreme data. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import type { Simplified } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare, type TypedArray } from "../../compiler/run/javascript.js";
import { bias, inputCases, layerNet, quantization, Random, weights } from "./layers.js";

function compare(net: Simplified, cases: readonly TypedArray[], what: string): string {
  const lowered = lower(plan(net, { streaming: "off" }));
  const { run } = prepare(lowered);
  cases.forEach((input, i) => {
    const expected = evaluate(net, new Map([[0, input]])).get(1)!;
    const [actual] = run([input]);
    assert.is(actual.constructor, expected.constructor);
    assert.equal([...actual], [...expected], `${what}, case ${i}`);
  });
  return lowered.lowered[0].step.kernel.name;
}

const activations = ["linear", "relu", "relu6"] as const;

test("conv2d in groups", () => {
  for (let seed = 0; seed < 80; seed++) {
    const random = new Random(seed);
    const [groups, depth, each] = [random.int(2, 4), random.int(1, 6), random.int(1, 6)];
    const kernel = [random.int(1, 3), random.int(1, 3)] as const;
    const side = (size: number) => random.int(0, size - 1);
    const attributes = {
      kernel,
      stride: [random.int(1, 2), random.int(1, 2)] as const,
      dilation: [random.int(1, 2), 1] as const,
      padding: {
        top: side(kernel[0]),
        bottom: side(kernel[0]),
        left: side(kernel[1]),
        right: side(kernel[1]),
      },
      activation: random.pick(activations),
      weights: weights(random, [groups * each, ...kernel, depth], groups * each, seed % 2 === 0),
      bias: random.next() < 0.8 ? bias(random, groups * each) : undefined,
    };
    const { padding, stride, dilation } = attributes;
    const image = [random.int(5, 8), random.int(5, 8)];
    const size = [padding.top + padding.bottom, padding.left + padding.right].map(
      (around, axis) =>
        Math.floor((image[axis] + around - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) + 1,
    );
    const input = { shape: [...image, groups * depth], quantization: quantization(random) };
    const output = { shape: [...size, groups * each], quantization: quantization(random) };
    const net = layerNet("conv2d", attributes, [input], output);
    assert.is(compare(net, inputCases(random, input.shape), `seed ${seed}`), "conv2d groups 1x4");
  }
});

test("conv2dTranspose: windows smaller and larger than the stride, results cut and extended", () => {
  for (let seed = 0; seed < 120; seed++) {
    const random = new Random(1000 + seed);
    const kernel = [random.int(1, 5), random.int(1, 5)] as const;
    const stride = [random.int(1, 4), random.int(1, 4)] as const;
    const image = [random.int(1, 5), random.int(1, 5)];
    const [channels, filters] = [random.int(1, 9), random.int(1, 5)];
    const padding = { top: random.int(0, kernel[0] - 1), left: random.int(0, kernel[1] - 1) };
    const full = image.map((size, axis) => (size - 1) * stride[axis] + kernel[axis]);
    const size = full.map((one, axis) =>
      Math.max(1, one - [padding.top, padding.left][axis] + random.int(-2, 3)),
    );
    const attributes = {
      kernel,
      stride,
      padding,
      activation: random.pick(activations),
      weights: weights(random, [filters, ...kernel, channels], filters, seed % 2 === 0),
      bias: random.next() < 0.8 ? bias(random, filters) : undefined,
    };
    const input = { shape: [...image, channels], quantization: quantization(random) };
    const output = { shape: [...size, filters], quantization: quantization(random) };
    const net = layerNet("conv2dTranspose", attributes, [input], output);
    compare(net, inputCases(random, input.shape), `seed ${seed}`);
  }
});

test("quantize and dequantize of uint8", () => {
  const kernels = new Set<string>();
  const shape = [256];
  const unsigned = (one: ReturnType<typeof quantization>) => ({ ...one, zeroPoint: one.zeroPoint + 128 });
  for (let seed = 0; seed < 30; seed++) {
    const random = new Random(2000 + seed);
    const int8 = { shape, quantization: quantization(random) };
    const moves = seed % 2 === 0;
    const uint8 = {
      shape,
      dtype: "uint8" as const,
      quantization: unsigned(moves ? int8.quantization : quantization(random)),
    };
    const float = { shape, dtype: "float32" as const };
    const bytes = Uint8Array.from(shape[0] === 256 ? Array(256).keys() : []);
    const reals = Float32Array.from({ length: 256 }, () => (random.next() - 0.5) * 40);
    kernels.add(compare(layerNet("quantize", {}, [uint8], int8), [bytes], `to int8, seed ${seed}`));
    kernels.add(
      compare(layerNet("quantize", {}, [int8], uint8), [Int8Array.from(bytes)], `to uint8, seed ${seed}`),
    );
    compare(layerNet("quantize", {}, [float], uint8), [reals], `float to uint8, seed ${seed}`);
    compare(layerNet("dequantize", {}, [uint8], float), [bytes], `uint8 to float, seed ${seed}`);
  }
  assert.equal([...kernels].sort(), ["quantize sign", "requantize table"]);
});

test.run();
