/** Depthwise convolution on lines against the reference: every shape, scratch from the least to the most, in place, both forms of weights. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { kernelsOf, layerOf } from "../../compiler/4-plan/units.js";
import { generate } from "../../compiler/5-lower/generate.js";
import type { Simplified } from "../../compiler/ir/graph.js";
import { canBeBiased, encoded } from "../../compiler/ir/encoding.js";
import { bytes } from "../../compiler/ir/graph.js";
import {
  depthwiseBorders,
  depthwiseLines,
  depthwisePacked,
  depthwisePackedBorders,
} from "../../compiler/kernels/depthwise-lines.js";
import type { Layer } from "../../compiler/kernels/kernel.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { reportJson } from "../../compiler/7-report/index.js";
import { outputFiles } from "../../compiler/index.js";
import type { Callable } from "../../compiler/run/callable.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { lowerGranted } from "./granted.js";
import { bias, inputCases, layerNet, quantization, Random, weights } from "./layers.js";

const everywhere = [depthwiseLines, depthwisePacked];
const kernels = [...everywhere, depthwiseBorders, depthwisePackedBorders];

interface Shape {
  readonly image: readonly [number, number];
  readonly channels: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: { top: number; bottom: number; left: number; right: number };
}

function layerOfShape(random: Random, { image, channels, ...window }: Shape, seed: number): Simplified {
  const { kernel, stride, padding } = window;
  const size = (axis: 0 | 1, pad: number) =>
    Math.floor((image[axis] + pad - kernel[axis]) / stride[axis]) + 1;
  const shape = [size(0, padding.top + padding.bottom), size(1, padding.left + padding.right), channels];
  const attributes = {
    ...window,
    dilation: [1, 1] as const,
    depthMultiplier: 1,
    activation: random.pick(["linear", "relu", "relu6"] as const),
    weights: weights(random, [...kernel, channels], channels, seed % 4 === 0),
    bias: bias(random, channels),
  };
  const input = { shape: [...image, channels], quantization: quantization(random) };
  const output = { shape, quantization: quantization(random) };
  return layerNet("depthwiseConv2d", attributes, [input], output);
}

function randomShape(random: Random): Shape {
  const kernel = [random.int(1, 8), random.int(1, 8)] as const;
  const square = random.pick([1, 3, 3, 5, 5, 7, 7, 0]);
  const [rows, columns] = square === 0 ? kernel : [square, square];
  const pad = (taps: number) => random.int(0, taps - 1);
  const padding = { top: pad(rows), bottom: pad(rows), left: pad(columns), right: pad(columns) };
  const extent = (taps: number, before: number, after: number) =>
    Math.max(1, taps - before - after) + random.int(0, 24);
  return {
    kernel: [rows, columns],
    stride: random.pick([
      [1, 1],
      [1, 1],
      [2, 2],
      [1, 2],
      [2, 1],
    ] as const),
    padding,
    image: [extent(rows, padding.top, padding.bottom), extent(columns, padding.left, padding.right)],
    channels: random.pick([1, 2, 3, 4, 5, 7, 8, 9]),
  };
}

/** Every kernel with scratch between the least and the most, apart and in place; results plain, or biased where that may be. */
function compareGrants(net: Simplified, random: Random, what: string): void {
  const layer = layerOf(net, net.operations[0]) as unknown as Layer<"depthwiseConv2d">;
  const cases = inputCases(random, layer.inputs[0].shape).filter((_, i) => i < 2 || random.next() < 0.2);
  const expected = cases.map((one) => evaluate(net, new Map([[0, one]])).get(1)! as Int8Array);
  for (const kernel of everywhere) assert.ok(kernel.fits(layer), `${what}: ${kernel.name} does not fit`);
  for (const kernel of kernels.filter((one) => one.fits(layer))) {
    for (const inPlace of kernel.inPlace!(layer).length > 0 ? [false, true] : [false]) {
      const { least, most } = kernel.scratch!(layer, inPlace);
      assert.ok(least <= most, what);
      for (const scratch of new Set([least, random.int(least, most), most])) {
        const encoding = canBeBiased(layer.output) && random.next() < 0.5 ? "biased" : "plain";
        const biased = new Set(encoding === "biased" ? [1] : []);
        const { run } = lowerGranted(net, kernel.name, { scratch, inPlace, biased });
        cases.forEach((one, i) => {
          const where = `${what}, ${kernel.name}, ${scratch} of ${least} to ${most} bytes, in place ${inPlace}, ${encoding}, case ${i}`;
          assert.ok(sameBytes(run(one), encoded(expected[i], layer.output, encoding)), where);
        });
      }
    }
  }
}

const sameBytes = (a: Int8Array, b: Int8Array) => Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;

test("random windows", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(20000 + seed);
    const shape = randomShape(random);
    compareGrants(layerOfShape(random, shape, seed), random, `seed ${seed} ${JSON.stringify(shape)}`);
  }
});

