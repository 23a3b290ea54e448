/** Every kernel against its operator's reference semantics: random layers of awkward sizes, random and extreme data. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { elements, type Simplified } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { bias, inputCases, layerNet, quantization, Random, weights } from "./layers.js";

const activations = ["linear", "relu", "relu6"] as const;

function compare(net: Simplified, random: Random, what: string): string {
  const lowered = lower(plan(net, { streaming: "off" }));
  const { run } = prepare(lowered);
  const cases = net.inputs.map((id) => inputCases(random, net.values[id].shape));
  for (let i = 0; i < 4; i++) {
    const inputs = cases.map((one, input) => (input === 0 ? one[i] : one[random.int(0, 3)]));
    const expected = evaluate(net, new Map(net.inputs.map((id, input) => [id, inputs[input]])));
    const [actual] = run(inputs);
    assert.equal([...actual], [...expected.get(net.outputs[0].value)!], `${what}, case ${i}`);
  }
  return lowered.lowered[0]?.step.kernel.name ?? "view";
}

function windowOf(random: Random, most: number) {
  const kernel = [random.int(1, most), random.int(1, most)] as const;
  const stride = random.pick([
    [1, 1],
    [2, 2],
    [1, 2],
    [3, 3],
    [2, 1],
  ] as const);
  const dilation = random.pick([
    [1, 1],
    [1, 1],
    [2, 2],
    [1, 2],
  ] as const);
  const side = (size: number) => random.int(0, size - 1);
  const padding = {
    top: side(kernel[0]),
    bottom: side(kernel[0]),
    left: side(kernel[1]),
    right: side(kernel[1]),
  };
  return { kernel, stride, dilation, padding };
}

function outputSize(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
): number {
  return Math.floor((size + before + after - (kernel - 1) * dilation - 1) / stride) + 1;
}

function imageOf(random: Random, window: ReturnType<typeof windowOf>) {
  const size = (axis: 0 | 1) => (window.kernel[axis] - 1) * window.dilation[axis] + random.int(1, 9);
  const image = [size(0), size(1)] as const;
  const { top, bottom, left, right } = window.padding;
  const out = [
    outputSize(image[0], window.kernel[0], window.stride[0], window.dilation[0], top, bottom),
    outputSize(image[1], window.kernel[1], window.stride[1], window.dilation[1], left, right),
  ] as const;
  return { image, out };
}

test("conv2d: pointwise and gathered windows", () => {
  const kernels = new Set<string>();
  for (let seed = 0; seed < 120; seed++) {
    const random = new Random(seed);
    const pointwise = seed % 3 === 0;
    const plain = {
      kernel: [1, 1],
      stride: [1, 1],
      dilation: [1, 1],
      padding: { top: 0, bottom: 0, left: 0, right: 0 },
    } as const;
    const window = pointwise ? plain : windowOf(random, 5);
    const { image, out } = imageOf(random, window as ReturnType<typeof windowOf>);
    const [channels, filters] = [random.int(1, pointwise ? 70 : 9), random.int(1, 9)];
    const attributes = {
      ...window,
      activation: random.pick(activations),
      weights: weights(random, [filters, ...window.kernel, channels], filters, seed % 2 === 0),
      bias: random.next() < 0.8 ? bias(random, filters) : undefined,
    };
    const input = { shape: [...image, channels], quantization: quantization(random) };
    const output = {
      shape: [...out, filters],
      quantization: quantization(random, random.pick([0.001, 0.05, 4])),
    };
    kernels.add(compare(layerNet("conv2d", attributes, [input], output), random, `seed ${seed}`));
  }
  // Weights of -128 and large biases leave layers to the general kernels; the others are in products.test.ts.
  assert.ok(kernels.has("conv2d pointwise 2x2") && kernels.has("conv2d im2col 2x2"), [...kernels].join());
});

test("depthwiseConv2d: lines and direct", () => {
  const kernels = new Set<string>();
  for (let seed = 0; seed < 160; seed++) {
    const random = new Random(1000 + seed);
    const window = windowOf(random, 7);
    const simple = seed % 4 !== 0;
    if (simple)
      Object.assign(window, {
        dilation: [1, 1],
        stride: random.pick([
          [1, 1],
          [2, 2],
          [2, 1],
        ]),
      });
    // Padding as on both sides, so that the sizes agree and the result may take the input's place.
    const { image, out } = imageOf(random, window);
    const [channels, depthMultiplier] = [random.int(1, 6), simple ? 1 : random.int(1, 3)];
    const attributes = {
      ...window,
      depthMultiplier,
      activation: random.pick(activations),
      weights: weights(
        random,
        [...window.kernel, channels * depthMultiplier],
        channels * depthMultiplier,
        seed % 2 === 0,
      ),
      bias: bias(random, channels * depthMultiplier),
    };
    const input = { shape: [...image, channels], quantization: quantization(random) };
    const output = { shape: [...out, channels * depthMultiplier], quantization: quantization(random) };
    kernels.add(compare(layerNet("depthwiseConv2d", attributes, [input], output), random, `seed ${seed}`));
  }
  for (const name of ["depthwise direct", "depthwise lines"])
    assert.ok(kernels.has(name), `${name} of ${[...kernels].join(", ")}`);
});

test("depthwiseConv2d in place", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(2000 + seed);
    const size = random.pick([1, 3, 5, 7]);
    const half = (size - 1) / 2;
    const padding = { top: half, bottom: half, left: half, right: half };
    const shape = [random.int(1, 12), random.int(1, 12), random.int(3, 9)];
    const attributes = {
      kernel: [size, size] as const,
      stride: [1, 1] as const,
      dilation: [1, 1] as const,
      padding,
      depthMultiplier: 1,
      activation: "relu" as const,
      weights: weights(random, [size, size, shape[2]], shape[2], false),
      bias: bias(random, shape[2]),
    };
    const net = layerNet("depthwiseConv2d", attributes, [{ shape, quantization: quantization(random) }], {
      shape,
      quantization: quantization(random),
    });
    compare(net, random, `seed ${seed}`);
  }
});

test("dense: one rounding, all row counts", () => {
  for (let seed = 0; seed < 80; seed++) {
    const random = new Random(3000 + seed);
    const [rows, depth, units] = [random.int(1, 3), random.int(1, 90), random.int(1, 19)];
    const perChannel = seed % 2 === 0;
    const attributes = {
      activation: random.pick(activations),
      weights: weights(random, [units, depth], perChannel ? units : 1, seed % 3 === 0),
      bias: bias(random, units),
    };
    const input = { shape: [rows, depth], quantization: quantization(random) };
    const output = { shape: [rows, units], quantization: quantization(random, random.pick([0.002, 0.1, 3])) };
    compare(layerNet("dense", attributes, [input], output), random, `seed ${seed}`);
  }
});

test("add, in place", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(4000 + seed);
    const shape = [random.int(1, 40)];
    const scale = () => random.pick([0.001, 0.02, 0.02, 0.5]);
    const inputs = [0, 1].map(() => ({ shape, quantization: quantization(random, scale()) }));
    const output = { shape, quantization: quantization(random, scale()) };
    compare(
      layerNet("add", { activation: random.pick(activations) }, inputs, output),
      random,
      `seed ${seed}`,
    );
  }
});

test("averagePool2d and maxPool2d", () => {
  for (let seed = 0; seed < 80; seed++) {
    const random = new Random(5000 + seed);
    const window = { ...windowOf(random, 5), dilation: [1, 1] as const };
    const { image, out } = imageOf(random, window as ReturnType<typeof windowOf>);
    const channels = random.int(1, 5);
    const same = quantization(random);
    const attributes = { ...window, activation: random.pick(activations) };
    const kind = random.pick(["averagePool2d", "maxPool2d"] as const);
    const net = layerNet(kind, attributes, [{ shape: [...image, channels], quantization: same }], {
      shape: [...out, channels],
      quantization: same,
    });
    compare(net, random, `${kind} seed ${seed}`);
  }
});

test("mean over any axes", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(6000 + seed);
    const shape = Array.from({ length: random.int(1, 4) }, () => random.int(1, 7));
    const axes = shape.map((_, i) => i).filter(() => random.next() < 0.6);
    if (axes.length === 0) axes.push(0);
    const kept = shape.filter((_, i) => !axes.includes(i));
    const net = layerNet(
      "mean",
      { axes, keepDimensions: false },
      [{ shape, quantization: quantization(random) }],
      { shape: kept, quantization: quantization(random) },
    );
    compare(net, random, `seed ${seed} ${shape} over ${axes}`);
  }
});

test("softmax", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(7000 + seed);
    const shape = [random.int(1, 3), random.int(1, 40)];
    const input = { shape, quantization: quantization(random, random.pick([0.001, 0.05, 0.2, 1])) };
    const output = { shape, quantization: { scale: 1 / 256, zeroPoint: -128 } };
    compare(layerNet("softmax", { beta: 1 }, [input], output), random, `seed ${seed}`);
  }
});

test("pad, transpose, relu, relu6, quantize", () => {
  for (let seed = 0; seed < 80; seed++) {
    const random = new Random(8000 + seed);
    const shape = Array.from({ length: random.int(1, 4) }, () => random.int(1, 6));
    const same = quantization(random);
    const input = { shape, quantization: same };
    const paddings = shape.map(() => [random.int(0, 2), random.int(0, 2)] as const);
    const padded = {
      shape: shape.map((size, i) => size + paddings[i][0] + paddings[i][1]),
      quantization: same,
    };
    compare(layerNet("pad", { paddings, value: 0 }, [input], padded), random, `pad seed ${seed}`);
    const permutation = shape.map((_, i) => i).sort(() => random.next() - 0.5);
    const moved = { shape: permutation.map((axis) => shape[axis]), quantization: same };
    compare(layerNet("transpose", { permutation }, [input], moved), random, `transpose seed ${seed}`);
    for (const kind of ["relu", "relu6", "quantize"] as const) {
      compare(
        layerNet(kind, {}, [input], { shape, quantization: quantization(random) }),
        random,
        `${kind} seed ${seed}`,
      );
    }
  }
});

test("quantize and dequantize floats", () => {
  const random = new Random(9000);
  const shape = [64];
  const net = layerNet("quantize", {}, [{ shape, dtype: "float32" }], {
    shape,
    quantization: quantization(random),
  });
  const floats = Float32Array.from({ length: 64 }, (_, i) =>
    i < 60 ? (random.next() - 0.5) * 30 : [NaN, 1e30, -1e30, Infinity][i - 60],
  );
  const finite = floats.map((one) => (Number.isNaN(one) ? 0 : one));
  const expected = evaluate(net, new Map([[0, finite]])).get(1)!;
  assert.equal([...prepare(lower(plan(net, { streaming: "off" }))).run([finite])[0]], [...expected]);
  const back = layerNet("dequantize", {}, [{ shape, quantization: quantization(random) }], {
    shape,
    dtype: "float32",
  });
  const bytes = random.int8(elements(shape));
  const reals = evaluate(back, new Map([[0, bytes]])).get(1)!;
  assert.equal([...prepare(lower(plan(back, { streaming: "off" }))).run([bytes])[0]], [...reals]);
});

test.run();
