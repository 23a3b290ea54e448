/** Prints the costs and verdicts of members, asked in one order or the other: a process of its own, since prices are remembered. */

import { fileURLToPath } from "node:url";
import type { Choosable } from "../../dsl/choices.js";
import { Costs } from "../../compiler/search/costs.js";
import { randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";

const spaceOf = (name: string) =>
  new Space(fileURLToPath(new URL(`../../examples/${name}/space.ts`, import.meta.url)));

const keywords = spaceOf("keywords-space");
const mcunet = spaceOf("mcunet-space");
const small = new Map<string, Choosable>(Object.entries({ width: 0.3, resolution: 64 }));

const questions = [
  ...[0, 1].map((index) => () => new Costs(keywords).of(keywords.random(randomOf(9, index)))),
  ...[0].map((index) => () => new Costs(mcunet).of(mcunet.random(randomOf(9, index), small))),
  ...(["chosen", "off"] as const).flatMap((streaming) =>
    [2, 3, 4].map(
      (index) => () => new Costs(mcunet, { streaming }).verdict(mcunet.random(randomOf(9, index), small)),
    ),
  ),
];

const isBackwards = process.argv[2] === "backwards";
const order = questions.map((_, index) => index);
if (isBackwards) order.reverse();
const answers: unknown[] = [];
for (const index of order) answers[index] = questions[index]();
console.log(JSON.stringify(answers));
