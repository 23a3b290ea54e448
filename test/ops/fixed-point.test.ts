import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAway,
  roundingDivideByPowerOfTwo,
  roundingDoublingHighMultiply,
} from "../../compiler/ops/arithmetic/fixed-point.js";
import { meanMultiplier } from "../../compiler/ops/arithmetic/mean-multiplier.js";
import { sumMultipliers } from "../../compiler/ops/arithmetic/sum.js";
import { randomNumbers } from "./random.js";

const random = randomNumbers(1);
const int32 = () => Math.floor(random() * 2 ** 32) - 2 ** 31;
const small = () => Math.floor(random() * 2 ** 17) - 2 ** 16;

const edges = [
  0,
  1,
  -1,
  2,
  -2,
  0x7fff,
  0x8000,
  0xffff,
  0x10000,
  -0x8000,
  -0x10000,
  2 ** 30,
  -(2 ** 30),
  2 ** 30 - 1,
  1 - 2 ** 30,
  2 ** 31 - 1,
  1 - 2 ** 31,
  -(2 ** 31),
];

/** gemmlowp's own definition, in 64 bits. */
function highMultiply(a: number, b: number): number {
  if (a === -(2 ** 31) && b === a) return 2 ** 31 - 1;
  const product = BigInt(a) * BigInt(b);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return Number((product + nudge) / (1n << 31n));
}

test("the doubling high multiplication is exact on edges and at random", () => {
  for (const a of edges)
    for (const b of edges) assert.is(roundingDoublingHighMultiply(a, b) + 0, highMultiply(a, b));
  for (let i = 0; i < 20_000; i++) {
    const a = i % 3 === 0 ? small() : int32();
    const b = i % 2 === 0 ? int32() : Math.floor((1 + random()) * 2 ** 30);
    assert.is(roundingDoublingHighMultiply(a, b) + 0, highMultiply(a, b), `${a} * ${b}`);
  }
});

test("a tie of the doubling high multiplication rounds up", () => {
  assert.is(roundingDoublingHighMultiply(1, 2 ** 30), 1);
  assert.is(roundingDoublingHighMultiply(-1, 2 ** 30) + 0, 0);
  assert.is(roundingDoublingHighMultiply(-3, 2 ** 30), -1);
});

test("division by a power of two rounds halves away from zero, for all 32 exponents", () => {
  for (let exponent = 0; exponent <= 31; exponent++) {
    const values = [...edges, ...Array.from({ length: 200 }, int32)];
    for (const x of values) {
      assert.is(
        roundingDivideByPowerOfTwo(x, exponent),
        roundHalfAway(x / 2 ** exponent) | 0,
        `${x} / 2^${exponent}`,
      );
    }
  }
});

test("a multiplier stands for its real factor to 31 bits", () => {
  for (let i = 0; i < 5000; i++) {
    const real = 2 ** (random() * 60 - 31);
    const { multiplier, shift } = quantizeMultiplier(real);
    assert.ok(multiplier >= 2 ** 30 && multiplier < 2 ** 31);
    assert.ok(Math.abs((multiplier / 2 ** 31) * 2 ** shift - real) <= real * 2 ** -31);
  }
});

test("multipliers at the ends", () => {
  assert.equal(quantizeMultiplier(0), { multiplier: 0, shift: 0 });
  assert.equal(quantizeMultiplier(1), { multiplier: 2 ** 30, shift: 1 });
  assert.equal(quantizeMultiplier(0.5), { multiplier: 2 ** 30, shift: 0 });
  assert.equal(quantizeMultiplier(1 - 2 ** -40), { multiplier: 2 ** 30, shift: 1 });
  assert.equal(quantizeMultiplier(2 ** -32), { multiplier: 2 ** 30, shift: -31 });
  assert.equal(quantizeMultiplier(2 ** -33), { multiplier: 0, shift: 0 });
  assert.equal(quantizeMultiplier(1e-300), { multiplier: 0, shift: 0 });
  for (const bad of [NaN, -1, Infinity]) assert.throws(() => quantizeMultiplier(bad), /no multiplier/);
});

test("multiplying by a multiplier is within one of the real product", () => {
  for (let i = 0; i < 5000; i++) {
    const real = 2 ** (random() * 34 - 31);
    const x = Math.floor(random() * 2 ** 20) - 2 ** 19;
    assert.ok(
      Math.abs(multiplyByQuantizedMultiplier(x, quantizeMultiplier(real)) - x * real) <= 1,
      `${x} * ${real}`,
    );
  }
});

test("rounding halves away from zero is C's round", () => {
  const cases = [
    [0.5, 1],
    [-0.5, -1],
    [1.5, 2],
    [2.5, 3],
    [-2.5, -3],
    [0.49999999999999994, 0],
    [2 ** 52 + 1, 2 ** 52 + 1],
    [-0.4, 0],
  ];
  for (const [x, rounded] of cases) assert.is(roundHalfAway(x) + 0, rounded);
});

test("the mean's multiplier has the count folded in", () => {
  for (const count of [1, 2, 3, 25, 49, 256, 25_600]) {
    for (const [from, to] of [
      [0.1, 0.1],
      [0.02, 0.5],
      [3, 0.01],
    ]) {
      const { multiplier, shift } = meanMultiplier(
        { scale: from, zeroPoint: 0 },
        { scale: to, zeroPoint: 0 },
        count,
      );
      const real = from / to / count;
      assert.ok(
        Math.abs((multiplier / 2 ** 31) * 2 ** shift - real) < real * 2 ** -22,
        `${from} / ${to} / ${count}`,
      );
      assert.ok(multiplier < 2 ** 31);
    }
  }
});

test("the sum's multipliers keep their sum within 2^28", () => {
  const quantization = (scale: number) => ({ scale, zeroPoint: 0 });
  const { left, right, output } = sumMultipliers(quantization(0.25), quantization(0.125), quantization(0.5));
  assert.equal(left, { multiplier: 2 ** 30, shift: 0 });
  assert.equal(right, { multiplier: 2 ** 30, shift: -1 });
  assert.equal(output, { multiplier: 2 ** 30, shift: -19 });
});

test.run();
