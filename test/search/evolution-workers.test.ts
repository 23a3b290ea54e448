/** Evolution with costs by the planner, on several processes. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { sizeEvaluator } from "../../compiler/search/evaluators/size.js";
import { evolutionText, openCostPool } from "../../compiler/search/evolution/index.js";
import { real, run, small } from "./made-up-space.js";

test("one, two and three processes plan the same networks", async () => {
  const settings = { ...small, population: 8, parents: 4, crossovers: 4, mutations: 4, generations: 2 };
  const outcomes: string[] = [];
  for (const workers of [1, 2, 3]) {
    const pool = await openCostPool(real, workers);
    const outcome = await run({ space: real, costs: pool, settings, evaluator: sizeEvaluator });
    await pool.close();
    outcomes.push(JSON.stringify(outcome));
    assert.ok(outcome.all.every(({ cost, score }) => cost.macs <= 200_000 && score === cost.macs / 1e6));
    assert.match(
      evolutionText(outcome),
      /^MACs \(M\) +MACs +parameters +latency +SRAM +flash +generation\n +0\.\d\d /,
    );
  }
  assert.is(outcomes[1], outcomes[0]);
  assert.is(outcomes[2], outcomes[0]);
});

test.run();
