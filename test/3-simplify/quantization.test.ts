/** Post-training quantisation: ranges, weights, biases, and the trained keywords network as a whole. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { fileURLToPath } from "node:url";
import { read } from "../../compiler/1-read/index.js";
import { check } from "../../compiler/2-check/index.js";
import { Collector } from "../../compiler/3-simplify/histogram.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { methods } from "../../compiler/3-simplify/ranges.js";
import { quantizationFor, quantizeReals } from "../../compiler/ops/arithmetic/quantization.js";
import { readNpy } from "../../compiler/files/npy.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { compileProject, floats, samplesOf } from "../2-check/scratch-project.js";
import { randomNumbers } from "../ops/random.js";

test("zero is always exact, and the range covered", () => {
  const random = randomNumbers(1);
  for (let i = 0; i < 1000; i++) {
    const size = 10 ** (random() * 20 - 10);
    const [least, most] = [(random() - 0.7) * size, (random() + 0.1) * size];
    const { scale, zeroPoint } = quantizationFor([least, most]);
    assert.is(scale, Math.fround(scale));
    assert.ok(Number.isInteger(zeroPoint) && zeroPoint >= -128 && zeroPoint <= 127);
    assert.ok(scale * (-128 - zeroPoint) <= Math.min(least, 0) + scale * 0.51);
    assert.ok(scale * (127 - zeroPoint) >= Math.max(most, 0) - scale * 0.51);
  }
  assert.ok(quantizationFor([0, 0]).scale > 0);
});

test("min-max keeps the extremes, the others leave out what is rare", () => {
  const random = randomNumbers(2);
  const collector = new Collector();
  // 20000 values within 1, in batches of growing size, and one that is far away.
  for (let i = 0; i < 20; i++)
    collector.add(Float32Array.from({ length: 1000 }, () => ((random() * 2 - 1) * (i + 1)) / 20));
  collector.add(Float32Array.of(9));
  const histogram = collector.result();
  assert.is(
    histogram.counts.reduce((sum, count) => sum + count, 0),
    20001,
  );
  assert.is(methods["min-max"](histogram)[1], 9);
  assert.ok(Math.abs(methods.percentile(histogram)[1] - 1) < 0.02);
  const [least, most] = methods.mse(histogram);
  assert.ok(most < 9 && most > 1, `${most}`);
  assert.ok(Math.abs(least + 1) < 0.2, `${least}`);
});

/** One dense layer over samples of 1. */
function layer(weight: readonly number[], bias: readonly number[]) {
  const { operations, values, inputs } = compileProject({
    model: `export default network("net", { calibration: "./c.npy" }, () => dense(input("x", [2]), w.dense("fc")));`,
    tensors: [
      floats("fc.weight", [bias.length, 2], (i) => weight[i]),
      floats("fc.bias", [bias.length], (i) => bias[i]),
    ],
    samples: { "c.npy": samplesOf([4, 2], 1) },
  });
  const { weights, bias: integers } = operations[0].attributes as any;
  return {
    weights,
    bias: integers,
    input: values[inputs[0]].quantization!,
    output: values[operations[0].output].quantization!,
  };
}

test("weights use -127 to 127 in every output channel, biases their product with the input's scale", () => {
  const { weights, bias, input } = layer([0.5, -1, 0.002, 0.001], [0.25, -3]);
  assert.equal([...weights.data], [64, -127, 127, 64]);
  assert.equal(weights.scales, [Math.fround(1 / 127), Math.fround(Math.fround(0.002) / 127)]);
  assert.equal(
    [...bias.data],
    [
      Math.round(0.25 / (weights.scales[0] * input.scale)),
      Math.round(-3 / (weights.scales[1] * input.scale)),
    ],
  );
});

test("channels of zeros or next to nothing keep their bias", () => {
  const { weights, bias, input } = layer([0, 0, 1e-30, 0, 1, 1], [0.75, -2, 0]);
  for (const [channel, real] of [0.75, -2, 0].entries()) {
    assert.ok(weights.scales[channel] > 0);
    assert.ok(Math.abs(bias.data[channel]) <= 2 ** 28 * 1.0001);
    const error = Math.abs(bias.data[channel] * weights.scales[channel] * input.scale - real);
    assert.ok(error <= 0.01 * Math.abs(real), `${channel}: ${error}`);
  }
});

test("an output that is never anything but 0 has a scale too", () => {
  const { output } = layer([0, 0], [0]);
  assert.ok(output.scale > 0);
});

/** Clips of the test set that are run here (the demo runs all 500), and how many of them the float network gets right (test_logits.npy of the data). */
const clips = 60;
const floatRight = 52;

test("the keywords network: as many right as in float, within two clips of 60", () => {
  const at = (file: string) => fileURLToPath(new URL(`../../examples/keywords/${file}`, import.meta.url));
  const net = simplify(check(read(at("net.ts")), { file: at("net.ts"), loadCalibration: true }), {
    calibrate: true,
  });
  assert.is(net.nominal, false);
  assert.equal(
    net.operations.map(({ kind }) => kind),
    ["conv2d", ...Array(4).fill(["depthwiseConv2d", "conv2d"]).flat(), "mean", "dense", "softmax"],
  );
  const inputs = readNpy(at("test_inputs.npy")).data as Float32Array;
  const labels = readNpy(at("test_labels.npy")).data as Uint8Array;
  const [input] = net.inputs;
  let right = 0;
  for (let clip = 0; clip < clips; clip++) {
    const x = quantizeReals(inputs.subarray(clip * 490, (clip + 1) * 490), net.values[input].quantization!);
    const scores = evaluate(net, new Map([[input, x]])).get(net.outputs[0].value)!;
    if (scores.indexOf(Math.max(...scores)) === labels[clip]) right++;
  }
  assert.ok(Math.abs(right - floatRight) <= 2, `${right} right`);
});

test.run();
