/** The fixed-point and special functions behind log softmax, L2 normalisation, 1 / sqrt and GELU, against the real ones. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { complementaryError } from "../../compiler/ops/arithmetic/error-function.js";
import { inverseSquareRoot } from "../../compiler/ops/arithmetic/inverse-square-root.js";
import { logarithm } from "../../compiler/ops/arithmetic/logarithm.js";

test("the logarithm of a sum", () => {
  for (let x = 2 ** 19; x < 2 ** 31; x = Math.ceil(x * 1.0007)) {
    const found = logarithm(x) / 2 ** 26;
    assert.ok(Math.abs(found - Math.log(x / 2 ** 19)) < 2e-7, `log(${x / 2 ** 19}) is ${found}`);
  }
  assert.ok(Math.abs(logarithm(2 ** 31 - 1) / 2 ** 26 - Math.log(4096)) < 2e-7);
});

test("1 / sqrt as multiplier and shift", () => {
  for (let x = 1; x < 2 ** 31; x = Math.ceil(x * 1.003)) {
    const { multiplier, shift } = inverseSquareRoot(x);
    assert.ok(shift <= 0 && multiplier > 0 && multiplier < 2 ** 31);
    const found = (multiplier / 2 ** 31) * 2 ** shift;
    assert.ok(Math.abs(found * Math.sqrt(x) - 1) < 2e-6, `1 / sqrt(${x}) is ${found}`);
  }
  assert.equal(inverseSquareRoot(0), inverseSquareRoot(1));
});

// From the tables of Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1 and 7.3, and by multiple precision.
const errors = [
  [0, 1],
  [0.5, 0.479500122186953],
  [1, 0.157299207050285],
  [2, 0.00467773498104727],
  [2.5, 0.000406952017444959],
  [3, 2.20904969985854e-5],
  [5, 1.53745979442803e-12],
  [-1, 1.84270079294971],
] as const;

test("the complementary error function", () => {
  for (const [x, expected] of errors) {
    const found = complementaryError(x);
    assert.ok(Math.abs(found / expected - 1) < 1e-13, `erfc(${x}) is ${found}`);
  }
  // Both ways to compute it meet.
  assert.ok(Math.abs(complementaryError(2.4999999999) / complementaryError(2.5) - 1) < 1e-8);
  assert.is(complementaryError(30), 0);
});

test.run();
