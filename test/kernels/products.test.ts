/** Convolutions and dense layers as half-unpacked products: every kernel that fits, against the reference, with all sorts of remainders. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { kernelsOf } from "../../compiler/4-plan/units.js";
import type { Constant, Simplified } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { lowerGranted } from "./granted.js";
import { inputCases, layerNet, quantization, Random, weights } from "./layers.js";

const activations = ["linear", "relu", "relu6"] as const;
const forms = new Map<string, number>();

/** Weights without -128, which the products do not take everywhere. */
function symmetric(random: Random, shape: readonly number[], channels: number, extreme: boolean): Constant {
  const constant = weights(random, shape, channels, extreme);
  return { ...constant, data: Int8Array.from(constant.data as Int8Array, (one) => Math.max(-127, one)) };
}

function smallBias(random: Random, channels: number): Constant | undefined {
  if (random.next() < 0.2) return undefined;
  const data = Int32Array.from({ length: channels }, () => random.int(-20000, 20000));
  return { shape: [channels], dtype: "int32", data };
}

/** @returns names of the product kernels that fit; each was compared, with little scratch and with much, in place if it can be */
function compare(net: Simplified, random: Random, what: string): string[] {
  const { shape } = net.values[0];
  const cases = inputCases(random, shape);
  const inputs = [cases[0], random.pick(cases.slice(1))];
  const expected = inputs.map((input) => evaluate(net, new Map([[0, input]])).get(1)!);
  const kernels = kernelsOf(net, net.operations[0]).filter(({ name }) =>
    /^(pointwise|convolution|dense) (raw|wide|vector|direct)/.test(name),
  );
  for (const kernel of kernels) {
    const { least, most } = kernel.scratch(false);
    const inPlace = kernel.inPlace.length > 0 && random.next() < 0.5;
    for (const scratch of [least, random.int(least, most), most]) {
      const { code, run } = lowerGranted(net, kernel.name, { scratch, inPlace });
      forms.set(code.notes[0], (forms.get(code.notes[0]) ?? 0) + 1);
      inputs.forEach((input, i) =>
        assert.equal(
          [...run(input)],
          [...(expected[i] as Int8Array)],
          `${what}, ${kernel.name}, scratch ${scratch}, in place ${inPlace}, case ${i}`,
        ),
      );
    }
  }
  return kernels.map(({ name }) => name);
}

const noPadding = { top: 0, bottom: 0, left: 0, right: 0 };

test("pointwise convolutions", () => {
  const names = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(seed);
    const depth = random.pick([random.int(4, 70), 4 * random.int(1, 20)]);
    const filters = random.int(1, 12);
    const image = [random.int(1, 6), random.int(1, 8)];
    const stride = random.pick([
      [1, 1],
      [1, 1],
      [2, 2],
      [1, 2],
    ] as const);
    const attributes = {
      kernel: [1, 1] as const,
      stride,
      dilation: [1, 1] as const,
      padding: noPadding,
      activation: random.pick(activations),
      weights: symmetric(random, [filters, 1, 1, depth], filters, seed % 2 === 0),
      bias: smallBias(random, filters),
    };
    const size = image.map((one, axis) => Math.ceil(one / stride[axis]));
    const input = { shape: [...image, depth], quantization: quantization(random) };
    const output = {
      shape: [...size, filters],
      quantization: quantization(random, random.pick([0.05, 1, 4])),
    };
    const net = layerNet("conv2d", attributes, [input], output);
    for (const name of compare(net, random, `seed ${seed}`)) names.add(name);
  }
  assert.equal([...names].filter((name) => name.startsWith("pointwise")).length, 7);
});

test("convolutions with windows", () => {
  const names = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(1000 + seed);
    const depth = random.pick([random.int(1, 9), 4 * random.int(1, 6)]);
    const filters = random.int(1, 7);
    const kernel = [random.int(1, 5), random.int(1, 5)] as const;
    const stride = [random.int(1, 3), random.int(1, 3)] as const;
    const side = (size: number) => random.int(0, size - 1);
    const padding = {
      top: side(kernel[0]),
      bottom: side(kernel[0]),
      left: side(kernel[1]),
      right: side(kernel[1]),
    };
    const image = kernel.map((one) => random.int(one, one + 8));
    const around = [padding.top + padding.bottom, padding.left + padding.right];
    const size = image.map((one, axis) => Math.floor((one + around[axis] - kernel[axis]) / stride[axis]) + 1);
    const attributes = {
      ...{ kernel, stride, padding },
      dilation: [1, 1] as const,
      activation: random.pick(activations),
      weights: symmetric(random, [filters, ...kernel, depth], filters, seed % 2 === 0),
      bias: smallBias(random, filters),
    };
    const input = { shape: [...image, depth], quantization: quantization(random) };
    const output = {
      shape: [...size, filters],
      quantization: quantization(random, random.pick([0.05, 1, 4])),
    };
    const net = layerNet("conv2d", attributes, [input], output);
    for (const name of compare(net, random, `seed ${seed}`)) names.add(name);
  }
  assert.equal([...names].filter((name) => name.startsWith("convolution")).length, 5);
});

test("dense layers, of one row and of several", () => {
  const names = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(2000 + seed);
    const depth = random.pick([random.int(4, 70), 4 * random.int(1, 20)]);
    const units = random.int(1, 11);
    const rows = random.pick([1, 1, random.int(1, 9)]);
    const attributes = {
      activation: random.pick(activations),
      weights: symmetric(random, [units, depth], units, seed % 2 === 0),
      bias: smallBias(random, units),
    };
    const input = { shape: [rows, depth], quantization: quantization(random) };
    const output = { shape: [rows, units], quantization: quantization(random, random.pick([0.05, 1, 4])) };
    const net = layerNet("dense", attributes, [input], output);
    for (const name of compare(net, random, `seed ${seed}`)) names.add(name);
  }
  assert.equal([...names].filter((name) => name.startsWith("dense")).length, 7);
});

test("all sorts of requantisation occurred", () => {
  const notes = [...forms.keys()].join("\n");
  assert.match(notes, /2\^\d+ \* sum/);
  assert.match(notes, /power \* sum/);
  assert.match(notes, /six-instruction/);
});

test.run();
