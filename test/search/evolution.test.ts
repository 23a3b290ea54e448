/** Evolution on spaces whose costs and scores are made up, so that what it ought to find is known. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import { sizeEvaluator } from "../../compiler/search/evaluators/size.js";
import type { Evaluator } from "../../compiler/search/evaluators/evaluator.js";
import {
  evolutionText,
  evolve,
  frontOf,
  openCostPool,
  paperSettings,
  type CostPool,
  type EvolutionOptions,
  type EvolutionState,
} from "../../compiler/search/evolution/index.js";
import type { Cost } from "../../compiler/search/cost.js";
import type { Answers, EvolutionOutcome, Scored } from "../../compiler/search/outcome.js";
import { Failure } from "../../compiler/search/pool.js";
import { pickOf, randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";

const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-evolution-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function spaceOf(name: string, choosing: string): Space {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `import { choose, conv2d, globalAveragePool, input, network, range, relu, weights, type Tensor } from "tsc-mcu";
import { stm32f746gDisco } from "tsc-mcu/boards";

const w = weights("./none.safetensors", { layout: "pytorch", elastic: true });

export default network("small", { board: stm32f746gDisco, limits: "macs <= 200 k" }, () => {
  let x: Tensor<3> = input("x", [12, 12, 2]);
  const layer = (name: string, kernel: number, filters: number) => {
    x = relu(conv2d(x, { ...w.conv(name, { filters, kernel }), padding: (kernel - 1) / 2 }));
  };
  ${choosing}
  return globalAveragePool(x);
});
`,
  );
  return new Space(file);
}

/** 9 + 81 + 729 + 6561 networks. */
const real = spaceOf(
  "blocks",
  `const depth = choose("depth", [1, 2, 3, 4]);
  for (let b = 0; b < depth; b++) layer(\`b\${b}\`, choose(\`\${b}.kernel\`, [1, 3, 5]), choose(\`\${b}.filters\`, [2, 4, 8]));`,
);
const choices = real.member(new Map()).choices;

/** The same, which takes no time to read. */
const space: EvolutionOptions["space"] = {
  file: real.file,
  checked: (member) => real.checked(member),
  member(values, rest = ({ domain }) => domain[domain.length - 1]) {
    const answers = new Map<string, number>();
    const ask = (name: string) => {
      const choice = choices.find((one) => one.name === name)!;
      const known = values.get(name);
      const isKnown = known !== undefined && choice.domain.includes(known);
      answers.set(name, (isKnown ? known : rest(choice)) as number);
      return answers.get(name)!;
    };
    const depth = ask("depth");
    for (let b = 0; b < depth; b++) [ask(`${b}.kernel`), ask(`${b}.filters`)];
    return { values: answers, choices, net };
  },
};
const { net } = real.member(new Map());

/** What a network is taken to cost: nothing is planned here. */
function madeUp(answers: Answers): Cost {
  let [macs, sram, from] = [0, 64, 2];
  for (let b = 0; b < (answers.depth as number); b++) {
    const [kernel, filters] = [answers[`${b}.kernel`] as number, answers[`${b}.filters`] as number];
    macs += 144 * kernel ** 2 * from * filters;
    sram = Math.max(sram, 144 * (from + filters));
    from = filters;
  }
  return { macs, parameters: macs / 144, flash: 1000 + macs / 144, sram, seconds: macs / 5e7 };
}

const mostMacs = 200_000;
const costs: CostPool = {
  map: async (tasks) =>
    tasks.map(({ answers }) => {
      const cost = madeUp(answers);
      return cost.macs > mostMacs ? { breaks: "macs" } : { cost };
    }),
};

/** Rugged: what each answer is worth has nothing to do with its size. */
function worth(answers: Answers): number {
  const parts = Object.entries(answers).map(([name, value]) => randomOf(1, name, Number(value))());
  return Math.round(1e6 * parts.reduce((sum, part) => sum + part, 0)) / 1e6;
}

function evaluatorOf(
  score: (answers: Answers) => number | Failure,
): Evaluator & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    measure: "worth",
    score: async (candidates) =>
      candidates.map(({ answers }) => {
        asked.push(JSON.stringify(answers));
        return score(answers);
      }),
    close: async () => {},
  };
}

const small = { ...paperSettings, population: 24, parents: 8, crossovers: 12, mutations: 12, generations: 8 };
const run = (options: Partial<EvolutionOptions> = {}): Promise<EvolutionOutcome> =>
  evolve({
    space,
    fixed: new Map(),
    settings: small,
    seed: 1,
    costs,
    evaluator: evaluatorOf(worth),
    warn: (warning) => assert.unreachable(warning.message),
    ...options,
  });

/** Everything that fits, by every way to answer. */
function everything(): Scored[] {
  const all: Answers[] = [];
  const extend = (answers: Answers, b: number): void => {
    if (b === answers.depth) return void all.push(answers);
    for (const kernel of [1, 3, 5])
      for (const filters of [2, 4, 8])
        extend({ ...answers, [`${b}.kernel`]: kernel, [`${b}.filters`]: filters }, b + 1);
  };
  for (const depth of [1, 2, 3, 4]) extend({ depth }, 0);
  const scored = all.map((answers) => ({
    answers,
    cost: madeUp(answers),
    score: worth(answers),
    generation: 0,
  }));
  return scored.filter(({ cost }) => cost.macs <= mostMacs);
}

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
    /^none of \d+ networks .* fits macs <= 200 k; most of them break sram \(\d\d %/,
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
    /^only 9 of \d+ different networks .* most of them break latency \(100 %\)/,
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
    /none of the 24 networks of generation 0 got a score; the last one: network 23 \(depth=/,
  );
});

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test.run();