test("every width of the usual windows", () => {
  for (const taps of [3, 5, 7]) {
    for (const stride of [1, 2]) {
      for (const width of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 19, 25]) {
        const random = new Random(21000 + 100 * taps + 50 * stride + width);
        const half = (taps - 1) / 2;
        const shape: Shape = {
          kernel: [taps, taps],
          stride: [stride, stride],
          padding: { top: half, bottom: half, left: half, right: half },
          image: [random.int(1, 4), width],
          channels: 4,
        };
        compareGrants(layerOfShape(random, shape, 1), random, `${taps} ${stride} ${width}`);
      }
    }
  }
});

test("borders and short images", () => {
  let withBorders = 0;
  for (let seed = 0; seed < 24; seed++) {
    const random = new Random(25000 + seed);
    const taps = [random.pick([2, 3, 5, 7]), random.pick([1, 3, 4, 5, 7])] as const;
    const pad = (of: number) => random.pick([of - 1, of >> 1, random.int(0, of - 1)]);
    const padding = { top: pad(taps[0]), bottom: pad(taps[0]), left: pad(taps[1]), right: pad(taps[1]) };
    const extent = (of: number, around: number) => Math.max(1, of - around) + random.int(0, 6);
    const shape: Shape = {
      kernel: taps,
      stride: random.pick([
        [1, 1],
        [2, 2],
      ] as const),
      padding,
      image: [extent(taps[0], padding.top + padding.bottom), extent(taps[1], padding.left + padding.right)],
      channels: random.pick([90, 96, 128]),
    };
    const net = layerOfShape(random, shape, seed);
    const layer = layerOf(net, net.operations[0]) as unknown as Layer<"depthwiseConv2d">;
    if (depthwiseBorders.fits(layer)) withBorders++;
    compareGrants(net, random, `seed ${seed} ${JSON.stringify(shape)}`);
  }
  assert.ok(withBorders >= 4, `${withBorders} with borders`);
});

test("products with padding are left out", () => {
  const random = new Random(26000);
  const padding = { top: 3, bottom: 3, left: 3, right: 3 };
  const cyclesOf = (size: number) => {
    const shape: Shape = {
      kernel: [7, 7],
      stride: [1, 1],
      padding,
      image: [size, size],
      channels: 96,
    };
    const net = layerOfShape(random, shape, 1);
    const [kernel] = kernelsOf(net, net.operations[0]);
    return generate(kernel, { scratch: kernel.scratch(false).most, inPlace: false }).cycles;
  };
  // 9 results of 49, and of 9 taps instead of up to 49.
  assert.ok(cyclesOf(3) < 0.15 * cyclesOf(7), `${cyclesOf(3)} of ${cyclesOf(7)} cycles`);
});

test("groups of every window fit the registers", () => {
  const layerFor = (rows: number, columns: number, stride: number, width: number, random: Random) => {
    const padding = { top: 0, bottom: 0, left: 0, right: 0 };
    const image = [rows, (width - 1) * stride + columns] as const;
    const shape: Shape = { kernel: [rows, columns], stride: [1, stride], padding, image, channels: 1 };
    return layerOfShape(random, shape, 1);
  };
  for (const rows of [1, 2, 3]) {
    for (let columns = 1; columns <= 8; columns++) {
      for (const stride of [1, 2]) {
        const random = new Random(23000 + 100 * rows + 10 * columns + stride);
        const net = layerFor(rows, columns, stride, random.int(9, 40), random);
        for (const kernel of kernelsOf(net, net.operations[0])) {
          generate(kernel, { scratch: kernel.scratch(false).most, inPlace: false });
        }
      }
    }
  }
});

test("in place needs no more than a plane", () => {
  const sizes = [
    [80, 48, 3],
    [40, 120, 5],
    [20, 160, 7],
  ];
  for (const [size, channels, taps] of sizes) {
    const random = new Random(22000 + size);
    const half = (taps - 1) / 2;
    const padding = { top: half, bottom: half, left: half, right: half };
    const shape: Shape = { kernel: [taps, taps], stride: [1, 1], padding, image: [size, size], channels };
    const net = layerOfShape(random, shape, 1);
    const layer = layerOf(net, net.operations[0]) as unknown as Layer<"depthwiseConv2d">;
    const plane = 2 * (size + taps - 1) * (size + taps + 1);
    assert.ok(depthwiseLines.scratch!(layer, true).least <= plane);
    assert.ok(bytes(layer.output) <= bytes(layer.inputs[0]));
  }
});

const withCompiler = hasNativeCompiler() ? test : test.skip;

withCompiler("the C is the same, and stays within its memory", async () => {
  const flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  for (let seed = 0; seed < 6; seed++) {
    const random = new Random(24000 + seed);
    const net = layerOfShape(random, randomShape(random), seed);
    const lowered = lower(plan(net, { streaming: "off" }));
    const cases = inputCases(random, net.values[0].shape);
    const expected = cases.map((one) => evaluate(net, new Map([[0, one]])).get(1)! as Int8Array);
    const callable = reportJson(lowered) as unknown as Callable;
    const inputs = cases.map((one) => [one]);
    const actual = await runNative(outputFiles(lowered), callable, inputs, { flags });
    actual.forEach(([one], i) =>
      assert.ok(sameBytes(one as Int8Array, expected[i]), `seed ${seed}, case ${i}`),
    );
  }
});

test.run();
