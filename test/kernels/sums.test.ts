/** Sums of one shape, linear and by tables: every pair of values of random quantisations, odd counts, in place, fused activations. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { kernelsOf } from "../../compiler/4-plan/units.js";
import { generate } from "../../compiler/5-lower/generate.js";
import { lower } from "../../compiler/5-lower/index.js";
import { encoded } from "../../compiler/ir/encoding.js";
import type { Activation, Quantization } from "../../dsl/tensor.js";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { prepare } from "../../compiler/run/javascript.js";
import { layerNet, Random } from "./layers.js";

type Sum = "add" | "subtract";

const every = (of: (i: number) => number) => Int8Array.from({ length: 65536 }, (_, i) => of(i) - 128);
const [left, right] = [every((i) => i >> 8), every((i) => i & 255)];

function sumNet(
  kind: Sum,
  from: readonly Quantization[],
  to: Quantization,
  count: number,
  activation: Activation,
) {
  const inputs = from.map((quantization) => ({ shape: [count], quantization }));
  return layerNet(kind, { activation }, inputs, { shape: [count], quantization: to });
}

/** All pairs; the name of the kernel. */
function compareAll(
  kind: Sum,
  from: readonly Quantization[],
  to: Quantization,
  activation: Activation,
): string {
  const net = sumNet(kind, from, to, 65536, activation);
  const lowered = lower(plan(net, { streaming: "off" }));
  const [actual] = prepare(lowered).run([left, right]);
  const expected = evaluate(
    net,
    new Map([
      [0, left],
      [1, right],
    ]),
  ).get(2)!;
  const wrong = actual.findIndex((one, i) => one !== expected[i]);
  assert.is(wrong, -1, `${kind} ${JSON.stringify([from, to])} ${activation} at ${wrong}`);
  return lowered.lowered[0].step.kernel.name;
}

function randomScale(random: Random): number {
  return Math.fround(0.01 * 2 ** (random.next() * 4));
}

for (const kind of ["add", "subtract"] as const) {
  test(`${kind}: all pairs of int8, random quantisations`, () => {
    let linear = 0;
    for (let seed = 0; seed < 16; seed++) {
      const random = new Random(100 + seed);
      const own = () => ({
        scale: randomScale(random),
        zeroPoint: random.pick([-128, 127, 0, random.int(-128, 127)]),
      });
      const name = compareAll(kind, [own(), own()], own(), "linear");
      if (name === `${kind} linear`) linear++;
    }
    assert.ok(linear >= 14, `${linear} of 16 by the linear kernel`);
  });

  test(`${kind}: scales that make ties`, () => {
    for (let seed = 0; seed < 6; seed++) {
      const random = new Random(200 + seed);
      const scale = randomScale(random);
      const zero = () => random.int(-128, 127);
      const scales = [
        [1, 1, 2],
        [1, 2, 2],
        [2, 1, 1],
        [1, 1, 4],
        [1, 1.37, 2],
        [3, 1, 2],
      ][seed].map((one) => Math.fround(one * scale));
      const [a, b, to] = scales.map((one) => ({ scale: one, zeroPoint: zero() }));
      assert.match(compareAll(kind, [a, b], to, "linear"), /linear|tables/);
    }
  });
}

test("fused activations: saturation does it where it can, the general kernel elsewhere", () => {
  const quantization = (zeroPoint: number) => ({ scale: Math.fround(0.0471), zeroPoint });
  const inputs = [
    { scale: Math.fround(0.031), zeroPoint: 4 },
    { scale: Math.fround(0.052), zeroPoint: -20 },
  ];
  assert.is(compareAll("add", inputs, quantization(-128), "relu"), "add linear");
  assert.is(compareAll("add", inputs, quantization(-100), "relu"), "add");
  const whole = { scale: Math.fround(6 / 255), zeroPoint: -128 };
  assert.match(compareAll("add", inputs, whole, "relu6"), /linear|tables/);
  assert.is(compareAll("subtract", inputs, quantization(3), "reluN1To1"), "subtract");
});

test("every count, and in place", () => {
  const random = new Random(7);
  let inPlace = 0;
  for (let count = 8; count < 42; count++) {
    const own = () => ({ scale: randomScale(random), zeroPoint: random.int(-128, 127) });
    const [a, b, to] = [own(), own(), own()];
    const single = sumNet("add", [a, b], to, count, "linear");
    // A second layer, so that the first one's input is nobody else's.
    const net = {
      ...single,
      values: [
        { ...single.values[0], name: "x", quantization: a },
        { ...single.values[0], name: "r", quantization: a },
        { ...single.values[1], quantization: b },
        single.values[2],
      ],
      operations: [
        { kind: "relu", name: "relu", inputs: [0], output: 1, attributes: {} } as const,
        { ...single.operations[0], inputs: [1, 2], output: 3 },
      ],
      inputs: [0, 2],
      outputs: [{ name: "y", value: 3 }],
    };
    const lowered = lower(plan(net, { streaming: "off" }));
    if (lowered.lowered[1].step.inPlace) inPlace++;
    const data = [random.int8(count), random.int8(count)];
    const expected = evaluate(
      net,
      new Map([
        [0, data[0]],
        [2, data[1]],
      ]),
    ).get(3)!;
    assert.equal([...prepare(lowered).run(data)[0]], [...expected], `${count} values`);
  }
  assert.ok(inPlace > 30);
});

test("biased operands and results are the same values, encoded", () => {
  const random = new Random(9);
  const [a, b, to] = [0.031, 0.052, 0.0471].map((scale) => ({
    scale: Math.fround(scale),
    zeroPoint: random.int(-128, 127),
  }));
  const shape = [3, 1, 12];
  const own = (quantization: Quantization) => ({ shape, quantization });
  const net = layerNet("add", { activation: "linear" }, [own(a), own(b)], own(to));
  const [data, other] = [random.int8(36), random.int8(36)];
  const expected = evaluate(
    net,
    new Map([
      [0, data],
      [1, other],
    ]),
  ).get(2) as Int8Array;
  const kernel = kernelsOf(net, net.operations[0]).find(({ name }) => name === "add linear")!;
  for (const biased of [[], [0], [2], [0, 2]]) {
    const { code } = generate(kernel, { scratch: 0, inPlace: false, biased: new Set(biased) });
    const lowered = lower(plan(net, { streaming: "off" }));
    const [step] = lowered.lowered;
    const { run } = prepare({ ...lowered, lowered: [{ ...step, code }] });
    const encode = (id: number, values: Int8Array) =>
      encoded(values, net.values[id], biased.includes(id) ? "biased" : "plain");
    assert.equal([...run([encode(0, data), other])[0]], [...encode(2, expected)], `biased ${biased}`);
  }
});

test.run();
