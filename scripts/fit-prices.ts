/**
 * `npm run fit-prices`: fits the formulas of 4-plan/prices to the prices of code, over random layers, and writes
 * compiler/4-plan/prices/table.ts. To be run again after changes to kernels or to the cost model.
 */

import { writeFileSync } from "node:fs";
import { predict, writeFormulas, type Formula } from "../compiler/4-plan/prices/formulas.js";
import type { Estimate } from "../compiler/5-lower/generate.js";
import type { Work } from "../compiler/kernels/work.js";
import { fitRelative } from "./fit-prices/least-squares.js";
import { layers } from "./fit-prices/layers.js";
import { samplesOf } from "./fit-prices/samples.js";
import { randomOf } from "./random.js";

interface Priced {
  readonly work: Work;
  readonly price: Estimate;
}

/** Samples of a form: so many for each of its coefficients, and some more to judge by. */
const PER_COEFFICIENT = 2.5;
const MORE = 12;
/** Formulas of which a tenth of the layers is farther off are left out: code says better. */
const MOST_ERROR = 0.12;
/** Layers of each sort that are drawn at most. */
const MOST_LAYERS = Number(process.argv[2] ?? 120);
/** More of those that have many forms. */
const MORE_LAYERS: Readonly<Record<string, number>> = {
  pointwise: 10,
  convolution: 4,
  depthwise: 12,
  dense: 3,
};
const only = process.argv[3];

const byForm = new Map<string, Priced[]>();
for (const [sort, draw] of Object.entries(layers)) {
  if (only && !sort.includes(only)) continue;
  let priced = 0;
  const start = performance.now();
  for (let index = 0; index < MOST_LAYERS * (MORE_LAYERS[sort] ?? 1); index++) {
    const random = randomOf(1, index);
    for (const { work, price } of samplesOf(draw(random), random)) {
      const known = byForm.get(work.form) ?? [];
      byForm.set(work.form, known);
      if (known.length >= PER_COEFFICIENT * work.counts.length + MORE) continue;
      known.push({ work, price: price() });
      priced++;
    }
  }
  console.log(`${sort}: ${priced} prices, ${Math.round(performance.now() - start)} ms`);
}

const formulas = new Map<string, Formula>();
for (const [form, samples] of [...byForm].sort()) {
  const [{ work }] = samples;
  if (samples.length < work.counts.length + 2) {
    console.log(`${form}: too few layers (${samples.length})`);
    continue;
  }
  const fit = (of: (one: Priced) => readonly number[], target: (one: Priced) => number) =>
    fitRelative(
      samples.map(of),
      samples.map((one) => Math.max(1, target(one))),
    );
  const cycles = fit(
    ({ work }) => work.counts,
    ({ price }) => price.cycles,
  );
  const code = fit(
    ({ work }) => work.code,
    ({ work, price }) => price.codeBytes + price.constantBytes - work.constants,
  );
  formulas.set(form, { cycles, code });
  const { text, worst } = judge(samples);
  console.log(`${form.padEnd(30)} ${text}`);
  if (worst > MOST_ERROR) formulas.delete(form);
}

function judge(samples: readonly Priced[]) {
  const predicted = samples.map(({ work }) => predict(work, formulas)!);
  const errors = samples.map(({ price }, i) => Math.abs(predicted[i].cycles / price.cycles - 1));
  const flash = samples.map(({ price, work }, i) =>
    Math.abs((predicted[i].codeBytes + work.constants) / (price.codeBytes + price.constantBytes) - 1),
  );
  const percent = (list: number[], share: number) =>
    `${(100 * list.sort((a, b) => a - b)[Math.floor(share * (list.length - 1))]).toFixed(1)} %`;
  const text = `${samples.length} layers, cycles ${percent(errors, 0.5)} ${percent(errors, 0.95)}, flash ${percent(flash, 0.5)} ${percent(flash, 0.95)}`;
  return { text, worst: errors.sort((a, b) => a - b)[Math.floor(0.9 * (errors.length - 1))] };
}

writeFileSync(
  new URL("../compiler/4-plan/prices/table.ts", import.meta.url),
  `/** Written by \`npm run fit-prices\`: see formulas.ts. */\nexport const TABLE = \`\n${writeFormulas(formulas)}\`;\n`,
);
