/** Formulas of prices against the prices of code: a change to kernels or to the cost model that moves them asks for a new table. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { predict, readFormulas, writeFormulas } from "../../compiler/4-plan/prices/formulas.js";
import { Prices } from "../../compiler/4-plan/prices/index.js";
import { kernelsOf } from "../../compiler/4-plan/units.js";
import { estimate } from "../../compiler/5-lower/generate.js";
import { importTflite } from "../../compiler/import/index.js";
import { layers } from "../../scripts/fit-prices/layers.js";
import { samplesOf, type Sample } from "../../scripts/fit-prices/samples.js";
import { randomOf } from "../../scripts/random.js";

const HINT = "prices by formula are off: `npm run fit-prices` fits them to the kernels";

/** Layers of each sort that are priced; their code takes time. */
const LAYERS = 5;

test("formulas are near the prices of code, on random layers", () => {
  const errors: number[] = [];
  const flash: number[] = [];
  for (const draw of Object.values(layers)) {
    for (let index = 0; index < LAYERS; index++) {
      const random = randomOf(2, index);
      for (const sample of oneOfEach(samplesOf(draw(random), random))) {
        const predicted = predict(sample.work)!;
        const { cycles, codeBytes, constantBytes } = sample.price();
        errors.push(Math.abs(predicted.cycles / cycles - 1));
        flash.push(Math.abs((predicted.codeBytes + sample.work.constants) / (codeBytes + constantBytes) - 1));
      }
    }
  }
  assert.ok(errors.length > 40, `${errors.length} formulas`);
  assert.ok(quantile(errors, 0.5) < 0.03, `${HINT} (median ${quantile(errors, 0.5)})`);
  assert.ok(quantile(errors, 0.9) < 0.12, `${HINT} (tenth ${quantile(errors, 0.9)})`);
  assert.ok(quantile(flash, 0.5) < 0.05, `${HINT} (flash ${quantile(flash, 0.5)})`);
});

/** Kernels of one family are alike. */
function oneOfEach(samples: readonly Sample[]): Sample[] {
  const families = new Map(
    samples.filter(({ work }) => predict(work)).map((one) => [one.work.form.split(":")[0], one]),
  );
  return [...families.values()];
}

const quantile = (list: readonly number[], share: number): number =>
  [...list].sort((a, b) => a - b)[Math.floor(share * (list.length - 1))];

/** The first kernel of every operation, by its price and by its code. */
for (const name of ["mcunet_vww", "person_detect", "kws_ref_model"]) {
  const file = fileURLToPath(new URL(`../../../shared/models/${name}/model.tflite`, import.meta.url));
  if (!existsSync(file)) continue;
  test(`${name}: the sum of its layers' prices`, () => {
    const { net, tensors, origins } = importTflite(file);
    const checked = check(net, { file, tensors, origins, loadCalibration: false });
    const simplified = simplify(checked, { calibrate: false });
    const prices = new Prices(simplified);
    let [predicted, exact] = [0, 0];
    for (const operation of simplified.operations) {
      const [kernel] = kernelsOf(simplified, operation);
      if (!kernel) continue;
      const granted = { scratch: kernel.scratch(false).most, inPlace: false };
      predicted += prices.layer(kernel, [operation], granted).cycles;
      exact += estimate(kernel, granted).cycles;
    }
    assert.ok(Math.abs(predicted / exact - 1) < 0.04, `${HINT} (${predicted} for ${exact})`);
  });
}

test("the table is read as it is written", () => {
  const formulas = new Map([
    ["family: 3+1 odd", { cycles: [1, -2.5, 3e6], code: [0, 12.25] }],
    ["family: 4", { cycles: [7], code: [8] }],
    ["other family: 1x1", { cycles: [0.001], code: [1, 2] }],
  ]);
  assert.equal([...readFormulas(writeFormulas(formulas))], [...formulas]);
});

test.run();
