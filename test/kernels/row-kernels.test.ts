/** Every row kernel computes what the reference does, row by row: any window, rows of results at a time, and encoding. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { generate } from "../../compiler/5-lower/generate.js";
import { layerOf } from "../../compiler/4-plan/units.js";
import type { Constant, Simplified } from "../../compiler/ir/graph.js";
import type { RowKernel } from "../../compiler/kernels/rows/row-kernel.js";
import { convolutionRows } from "../../compiler/kernels/rows/convolution.js";
import { pointwiseDirectRows } from "../../compiler/kernels/rows/pointwise-direct.js";
import { depthwisePackedRowRows, depthwiseRowRows } from "../../compiler/kernels/rows/depthwise-rows.js";
import { pointwiseRows } from "../../compiler/kernels/rows/pointwise.js";
import { Random, bias, layerNet, quantization, weights } from "./layers.js";
import { asStep, comparison } from "./row-runs.js";

interface Window {
  readonly image: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: { top: number; bottom: number; left: number; right: number };
}

const sizesOf = ({ image, kernel, stride, padding }: Window) => [
  Math.floor((image[0] + padding.top + padding.bottom - kernel[0]) / stride[0]) + 1,
  Math.floor((image[1] + padding.left + padding.right - kernel[1]) / stride[1]) + 1,
];

function randomWindow(random: Random, most: number): Window {
  const square = random.pick([1, 3, 3, 5, 7, 0]);
  const kernel = [0, 1].map(() => (square === 0 ? random.int(1, most) : Math.min(square, most)));
  const pad = (taps: number) => random.int(0, taps - 1);
  const padding = {
    top: pad(kernel[0]),
    bottom: pad(kernel[0]),
    left: pad(kernel[1]),
    right: pad(kernel[1]),
  };
  const extent = (taps: number, around: number) => Math.max(1, taps - around) + random.int(0, 14);
  const stride = random.pick([
    [1, 1],
    [2, 2],
    [1, 2],
    [2, 1],
  ] as const);
  return {
    kernel: [kernel[0], kernel[1]],
    stride: [Math.min(stride[0], kernel[0]), stride[1]],
    padding,
    image: [extent(kernel[0], padding.top + padding.bottom), extent(kernel[1], padding.left + padding.right)],
  };
}

const { compare, used } = comparison();

function depthwiseNet(random: Random, window: Window, channels: number, extreme: boolean): Simplified {
  const { image, ...rest } = window;
  const attributes = {
    ...rest,
    dilation: [1, 1] as const,
    depthMultiplier: 1,
    activation: random.pick(["linear", "relu", "relu6"] as const),
    weights: weights(random, [...window.kernel, channels], channels, extreme),
    bias: bias(random, channels),
  };
  const input = { shape: [...image, channels], quantization: quantization(random) };
  const output = { shape: [...sizesOf(window), channels], quantization: quantization(random) };
  return layerNet("depthwiseConv2d", attributes, [input], output);
}

function convolutionNet(
  random: Random,
  window: Window,
  depth: number,
  filters: number,
  extreme: boolean,
): Simplified {
  const { image, ...rest } = window;
  const attributes = {
    ...rest,
    dilation: [1, 1] as const,
    groups: 1,
    activation: random.pick(["linear", "relu", "relu6"] as const),
    weights: weights(random, [filters, ...window.kernel, depth], filters, extreme) as Constant,
    bias: bias(random, filters),
  };
  const input = { shape: [...image, depth], quantization: quantization(random) };
  const output = { shape: [...sizesOf(window), filters], quantization: quantization(random) };
  return layerNet("conv2d", attributes, [input], output);
}

const pointwise = [...pointwiseRows, pointwiseDirectRows];

const all = <K>(kernels: readonly K[]) => kernels as unknown as readonly RowKernel[];

test("depthwise convolutions on rows", () => {
  const kernels = all([depthwiseRowRows, depthwisePackedRowRows]);
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(40000 + seed);
    const window = randomWindow(random, 8);
    const channels = random.pick([1, 2, 3, 4, 4, 5, 7, 8, 9]);
    const net = depthwiseNet(random, window, channels, seed % 4 === 0);
    const layer = layerOf(net, net.operations[0]);
    assert.ok(
      kernels.every((one) => one.fits(layer)),
      JSON.stringify(window),
    );
    compare(net, kernels, random, `seed ${seed} ${JSON.stringify(window)} ${channels}`);
  }
});

test("convolutions", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = new Random(41000 + seed);
    const window = randomWindow(random, 5);
    const depth = random.pick([1, 2, 3, 4, 5, 8, 9, 12]);
    const net = convolutionNet(random, window, depth, random.int(1, 9), seed % 4 === 0);
    compare(net, all(convolutionRows), random, `seed ${seed} ${JSON.stringify(window)} ${depth}`);
  }
  const tall = {
    image: [49, 10],
    kernel: [10, 4],
    stride: [2, 2],
    padding: { top: 4, bottom: 5, left: 1, right: 1 },
  } as const;
  const random = new Random(42000);
  compare(convolutionNet(random, tall, 1, 8, false), all(convolutionRows), random, "10 x 4");
});

test("1x1 convolutions, with strides as well", () => {
  const padding = { top: 0, bottom: 0, left: 0, right: 0 };
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(43000 + seed);
    const stride = random.pick([
      [1, 1],
      [1, 1],
      [2, 2],
      [2, 1],
      [1, 3],
    ] as const);
    const image = [random.int(1, 9), random.pick([1, 2, 3, 4, 5, 12, 30, 60])] as const;
    const depth = random.pick([4, 5, 6, 7, 8, 12, 16, 33, 40, 48, 64]);
    const window: Window = { image, kernel: [1, 1], stride, padding };
    const net = convolutionNet(random, window, depth, random.int(1, 9), seed % 4 === 0);
    compare(net, all(pointwise), random, `seed ${seed} ${JSON.stringify(window)} ${depth}`);
  }
});

test("hot code of usual layers fits the registers", () => {
  const none = { top: 0, bottom: 0, left: 0, right: 0 };
  for (const [size, channels, taps, stride] of [
    [16, 4, 3, 1],
    [20, 8, 7, 2],
    [13, 12, 5, 1],
    [9, 3, 3, 2],
  ]) {
    const random = new Random(44000 + size);
    const half = taps >> 1;
    const padding = { top: half, bottom: half, left: half, right: half };
    const window = { image: [size, size], kernel: [taps, taps], stride: [stride, stride], padding } as const;
    const single = { ...window, kernel: [1, 1], padding: none } as const;
    const nets: readonly [Simplified, readonly RowKernel[]][] = [
      [depthwiseNet(random, window, channels, false), all([depthwiseRowRows, depthwisePackedRowRows])],
      [convolutionNet(random, window, channels, 8, false), all(convolutionRows)],
      [convolutionNet(random, single, channels, 8, false), all(pointwise)],
    ];
    for (const [net, kernels] of nets) {
      const layer = layerOf(net, net.operations[0]);
      for (const kernel of kernels.filter((one) => one.fits(layer))) {
        const step = asStep(net, kernel, { rows: 1, writes: "plain" });
        assert.ok(generate(step, { scratch: 0, inPlace: false }).cycles > 0);
      }
    }
  }
});

test("all kernels were compared", () => {
  const names = [...convolutionRows, ...pointwise].map(({ name }) => name);
  assert.equal(
    names.filter((name) => !used.has(name)),
    [],
  );
});

test.run();
