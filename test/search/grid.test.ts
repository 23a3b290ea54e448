/** Stage 1: the same result for the same seed, whatever the workers and the interruptions; members that are none cost only themselves. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { Costs } from "../../compiler/search/costs.js";
import { exploreGrid, type GridOptions } from "../../compiler/search/grid/index.js";
import { assignmentOf } from "../../compiler/search/member.js";
import type { SubSpace } from "../../compiler/search/outcome.js";
import { randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";
import { surveyOf } from "../../compiler/search/survey/index.js";
import { spaceFile } from "./spaces.js";

const body = `
  const width = choose("width", [1, 2, 16], { grid: true });
  const stride = choose("stride", [1, 2], { grid: true });
  for (let b = 0; b < choose("depth", [1, 2]); b++)
    x = conv2d(x, { filters: 8 * width, kernel: choose(\`k.\${b}\`, [1, 3]), padding: "same", stride: b === 0 ? stride : 1 });
  return globalAveragePool(x);`;
const file = spaceFile(body, "", `, limits: "sram <= 6 KiB; macs <= 100k"`);
const space = new Space(file);
const { grid } = surveyOf(space);
const samples = 12;

const explore = (more: Partial<GridOptions> = {}): Promise<SubSpace[]> =>
  exploreGrid({
    file,
    options: {},
    streaming: "chosen",
    grid,
    seed: 5,
    samples,
    workers: 1,
    warn: () => assert.unreachable("no warnings"),
    ...more,
  });

test("sub-spaces are what their members are, the best first", async () => {
  const found = await explore();
  assert.is(found.length, 6);
  const costs = new Costs(space);
  for (const { grid: answers, drawn, macs, broken } of found) {
    assert.is(drawn, samples);
    const fixed = assignmentOf(answers);
    const verdicts = Array.from({ length: samples }, (_, i) =>
      costs.verdict(space.random(randomOf(5, "grid", JSON.stringify(answers), i), fixed)),
    );
    const fitting = verdicts.filter((one) => one.breaks === undefined).map((one) => one.macs);
    assert.equal(
      macs,
      fitting.sort((a, b) => a - b),
    );
    assert.is(
      Object.values(broken).reduce((sum, one) => sum + one, 0),
      samples - fitting.length,
    );
  }
  const means = found.map(({ macs }) =>
    macs.length ? macs.reduce((sum, one) => sum + one, 0) / macs.length : -1,
  );
  assert.equal(
    means,
    [...means].sort((a, b) => b - a),
  );
  assert.ok(means[0] > 0 && means.includes(-1), "some fit and some do not");
});

test("any number of workers, and a run that was stopped, find the same", async () => {
  const whole = await explore();
  const states: (readonly SubSpace[])[] = [];
  assert.equal(await explore({ workers: 3, onSubSpace: (done) => states.push(done) }), whole);
  assert.is(states.length, 6);
  for (const saved of [states[2], states[5]]) {
    const passed: number[] = [];
    assert.equal(await explore({ workers: 2, saved, onProgress: (one) => passed.push(one) }), whole);
    assert.is(passed.at(-1), 6 * samples);
  }
});

test("members that are no networks are left out and named", async () => {
  const odd = spaceFile(`
    x = conv2d(x, { filters: choose("width", [4, 8], { grid: true }), kernel: choose("kernel", [1, 33]) });
    return globalAveragePool(x);`);
  const warnings: Diagnostic[] = [];
  const found = await explore({
    file: odd,
    grid: [{ name: "width", domain: [4, 8], grid: true }],
    warn: (some) => warnings.push(...some),
  });
  assert.is(found.length, 2);
  for (const { drawn, macs } of found) {
    assert.is(drawn, macs.length);
    assert.ok(drawn > 0 && drawn < samples);
  }
  assert.is(warnings.length, 2);
  assert.is(warnings[0].code, "MCU6050");
  assert.match(warnings[0].message, /^the member width=\d, kernel=33 is no network/);
});

test.run();
