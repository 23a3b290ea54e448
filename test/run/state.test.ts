/** State from run to run: the emitted reset and run against the loops here, as consecutive calls and with a reset for each. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { emit } from "../../compiler/6-emit/index.js";
import { reportJson } from "../../compiler/7-report/index.js";
import type { Callable } from "../../compiler/run/callable.js";
import { driverSource } from "../../compiler/run/driver.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { bias, layerNet, Random, weights } from "../kernels/layers.js";

const random = new Random(1);
const quantization = { scale: 0.05, zeroPoint: -7 };
const attributes = {
  inputWeights: weights(random, [12, 5], 12, false),
  recurrentWeights: weights(random, [12, 3], 12, false),
  bias: bias(random, 12),
  cellExponent: -12,
  cellLimit: 2 ** 15 - 1,
};
const net = lower(
  plan(
    layerNet("lstm", attributes, [{ shape: [2, 5], quantization }], {
      shape: [2, 3],
      quantization: { scale: 1 / 128, zeroPoint: 4 },
    }),
  ),
);
const cases = Array.from({ length: 5 }, () => [random.int8(10)]);

test("the report names the reset, and the driver calls it", () => {
  const callable = reportJson(net) as Callable;
  assert.is(callable.reset, "net_reset");
  const calls = (resetsEachCase: boolean) =>
    driverSource(callable, 5, resetsEachCase).split("net_reset(&driver_arena0);").length - 1;
  assert.equal([calls(false), calls(true)], [1, 2]);
});

const withCompiler = hasNativeCompiler() ? test : test.skip;

withCompiler("the C keeps and resets the same state", async () => {
  for (const resetsEachCase of [false, true]) {
    const { run, reset } = prepare(net);
    const expected = cases.map((one) => {
      if (resetsEachCase) reset();
      return run(one);
    });
    const flags = ["-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all"];
    const found = await runNative(emit(net), reportJson(net) as Callable, cases, { resetsEachCase, flags });
    assert.equal(found, expected);
  }
});

test("state makes a difference", () => {
  const { run, reset } = prepare(net);
  const [first] = run(cases[0]);
  assert.not.equal(run(cases[0])[0], first);
  reset();
  assert.equal(run(cases[0])[0], first);
});

test.run();
