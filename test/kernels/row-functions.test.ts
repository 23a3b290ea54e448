/** Row kernels of element-wise operators, pooling and means: what the reference computes, row by row. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { layerOf } from "../../compiler/4-plan/units.js";
import type { Quantization, Simplified } from "../../compiler/ir/graph.js";
import { elements } from "../../compiler/ir/graph.js";
import {
  differenceRows,
  maximumRows,
  minimumRows,
  preluRows,
  productRows,
  squareRows,
  sumRows,
} from "../../compiler/kernels/rows/binary.js";
import {
  changeSignRows,
  dequantizeRows,
  quantizeRows,
  tableRows,
} from "../../compiler/kernels/rows/element-wise.js";
import { averagePoolRows, maximumPoolRows } from "../../compiler/kernels/rows/pooling.js";
import { globalAverageRows, meanOfRows } from "../../compiler/kernels/rows/reduction.js";
import type { RowKernel } from "../../compiler/kernels/rows/row-kernel.js";
import type { OperatorKind } from "../../compiler/ops/index.js";
import { Random, layerNet, quantization, type LayerTensor } from "./layers.js";
import { comparison } from "./row-runs.js";

const all = (...kernels: readonly unknown[]) => kernels.flat() as unknown as readonly RowKernel[];
const { compare, used } = comparison();

const binary = {
  add: all(sumRows),
  subtract: all(differenceRows),
  multiply: all(productRows),
  maximum: all(maximumRows),
  minimum: all(minimumRows),
  squaredDifference: all(squareRows),
  prelu: all(preluRows),
};

/** With the operand `index` a constant of one value a channel. */
function withConstant(net: Simplified, index: number, random: Random): Simplified {
  const values = net.values.map((value, i) => {
    if (i !== index) return value;
    const data = random.int8(elements(value.shape));
    return { ...value, constant: { shape: value.shape, dtype: "int8" as const, data } };
  });
  return { ...net, values, inputs: net.inputs.filter((id) => id !== index) };
}

test("operators of two tensors", () => {
  for (const [kind, kernels] of Object.entries(binary)) {
    for (let seed = 0; seed < 24; seed++) {
      const random = new Random(50000 + seed);
      const shape = [random.int(1, 6), random.int(1, 9), random.pick([1, 2, 3, 4, 5, 8, 9, 12])];
      // Ties at every other sum: no plane goes through those.
      const ties = seed % 2 === 0 || undefined;
      const same = quantization(random);
      const isExtreme = kind === "maximum" || kind === "minimum";
      const own = (): Quantization =>
        isExtreme ? same : quantization(random, ties && 0.03 * random.pick([1, 2, 3, 4]));
      const isRepeated = random.next() < 0.4 || kind === "prelu";
      const index = kind === "prelu" ? 1 : random.int(0, 1);
      const inputs = [0, 1].map((i): LayerTensor => {
        const repeated = random.pick([[shape[2]], [1, 1, shape[2]]]);
        return { shape: isRepeated && i === index ? repeated : shape, quantization: own() };
      });
      const isLimited = ["add", "subtract", "multiply"].includes(kind);
      const attributes = isLimited ? { activation: random.pick(["linear", "linear", "relu"]) } : {};
      const plain = layerNet(kind as OperatorKind, attributes as never, inputs, {
        shape,
        quantization: own(),
      });
      const net = isRepeated ? withConstant(plain, index, random) : plain;
      assert.ok(
        kernels.some((one) => one.fits(layerOf(net, net.operations[0]))),
        `${kind} ${JSON.stringify(inputs)}`,
      );
      compare(net, kernels, random, `${kind}, seed ${seed}, ${shape.join("x")}`);
    }
  }
});

