/** Evolution on a space whose costs and scores are made up. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { frontOf, type CostPool, type EvolutionState } from "../../compiler/search/evolution/index.js";
import type { Scored } from "../../compiler/search/outcome.js";
import { Failure } from "../../compiler/search/pool.js";
import { pickOf, randomOf } from "../../compiler/search/random.js";
import {
  costs,
  evaluatorOf,
  everything,
  madeUp,
  mostMacs,
  run,
  small,
  spaceOf,
  worth,
} from "./made-up-space.js";

const rejection = async (promise: Promise<unknown>): Promise<Diagnostic> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Rejected) return error.diagnostics[0];
    throw error;
  }
  return assert.unreachable("nothing was rejected") as never;
};

test("keeps the limits, scores nothing twice, and does what the settings say", async () => {
  const evaluator = evaluatorOf(worth);
  const outcome = await run({ evaluator });
  assert.is(new Set(evaluator.asked).size, evaluator.asked.length);
  assert.is(outcome.all.length, evaluator.asked.length);
  assert.ok(outcome.all.every(({ cost }) => cost.macs <= mostMacs));
  assert.ok(outcome.generations.every(({ scored }, g) => scored <= 24 * (g + 1)));
  assert.equal([outcome.generations.length, outcome.generations[2].scored], [9, 72]);
  assert.ok(outcome.generations.every(({ best }, g, all) => g === 0 || best >= all[g - 1].best));
  assert.equal(
    [outcome.network, outcome.board, outcome.limits],
    ["small", "stm32f746g-disco", "macs <= 200 k"],
  );
  for (const { answers } of outcome.all) {
    const asked = [
      "depth",
      ...range(answers.depth as number).flatMap((b) => [`${b}.kernel`, `${b}.filters`]),
    ];
    assert.equal(Object.keys(answers).sort(), asked.sort());
  }
});

test("finds the best of 7380 networks by looking at 624 of them, most of the time", async () => {
  const best = Math.max(...everything().map(({ score }) => score));
  const settings = { ...small, population: 48, crossovers: 24, mutations: 24, generations: 12 };
  let found = 0;
  for (const seed of range(5)) found += Number((await run({ settings, seed })).front[0].score === best);
  assert.ok(found >= 3, `found ${found} times of 5`);
});

test("the front is one", async () => {
  const random = randomOf(3, "front");
  const made = range(300).map((index): Scored => ({
    answers: { index },
    cost: {
      ...madeUp({ depth: 0 }),
      seconds: pickOf(range(9), random),
      sram: pickOf(range(9), random),
      flash: pickOf(range(9), random),
    },
    score: pickOf(range(20), random),
    generation: 0,
  }));
  for (const all of [made, (await run()).all]) {
    const front = frontOf(all);
    const isAsGood = (one: Scored, other: Scored) =>
      one.score >= other.score &&
      (["seconds", "sram", "flash"] as const).every((name) => one.cost[name] <= other.cost[name]);
    for (const one of all) assert.ok(front.some((other) => isAsGood(other, one)));
    for (const one of front) assert.ok(front.every((other) => other === one || !isAsGood(other, one)));
    assert.equal(
      front.map(({ score }) => score),
      front.map(({ score }) => score).sort((a, b) => b - a),
    );
  }
});

test("goes on from any generation, even with more of them than there were to be", async () => {
  const states: string[] = [];
  const whole = await run({ onGeneration: (state) => void states.push(JSON.stringify(state)) });
  assert.is(states.length, 9);
  const random = randomOf(Date.now() % 1000, "resume");
  for (const text of [states[0], states[8], pickOf(states, random), pickOf(states, random)]) {
    const resumed = await run({ saved: JSON.parse(text) as EvolutionState });
    assert.is(JSON.stringify(resumed), JSON.stringify(whole));
  }
  let short: EvolutionState | undefined;
  await run({ settings: { ...small, generations: 3 }, onGeneration: (state) => void (short = state) });
  assert.is(JSON.stringify(await run({ saved: short })), JSON.stringify(whole));
});

test("the result does not depend on who costs how much of it", async () => {
  const whole = JSON.stringify(await run());
  const late: CostPool = {
    async map(tasks) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      return costs.map(tasks);
    },
  };
  assert.is(JSON.stringify(await run({ costs: late })), whole);
  assert.is.not(JSON.stringify(await run({ seed: 2 })), whole);
});

test("what is fixed stays", async () => {
  const outcome = await run({ fixed: new Map<string, number>([["depth", 2], ["3.kernel", 5], ["0.kernel", 3]]) }); // prettier-ignore
  assert.ok(outcome.all.every(({ answers }) => answers.depth === 2 && answers["0.kernel"] === 3));
});

test("a small space is searched whole, and not for ever", async () => {
  const outcome = await run({ fixed: new Map([["depth", 1]]) });
  assert.is(outcome.all.length, 9);
  assert.ok(outcome.generations.length <= 3);
});

test("nothing that fits, or next to nothing", async () => {
  const none: CostPool = {
    map: async (tasks) => tasks.map(({ answers }) => ({ breaks: answers.depth === 1 ? "flash" : "sram" })),
  };
  const error = await rejection(run({ costs: none }));
  assert.is(error.code, "MCU6040");
  assert.match(
    error.message,
    /^none of \d+ networks .* fits macs <= 200 k; sram is what most of them break first \(\d\d %/,
  );
  const warnings: Diagnostic[] = [];
  const few: CostPool = {
    map: async (tasks) =>
      tasks.map(({ answers }) => (answers.depth === 1 ? { cost: madeUp(answers) } : { breaks: "latency" })),
  };
  const outcome = await run({ costs: few, warn: (warning) => void warnings.push(warning) });
  assert.is(outcome.all.length, 9);
  assert.equal(
    warnings.map(({ code }) => code),
    ["MCU6041"],
  );
  assert.match(
    warnings[0].message,
    /^only 9 of \d+ different networks .* latency is what most of them break first \(100 %\)/,
  );
});

test("networks that cannot be read, planned or scored are left out and named", async () => {
  const faulty = spaceOf(
    "faulty",
    `const filters = choose("filters", [2, 4, 8, 16]);
  const kernel = choose("kernel", [1, 3, 5, 7]);
  layer("a", kernel, kernel === 5 ? choose("none", range(2, 1)) : filters);`,
  );
  const warnings: Diagnostic[] = [];
  const outcome = await run({
    space: faulty,
    costs: {
      map: async (tasks) =>
        tasks.map(({ answers }) =>
          answers.filters === 2 ? new Failure("its worker ended") : { cost: madeUp({ depth: 0 }) },
        ),
    },
    evaluator: evaluatorOf(({ filters, kernel }) =>
      kernel === 7 ? new Failure("no score") : Number(filters) + Number(kernel),
    ),
    warn: (warning) => void warnings.push(warning),
  });
  assert.ok(outcome.all.every(({ answers }) => answers.filters !== 2 && answers.kernel !== 7));
  const messages = warnings.map(({ message }) => message);
  assert.ok(messages.some((one) => /^the network with filters=2, kernel=\d could not be planned.*its worker/.test(one)), messages.join("\n")); // prettier-ignore
  const failing = run({ evaluator: evaluatorOf(() => new Failure("out of memory")) });
  const { code, message } = await rejection(failing);
  assert.is(code, "MCU6048");
  assert.match(
    message,
    /no network of generation 0 got a score, of 24 that fit; the last one: network 23 \(depth=/,
  );
});

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test.run();
