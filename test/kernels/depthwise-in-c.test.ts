/** Depthwise convolutions of small images as C, with each kernel: natively under sanitizers, on the M7 as asm and as C. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { arrange } from "../../compiler/4-plan/arrange.js";
import { kernelsOf, unitOf } from "../../compiler/4-plan/units.js";
import { lower } from "../../compiler/5-lower/index.js";
import { reportJson } from "../../compiler/7-report/index.js";
import { outputFiles } from "../../compiler/index.js";
import type { Operation, Simplified, Value } from "../../compiler/ir/graph.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import type { Callable } from "../../compiler/run/callable.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { bias, board, inputCases, Random, weights } from "./layers.js";

const CHANNELS = 92;

/** Kernel size, stride, padding at the top and left, and at the bottom and right. */
const layers = [
  [5, 1, 2, 2],
  [3, 1, 1, 1],
  [7, 2, 2, 3],
  [3, 1, 0, 2],
  [5, 2, 2, 1],
  [7, 1, 3, 3],
];

function chain(random: Random): Simplified {
  const quantized = (size: number, zeroPoint: number, index: number): Value => ({
    name: `v${index}`,
    shape: [size, size, CHANNELS],
    dtype: "int8",
    quantization: { scale: Math.fround(0.05), zeroPoint },
  });
  const values = [quantized(9, 127, 0)];
  const operations = layers.map(([size, stride, before, after], i) => {
    const activation = random.pick(["linear", "relu"] as const);
    const from = values[i].shape[0];
    const result = Math.floor((from + before + after - size) / stride) + 1;
    values.push(quantized(result, activation === "relu" ? -128 : random.int(-30, 30), i + 1));
    const attributes = {
      kernel: [size, size],
      stride: [stride, stride],
      padding: { top: before, left: before, bottom: after, right: after },
      dilation: [1, 1],
      depthMultiplier: 1,
      activation,
      weights: weights(random, [size, size, CHANNELS], CHANNELS, false),
      bias: bias(random, CHANNELS),
    };
    const operation = { kind: "depthwiseConv2d", name: `layer${i}`, inputs: [i], output: i + 1, attributes };
    return operation as unknown as Operation;
  });
  const outputs = [{ name: "y", value: layers.length }];
  return { name: "net", board, limits: [], nominal: false, values, operations, inputs: [0], outputs };
}

const names = [
  "depthwise lines",
  "depthwise lines, packed weights",
  "depthwise lines, borders",
  "depthwise lines, packed weights, borders",
];

names.forEach((name, seed) => {
  const random = new Random(31000 + seed);
  const net = chain(random);
  const kernels = net.operations.map((operation) => {
    const fitting = kernelsOf(net, operation);
    return fitting.find((one) => one.name === name) ?? fitting[0];
  });
  const lowered = lower(
    arrange(
      net,
      net.operations.map((operation, i) => unitOf(operation, kernels[i])),
    ),
  );
  const callable = reportJson(lowered) as unknown as Callable;
  const cases = inputCases(random, net.values[0].shape)
    .slice(0, 2)
    .map((one) => [one]);
  const expected = cases.map(([one]) => evaluate(net, new Map([[0, one]])).get(layers.length)!);

  test(`${name}: some layers have it`, () => {
    assert.ok(kernels.filter((one) => one.name === name).length >= 3);
  });
  (hasNativeCompiler() ? test : test.skip)(`${name}: natively, under sanitizers`, async () => {
    const flags = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    const results = await runNative(outputFiles(lowered), callable, cases, { flags });
    cases.forEach((_, c) => assert.equal(results[c], [expected[c]]));
  });
  (hasEmulator() ? test : test.skip)(`${name}: on the M7, as asm and as C`, async () => {
    for (const flags of seed === 0 ? [["-O2"], ["-O2", "-DTSC_MCU_NO_ASM"]] : [["-O2"]]) {
      const results = await runEmulated(outputFiles(lowered), callable, cases, { flags });
      cases.forEach((_, c) => assert.equal(results[c], [expected[c]], flags.join(" ")));
    }
  });
});

test.run();
