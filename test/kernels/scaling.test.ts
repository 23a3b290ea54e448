/** Requantisation of products: every form against TFLite's arithmetic, at every step between results and in between. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Block, Pointer, type KernelFunction } from "../../compiler/ir/loop.js";
import { biasOf } from "../../compiler/kernels/scaling/affine.js";
import { scalingOf, type Scaling } from "../../compiler/kernels/scaling/scaling.js";
import {
  leastFor,
  oneRoundingScale,
  staircaseOf,
  twoRoundingScale,
  type ChannelScale,
} from "../../compiler/kernels/scaling/steps.js";
import type { OutputRange } from "../../compiler/kernels/requantization.js";
import { clamp, multiplyByQuantizedMultiplier } from "../../compiler/ops/arithmetic/fixed-point.js";
import { compileFunction } from "../../compiler/run/javascript.js";
import { Random } from "./layers.js";

const COUNT = 512;

/** Runs `results` on many sums of one channel, loaded from memory. */
function runner(scaling: Scaling, channel: number, biased: boolean) {
  const [x, y] = [new Pointer("x", "int32", false), new Pointer("y", "int8", true)];
  const block = new Block();
  block.for("i", 0, COUNT, 1, (i, body) => {
    const sum = body.variable("sum", x.at(i));
    const shared = scaling.share(body, biased);
    const words = scaling.constants(channel).map((one, k) => body.let(`word${k}`, one));
    scaling.results(
      body,
      "",
      shared,
      (k) => words[k],
      [sum],
      (_, result) => body.store(y, i, result),
    );
  });
  const code: KernelFunction = { parameters: [x, y], constants: [], body: block.statements, notes: [] };
  const buffer = new ArrayBuffer(COUNT * 8);
  const memory = { int8: new Int8Array(buffer), view: new DataView(buffer) };
  const call = compileFunction(code, new Map(), memory);
  return (sums: Int32Array): Int8Array => {
    new Int32Array(buffer, 0, COUNT).set(sums);
    call(0, COUNT * 4);
    return memory.int8.slice(COUNT * 4, COUNT * 4 + sums.length);
  };
}

/** Accumulators around every step, at both ends, and random ones. */
function interesting(random: Random, channel: ChannelScale, range: OutputRange): number[] {
  const { low, high } = channel;
  const near = staircaseOf(channel, range).steps.flatMap(({ first }) => [first - 1, first]);
  const ends = [low, low + 1, 0, -1, 1, high - 1, high];
  const others = Array.from({ length: 200 }, () => random.int(low, high));
  return [...near, ...ends, ...others].filter((one) => one >= low && one <= high);
}

function check(
  random: Random,
  channels: readonly ChannelScale[],
  range: OutputRange,
  factor: 1 | 256,
  what: string,
): string | undefined {
  const offsets = channels.map(() => random.int(-3000, 3000) * (factor === 256 ? 127 : 128));
  const starts = channels.map(({ low, high }) => random.int(low >> 1, high >> 1));
  const scaling = scalingOf(channels, range, { factor, offsets, starts });
  if (!scaling) return undefined;
  channels.forEach((channel, c) => {
    const run = [false, true].map((biased) => runner(scaling, c, biased));
    const all = interesting(random, channel, range);
    for (let at = 0; at < all.length; at += COUNT) {
      const some = all.slice(at, at + COUNT);
      const sums = Int32Array.from(some, (acc) => factor * (acc - starts[c]) + offsets[c]);
      const expected = some.map((acc) => clamp(channel.result(acc) + range.zeroPoint, range.min, range.max));
      assert.equal([...run[0](sums)], expected, `${what}, channel ${c}, ${scaling.form}`);
      assert.equal(
        [...run[1](sums)],
        expected.map((one) => (((one + 256) << 24) >> 24) ^ -128),
        `${what}, biased`,
      );
    }
  });
  return scaling.form;
}

/** Zero points and limits: those of ReLU, of linear layers, and others. */
function rangeOf(random: Random): OutputRange {
  const zeroPoint = random.pick([-128, -128, 127, 0, random.int(-128, 127)]);
  const kind = random.int(0, 3);
  if (kind === 0) return { zeroPoint, min: zeroPoint, max: 127 };
  if (kind === 1) return { zeroPoint, min: zeroPoint, max: Math.min(127, zeroPoint + random.int(1, 200)) };
  return { zeroPoint, min: -128, max: 127 };
}

