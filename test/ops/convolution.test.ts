/** Convolutions and pools against the formula, written out per element, over awkward windows. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Constant, Operation, Quantization } from "../../compiler/ir/graph.js";
import type { OperatorAttributes, OperatorKind, Window } from "../../compiler/ops/attributes.js";
import { operators } from "../../compiler/ops/index.js";
import { activationLimits } from "../../compiler/ops/arithmetic/activation.js";
import { clamp, multiplyByQuantizedMultiplier } from "../../compiler/ops/arithmetic/fixed-point.js";
import { convMultipliers } from "../../compiler/ops/arithmetic/quantization.js";
import { outputSize, span } from "../../compiler/ops/arithmetic/windows.js";
import { randomInt8, randomNumbers } from "./random.js";

const random = randomNumbers(7);
const upTo = (most: number) => Math.floor(random() * (most + 1));

function randomLayer() {
  const kernel = [1 + upTo(4), 1 + upTo(4)] as const;
  const window: Window = {
    kernel,
    stride: [1 + upTo(2), 1 + upTo(2)],
    dilation: [1 + upTo(2), 1 + upTo(2)],
    padding: { top: upTo(6), bottom: upTo(6), left: upTo(6), right: upTo(6) },
  };
  const image = [1 + upTo(9), 1 + upTo(9), 1 + upTo(5)] as const;
  const { top, bottom, left, right } = window.padding;
  const height = outputSize(image[0], span(kernel[0], window.dilation[0]), window.stride[0], top, bottom);
  const width = outputSize(image[1], span(kernel[1], window.dilation[1]), window.stride[1], left, right);
  return { window, image, size: [height, width] as const, fits: height > 0 && width > 0 };
}

const randomQuantization = (): Quantization => ({ scale: 0.01 + random(), zeroPoint: upTo(255) - 128 });

function randomConstant(shape: readonly number[], channels: number): Constant {
  const data = randomInt8(
    random,
    shape.reduce((a, b) => a * b),
  );
  return {
    shape,
    dtype: "int8",
    data,
    scales: Array.from({ length: channels }, () => 0.0001 + random() * 0.01),
  };
}

const bias = (channels: number): Constant => ({
  shape: [channels],
  dtype: "int32",
  data: Int32Array.from({ length: channels }, () => upTo(4000) - 2000),
});

function operation<K extends OperatorKind>(kind: K, attributes: OperatorAttributes[K]): Operation<K> {
  return { kind, name: kind, inputs: [0], output: 1, attributes };
}

/** The values that one window sees, by tap; undefined in the padding. */
function taps(
  window: Window,
  image: readonly number[],
  data: Int8Array,
  y: number,
  x: number,
  channel: number,
) {
  const values: (number | undefined)[] = [];
  for (let row = 0; row < window.kernel[0]; row++) {
    for (let column = 0; column < window.kernel[1]; column++) {
      const atY = y * window.stride[0] - window.padding.top + row * window.dilation[0];
      const atX = x * window.stride[1] - window.padding.left + column * window.dilation[1];
      const inside = atY >= 0 && atX >= 0 && atY < image[0] && atX < image[1];
      values.push(inside ? data[(atY * image[1] + atX) * image[2] + channel] : undefined);
    }
  }
  return values;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

test("conv2d is its formula", () => {
  for (let round = 0; round < 150; round++) {
    const { window, image, size, fits } = randomLayer();
    if (!fits) continue;
    const filters = 1 + upTo(4);
    const [from, to] = [randomQuantization(), randomQuantization()];
    const weights = randomConstant([filters, ...window.kernel, image[2]], filters);
    const attributes = { ...window, activation: "relu6" as const, weights, bias: bias(filters) };
    const output = { shape: [...size, filters], dtype: "int8" as const, quantization: to };
    const data = randomInt8(random, image[0] * image[1] * image[2]);
    const input = { shape: image, dtype: "int8" as const, quantization: from };
    const found = operators.conv2d.reference(operation("conv2d", attributes), [data], [input], output);
    const multipliers = convMultipliers(weights, filters, from, to);
    const limits = activationLimits("relu6", to);
    const wanted: number[] = [];
    for (let y = 0; y < size[0]; y++) {
      for (let x = 0; x < size[1]; x++) {
        for (let filter = 0; filter < filters; filter++) {
          let total = attributes.bias.data![filter];
          for (let channel = 0; channel < image[2]; channel++) {
            const products = taps(window, image, data, y, x, channel).map((value, tap) => {
              const weight =
                weights.data![(filter * window.kernel[0] * window.kernel[1] + tap) * image[2] + channel];
              return value === undefined ? 0 : (value - from.zeroPoint) * weight;
            });
            total += sum(products);
          }
          wanted.push(
            clamp(multiplyByQuantizedMultiplier(total, multipliers[filter]) + to.zeroPoint, ...limits),
          );
        }
      }
    }
    assert.equal([...found], wanted);
  }
});

test("depthwiseConv2d is its formula", () => {
  for (let round = 0; round < 150; round++) {
    const { window, image, size, fits } = randomLayer();
    if (!fits) continue;
    const depthMultiplier = 1 + upTo(2);
    const filters = image[2] * depthMultiplier;
    const [from, to] = [randomQuantization(), randomQuantization()];
    const weights = randomConstant([...window.kernel, filters], filters);
    const attributes = { ...window, activation: "linear" as const, depthMultiplier, weights };
    const output = { shape: [...size, filters], dtype: "int8" as const, quantization: to };
    const data = randomInt8(random, image[0] * image[1] * image[2]);
    const input = { shape: image, dtype: "int8" as const, quantization: from };
    const found = operators.depthwiseConv2d.reference(
      operation("depthwiseConv2d", attributes),
      [data],
      [input],
      output,
    );
    const multipliers = convMultipliers(weights, filters, from, to);
    const wanted: number[] = [];
    for (let y = 0; y < size[0]; y++) {
      for (let x = 0; x < size[1]; x++) {
        for (let filter = 0; filter < filters; filter++) {
          const values = taps(window, image, data, y, x, Math.floor(filter / depthMultiplier));
          const total = sum(
            values.map((value, tap) =>
              value === undefined ? 0 : (value - from.zeroPoint) * weights.data![tap * filters + filter],
            ),
          );
          wanted.push(
            clamp(multiplyByQuantizedMultiplier(total, multipliers[filter]) + to.zeroPoint, -128, 127),
          );
        }
      }
    }
    assert.equal([...found], wanted);
  }
});

test("pools see what is inside the image", () => {
  for (let round = 0; round < 200; round++) {
    const { window: any, image } = randomLayer();
    const window: Window = { ...any, dilation: [1, 1], padding: smaller(any) };
    const { top, bottom, left, right } = window.padding;
    const size = [
      outputSize(image[0], window.kernel[0], window.stride[0], top, bottom),
      outputSize(image[1], window.kernel[1], window.stride[1], left, right),
    ] as const;
    if (size[0] < 1 || size[1] < 1) continue;
    const quantization = randomQuantization();
    const attributes = { ...window, activation: "linear" as const };
    const output = { shape: [...size, image[2]], dtype: "int8" as const, quantization };
    const input = { shape: image, dtype: "int8" as const, quantization };
    const data = randomInt8(random, image[0] * image[1] * image[2]);
    const mean = operators.averagePool2d.reference(
      operation("averagePool2d", attributes),
      [data],
      [input],
      output,
    );
    const most = operators.maxPool2d.reference(operation("maxPool2d", attributes), [data], [input], output);
    let at = 0;
    for (let y = 0; y < size[0]; y++) {
      for (let x = 0; x < size[1]; x++) {
        for (let channel = 0; channel < image[2]; channel++, at++) {
          const values = taps(window, image, data, y, x, channel).filter((value) => value !== undefined);
          const average = sum(values) / values.length;
          assert.is(most[at], Math.max(...values));
          assert.is(mean[at] + 0, Math.sign(average) * Math.floor(Math.abs(average) + 0.5) + 0);
        }
      }
    }
  }
});

/** The padding, less than the window. */
function smaller({ padding, kernel }: Window): Window["padding"] {
  return {
    top: Math.min(padding.top, kernel[0] - 1),
    bottom: Math.min(padding.bottom, kernel[0] - 1),
    left: Math.min(padding.left, kernel[1] - 1),
    right: Math.min(padding.right, kernel[1] - 1),
  };
}

test.run();
