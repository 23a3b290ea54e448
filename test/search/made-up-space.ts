/** A space of 7380 networks whose costs and scores are made up, so that what a search ought to find is known. */

import * as assert from "uvu/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cost } from "../../compiler/search/cost.js";
import type { Evaluator } from "../../compiler/search/evaluators/evaluator.js";
import {
  evolve,
  paperSettings,
  type CostPool,
  type EvolutionOptions,
} from "../../compiler/search/evolution/index.js";
import type { Answers, EvolutionOutcome, Scored } from "../../compiler/search/outcome.js";
import type { Failure } from "../../compiler/search/pool.js";
import { randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";

const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-evolution-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

export function spaceOf(name: string, choosing: string): Space {
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
export const real = spaceOf(
  "blocks",
  `const depth = choose("depth", [1, 2, 3, 4]);
  for (let b = 0; b < depth; b++) layer(\`b\${b}\`, choose(\`\${b}.kernel\`, [1, 3, 5]), choose(\`\${b}.filters\`, [2, 4, 8]));`,
);
const choices = real.member(new Map()).choices;

/** The same, which takes no time to read. */
export const space: EvolutionOptions["space"] = {
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
export function madeUp(answers: Answers): Cost {
  let [macs, sram, from] = [0, 64, 2];
  for (let b = 0; b < (answers.depth as number); b++) {
    const [kernel, filters] = [answers[`${b}.kernel`] as number, answers[`${b}.filters`] as number];
    macs += 144 * kernel ** 2 * from * filters;
    sram = Math.max(sram, 144 * (from + filters));
    from = filters;
  }
  return { macs, parameters: macs / 144, flash: 1000 + macs / 144, sram, seconds: macs / 5e7 };
}

export const mostMacs = 200_000;
export const costs: CostPool = {
  map: async (tasks) =>
    tasks.map(({ answers }) => {
      const cost = madeUp(answers);
      return cost.macs > mostMacs ? { breaks: "macs" } : { cost };
    }),
};

/** Rugged: what each answer is worth has nothing to do with its size. */
export function worth(answers: Answers): number {
  const parts = Object.entries(answers).map(([name, value]) => randomOf(1, name, Number(value))());
  return Math.round(1e6 * parts.reduce((sum, part) => sum + part, 0)) / 1e6;
}

export function evaluatorOf(
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

export const small = {
  ...paperSettings,
  population: 24,
  parents: 8,
  crossovers: 12,
  mutations: 12,
  generations: 8,
};
export const run = (options: Partial<EvolutionOptions> = {}): Promise<EvolutionOutcome> =>
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
export function everything(): Scored[] {
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