function bounds(random: Random, factor: 1 | 256): readonly [number, number] {
  const most = 2 ** random.int(8, factor === 256 ? 21 : 26);
  return [-random.int(0, most), random.int(0, most)];
}

test("two roundings: all forms, all kinds of shifts and limits", () => {
  const forms = new Set<string>();
  for (let seed = 0; seed < 300; seed++) {
    const random = new Random(seed);
    const factor = random.pick([1, 256] as const);
    const range = rangeOf(random);
    const [base, span] = [random.int(1, 14), random.pick([0, 0, 1, 4, 12])];
    const channels = Array.from({ length: random.int(1, 4) }, () => {
      const multiplier = random.pick([2 ** 30, 2 ** 31 - 1, random.int(2 ** 30, 2 ** 31 - 1)]);
      const [low, high] = bounds(random, factor);
      return twoRoundingScale(low, high, { multiplier, shift: -base - random.int(0, span) })!;
    });
    forms.add(check(random, channels, range, factor, `seed ${seed}`) ?? "none");
  }
  for (const form of ["affine", "affine with powers", "shifts", "shifts, signed", "one shift, signed"])
    assert.ok(forms.has(form), `${form} did not occur: ${[...forms]}`);
});

test("one rounding: what the affine form takes is exact", () => {
  const forms = new Set<string>();
  for (let seed = 0; seed < 150; seed++) {
    const random = new Random(5000 + seed);
    const factor = random.pick([1, 256] as const);
    const [low, high] = bounds(random, factor);
    const scale = random.pick([2 ** -7, 2 ** -random.int(3, 12) * (1 + random.next())]);
    const channel = oneRoundingScale(low, high, scale)!;
    forms.add(check(random, [channel], rangeOf(random), factor, `seed ${seed}`) ?? "none");
  }
  assert.ok(forms.has("affine"));
});

test("left shifts that may wrap, and sums beyond int32, have no form", () => {
  assert.is(twoRoundingScale(-(2 ** 28), 2 ** 28, { multiplier: 2 ** 30, shift: 4 }), undefined);
  assert.is(oneRoundingScale(-(2 ** 31) - 1, 0, 0.001), undefined);
});

test("a bias that fits all steps is found, or there is none", () => {
  const random = new Random(77);
  let [found, missing] = [0, 0];
  for (let i = 0; i < 400; i++) {
    const multiplier = random.int(2 ** 30, 2 ** 31 - 1);
    const channel = twoRoundingScale(-4000, 4000, { multiplier, shift: -4 })!;
    const range = { zeroPoint: -128, min: -128, max: 127 };
    const [power, shift] = [2 ** random.int(0, 6), 3];
    const slope = Math.round((channel.factor * 2 ** (32 + shift)) / power);
    if (slope >= 2 ** 31) continue;
    const stairs = staircaseOf(channel, range);
    const constant = -255 * 2 ** (shift - 1);
    const gives = (bias: number) => (acc: number) => {
      const high = Number((BigInt(power * acc + bias) * BigInt(slope)) >> 32n);
      return clamp((high + constant) >> shift, -128, 127);
    };
    const exact = (bias: number) =>
      stairs.steps.every(({ steps, first }) =>
        [first - 1, first].every((acc) => acc < -4000 || gives(bias)(acc) >= steps - 128 === acc >= first),
      );
    const bias = biasOf(channel, stairs, range, power, slope, shift);
    if (bias === undefined) {
      missing++;
      for (let other = -3 * power; other <= 3 * power; other++)
        assert.not.ok(exact(other), `${i}: ${other} fits`);
    } else {
      found++;
      assert.ok(exact(bias), `${i}`);
    }
  }
  assert.ok(found > 20 && missing > 20, `${found} found, ${missing} missing`);
});

test("the first accumulator of a step by division is the one that the reference steps at", () => {
  const random = new Random(7);
  for (let i = 0; i < 20000; i++) {
    const multiplier = { multiplier: random.int(2 ** 30, 2 ** 31 - 1025), shift: -random.int(0, 22) };
    const steps = random.int(-260, 260);
    const first = leastFor(steps, multiplier);
    if (Math.abs(first) >= 2 ** 31 - 1) continue;
    assert.ok(multiplyByQuantizedMultiplier(first, multiplier) >= steps);
    assert.ok(multiplyByQuantizedMultiplier(first - 1, multiplier) < steps);
  }
});

test.run();
