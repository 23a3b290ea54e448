/** Pools by words: every remainder of channels, windows in the padding, extreme values; the mean is exact for every sum. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import type { Simplified } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { outputSize, samePadding } from "../../compiler/ops/arithmetic/windows.js";
import { prepare } from "../../compiler/run/javascript.js";
import { inputCases, layerNet, quantization, Random } from "./layers.js";

function compare(net: Simplified, inputs: readonly Int8Array[], what: string): string {
  const lowered = lower(plan(net, { streaming: "off" }));
  const { run } = prepare(lowered);
  for (const data of inputs) {
    const expected = evaluate(net, new Map([[0, data]])).get(1)!;
    assert.equal([...run([data])[0]], [...expected], what);
  }
  return lowered.lowered[0].step.kernel.name;
}

function poolNet(random: Random, kind: "averagePool2d" | "maxPool2d", channels: number): Simplified {
  const size = [random.int(1, 9), random.int(1, 9)] as const;
  const kernel = size.map((one) => random.int(1, Math.min(one, 5)));
  // Now and then the whole image.
  if (random.next() < 0.3) kernel.splice(0, 2, ...size);
  const stride = [random.int(1, 3), random.int(1, 3)];
  const same = random.next() < 0.5;
  const [top, bottom] = same ? samePadding(size[0], kernel[0], stride[0]) : [0, 0];
  const [left, right] = same ? samePadding(size[1], kernel[1], stride[1]) : [0, 0];
  const output = [
    outputSize(size[0], kernel[0], stride[0], top, bottom),
    outputSize(size[1], kernel[1], stride[1], left, right),
    channels,
  ];
  const own = { shape: [...size, channels], quantization: quantization(random) };
  const attributes = {
    kernel,
    stride,
    dilation: [1, 1],
    padding: { top, bottom, left, right },
    activation: random.pick(["linear", "linear", "linear", "relu", "relu6"] as const),
  };
  return layerNet(kind, attributes as never, [own], { shape: output, quantization: own.quantization });
}

for (const kind of ["averagePool2d", "maxPool2d"] as const) {
  test(`${kind}: all remainders of channels, padding, strides`, () => {
    const kernels = new Map<string, number>();
    for (let seed = 0; seed < 150; seed++) {
      const random = new Random(seed);
      const net = poolNet(random, kind, random.int(1, 23));
      const name = compare(net, inputCases(random, net.values[0].shape), `seed ${seed}`);
      kernels.set(name, (kernels.get(name) ?? 0) + 1);
    }
    for (const count of kernels.values()) assert.ok(count > 10);
    assert.is(kernels.size, 2);
  });
}

const global = (kind: "averagePool2d", height: number, width: number, channels: number) => {
  const attributes = {
    kernel: [height, width],
    stride: [1, 1],
    dilation: [1, 1],
    padding: { top: 0, bottom: 0, left: 0, right: 0 },
    activation: "linear",
  };
  const same = { scale: 0.5, zeroPoint: 3 };
  return layerNet(kind, attributes as never, [{ shape: [height, width, channels], quantization: same }], {
    shape: [1, 1, channels],
    quantization: same,
  });
};

/** Values of `count` positions that add up to `sum`. */
function valuesOf(sum: number, count: number): number[] {
  const least = Math.floor(sum / count);
  return Array.from({ length: count }, (_, i) => least + (i < sum - least * count ? 1 : 0));
}

test("the mean of every sum, over 1 to 256 positions", () => {
  for (const count of [1, 2, 3, 4, 7, 9, 10, 16, 25, 64, 125, 127, 128, 255, 256]) {
    const sums = [];
    const step = count > 20 ? 37 : 1;
    for (let sum = -128 * count; sum <= 127 * count; sum += step) sums.push(sum);
    // Ties, and the ends.
    for (let mean = -128; mean < 127; mean += 5) sums.push(mean * count + Math.floor(count / 2), 127 * count);
    while (sums.length % 8 !== 0) sums.push(0);
    const values = sums.map((sum) => valuesOf(sum, count));
    const data = Int8Array.from({ length: count * sums.length }, (_, i) => {
      return values[i % sums.length][Math.floor(i / sums.length)];
    });
    const net = global("averagePool2d", count, 1, sums.length);
    assert.is(compare(net, [data], `${count} positions`), "average pool words");
  }
});

test("more positions than int16 sums hold", () => {
  const random = new Random(5);
  const net = global("averagePool2d", 257, 1, 8);
  assert.is(compare(net, inputCases(random, [257, 1, 8]), "257 positions"), "average pool");
});

test("mean over space: every sum, whatever the scales", () => {
  let byWords = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(700 + seed);
    const count = random.pick([2, 3, 9, 16, 25, 49, 64, 100, 256]);
    const outer = random.int(1, 3);
    const from = quantization(random);
    // Equal scales make ties; so do powers of two between them.
    const ratio = random.pick([1, 1, 0.5, 2, 0.3 + 2 * random.next()]);
    const to = quantization(random, from.scale * ratio);
    const shape = [outer, count, 1, 160];
    const sums = Array.from({ length: 160 }, () => random.int(-128 * count, 127 * count));
    const values = sums.map((sum) => valuesOf(sum, count));
    const data = Int8Array.from({ length: outer * count * 160 }, (_, i) => {
      return values[i % 160][Math.floor(i / 160) % count];
    });
    const attributes = { axes: [1, 2], keepDimensions: false };
    const net = layerNet("mean", attributes, [{ shape, quantization: from }], {
      shape: [outer, 160],
      quantization: to,
    });
    const inputs = [data, ...inputCases(random, shape)];
    if (compare(net, inputs, `seed ${seed}: ${count} positions`) === "mean words") byWords++;
  }
  assert.ok(byWords >= 50, `${byWords} of 60`);
});

test.run();
