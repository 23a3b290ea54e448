/** Evaluation by prices agrees with the code of the plan, whichever networks were evaluated before. */

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { arenaBytes } from "../../compiler/ir/plan.js";
import { evaluate } from "../../compiler/4-plan/index.js";
import { lower } from "../../compiler/5-lower/index.js";
import { importTflite } from "../../compiler/import/index.js";
import type { Simplified } from "../../compiler/ir/graph.js";

/** How far predicted cycles may be off those of the code, as a part; large windows are priced more coarsely. */
const models = {
  kws_ref_model: 0.06,
  ad01_int8: 0.06,
  vww_96_int8: 0.06,
  micro_speech_quantized: 0.2,
  pretrainedResnet_quant: 0.06,
};

function load(model: string): Simplified {
  const file = fileURLToPath(new URL(`../../../shared/models/${model}/model.tflite`, import.meta.url));
  const { net, tensors, origins } = importTflite(file);
  const options = { file, tensors, origins, board: "nucleo-h743zi", loadCalibration: false };
  return simplify(check(net, options), { calibrate: false });
}

const near = (value: number, expected: number, part: number, what: string) =>
  assert.ok(Math.abs(value / expected - 1) < part, `${what}: ${value}, and ${expected} by the code`);

for (const [model, part] of Object.entries(models)) {
  test(`${model}: prices and code agree`, () => {
    const { planned, sram, cycles, flash } = evaluate(load(model));
    const { totals } = lower(planned);
    assert.is(sram, arenaBytes(planned));
    near(cycles, totals.coreCycles, part, "cycles");
    near(flash, totals.constantBytes + totals.codeBytes, 0.3, "flash");
  });

  test(`${model}: the same again`, () => {
    const [first, second] = [evaluate(load(model)), evaluate(load(model))];
    assert.is(second.cycles, first.cycles);
    assert.is(second.sram, first.sram);
    assert.is(second.flash, first.flash);
  });
}

test("a plan has the numbers of its own network, and not those of one with its shapes", () => {
  const [net, other] = [load("kws_ref_model"), load("kws_ref_model")];
  evaluate(other);
  const own = new Set(net.operations);
  for (const { operations } of evaluate(net).planned.steps)
    for (const one of operations) assert.ok(own.has(one));
});

test.run();