test("functions of one value, and other types", () => {
  for (let seed = 0; seed < 12; seed++) {
    const random = new Random(51000 + seed);
    const shape = [random.int(1, 6), random.int(1, 9), random.int(1, 9)];
    const [from, to] = [quantization(random), quantization(random)];
    const tensor = (dtype: LayerTensor["dtype"], of: Quantization | undefined = from): LayerTensor => ({
      shape,
      dtype,
      quantization: of,
    });
    const nets: readonly [Simplified, readonly RowKernel[]][] = [
      [layerNet("hardSwish", {}, [tensor("int8")], tensor("int8", to)), all(tableRows("hardSwish table"))],
      [layerNet("quantize", {}, [tensor("int8")], tensor("int8", to)), all(tableRows("requantize table"))],
      [layerNet("quantize", {}, [tensor("float32")], tensor("int8", to)), all(quantizeRows)],
      [layerNet("dequantize", {}, [tensor("int8")], tensor("float32")), all(dequantizeRows)],
      [
        layerNet(
          "quantize",
          {},
          [tensor("uint8", { ...from, zeroPoint: from.zeroPoint + 128 })],
          tensor("int8"),
        ),
        all(changeSignRows),
      ],
    ];
    nets.forEach(([net, kernels], i) => {
      assert.ok(kernels[0].fits(layerOf(net, net.operations[0])), kernels[0].name);
      compare(net, kernels, random, `${i}, seed ${seed}, ${shape.join("x")}`);
    });
  }
});

test("pooling", () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(52000 + seed);
    const kernel = [random.int(1, 6), random.int(1, 6)] as const;
    const stride = [random.int(1, kernel[0]), random.int(1, 4)] as const;
    const pad = (taps: number) => random.int(0, taps - 1);
    const padding = {
      top: pad(kernel[0]),
      bottom: pad(kernel[0]),
      left: pad(kernel[1]),
      right: pad(kernel[1]),
    };
    const image = [0, 1].map((axis) => kernel[axis] + random.int(0, 8));
    const channels = random.pick([1, 2, 3, 4, 5, 8, 9, 12]);
    const size = (axis: 0 | 1, around: number) =>
      Math.floor((image[axis] + around - kernel[axis]) / stride[axis]) + 1;
    const shape = [size(0, padding.top + padding.bottom), size(1, padding.left + padding.right), channels];
    const same = quantization(random);
    const attributes = {
      kernel,
      stride,
      padding,
      dilation: [1, 1] as const,
      activation: random.pick(["linear", "linear", "relu", "relu6"] as const),
    };
    const input = { shape: [...image, channels], quantization: same };
    for (const [kind, kernels] of [
      ["maxPool2d", all(maximumPoolRows)],
      ["averagePool2d", all(averagePoolRows)],
    ] as const) {
      const net = layerNet(kind, attributes, [input], { shape, quantization: same });
      assert.ok(kernels.some((one) => one.fits(layerOf(net, net.operations[0]))));
      compare(
        net,
        kernels,
        random,
        `${kind}, seed ${seed} ${JSON.stringify({ ...attributes, image, channels })}`,
      );
    }
  }
});

test("means over the image", () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(53000 + seed);
    const image = [random.int(1, 9), random.pick([1, 2, 5, 8, 17, 300])] as const;
    const channels = random.int(1, 20);
    const input = { shape: [...image, channels], quantization: quantization(random) };
    const padding = { top: random.int(0, 2), bottom: 0, left: 0, right: 0 };
    const attributes = {
      kernel: [image[0] + padding.top, image[1]] as const,
      stride: [1, 1] as const,
      dilation: [1, 1] as const,
      padding,
      activation: "linear" as const,
    };
    const shape = [1, 1, channels];
    const pool = layerNet("averagePool2d", attributes, [input], { shape, quantization: input.quantization });
    compare(pool, all(globalAverageRows), random, `average pool, seed ${seed} ${input.shape.join("x")}`);
    const keepDimensions = random.next() < 0.5;
    const reduced = { shape: keepDimensions ? shape : [channels], quantization: quantization(random) };
    const mean = layerNet("mean", { axes: [0, 1], keepDimensions }, [input], reduced);
    compare(mean, all(meanOfRows), random, `mean, seed ${seed} ${input.shape.join("x")}`);
  }
});

test("all kernels were compared", () => {
  const kernels = [
    ...Object.values(binary).flat(),
    ...all(maximumPoolRows, averagePoolRows),
    ...all(globalAverageRows, meanOfRows),
  ];
  assert.equal(
    kernels.map(({ name }) => name).filter((name) => !used.has(name)),
    [],
  );
});

test.run();
