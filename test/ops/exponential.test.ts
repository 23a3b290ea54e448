import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  exponential,
  exponentials,
  reciprocalOfOnePlus,
  scaleByReciprocal,
  shareOf,
  softmaxParameters,
} from "../../compiler/ops/arithmetic/exponential.js";

test("the fixed-point exponential is near the real one, and falls", () => {
  let last = Infinity;
  for (let a = 0; a > -(2 ** 31); a -= 9_999_991) {
    const result = exponential(a);
    assert.ok(Math.abs(result / 2 ** 31 - Math.exp(a / 2 ** 26)) < 2e-7, `exp(${a / 2 ** 26})`);
    assert.ok(result <= last + 64);
    last = result;
  }
});

test("the reciprocal is near the real one", () => {
  for (let x = 0; x < 2 ** 31; x += 19_999_999) {
    assert.ok(Math.abs(reciprocalOfOnePlus(x) / 2 ** 31 - 1 / (1 + x / 2 ** 31)) < 1e-7);
  }
});

test("the table of exponentials ends where the five bits of the difference do", () => {
  const table = exponentials({ scale: 0.5, zeroPoint: 3 }, 1);
  const { least } = softmaxParameters({ scale: 0.5, zeroPoint: 3 }, 1);
  assert.is(least, -31);
  assert.is(table[0], 2 ** 31 - 1);
  assert.ok(table[1] > 0);
  assert.ok(table[31] > 0);
  assert.is(table[32], 0);
  assert.is(exponentials({ scale: 0.001, zeroPoint: 0 }, 1).length, 256);
});

test("equal logits share the probability", () => {
  for (const count of [1, 2, 3, 10, 256, 4095]) {
    const [power] = exponentials({ scale: 0.1, zeroPoint: 0 }, 1);
    const result = scaleByReciprocal(count * shareOf(power))(power);
    assert.ok(Math.abs((result + 128) / 256 - Math.min(1 / count, 255 / 256)) <= 1 / 512 + 1e-9, `${count}`);
  }
});

test.run();
