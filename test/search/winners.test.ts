/** What a search writes when the networks it has found do not compile as they were predicted to. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Subject } from "../../compiler/commands/search/subject.js";
import { writeBest } from "../../compiler/commands/search/winners.js";
import { Rejected, type Diagnostic } from "../../compiler/diagnostics/diagnostic.js";
import type { EvolutionOutcome, Scored } from "../../compiler/search/outcome.js";
import { Space } from "../../compiler/search/space.js";
import { surveyOf } from "../../compiler/search/survey/index.js";
import { temporaryFolder } from "../cli/command.js";
import { spaceFile } from "./spaces.js";

const body = 'return globalAveragePool(conv2d(x, { filters: choose("filters", [2, 64]), kernel: 3 }));';
const space = new Space(spaceFile(body, "", ', limits: "macs <= 100k"'));
const survey = surveyOf(space);

/** As if those had been predicted to fit. */
function write(output: string, ...front: readonly (2 | 64)[]) {
  const told: Diagnostic[] = [];
  const warnings: Subject["warnings"] = { all: told, warn: (some) => void told.push(...some) };
  const network = space.checked(survey.largest);
  const options = { output } as Subject["options"];
  const subject: Subject = { space, survey, network, warnings, options };
  const cost = { macs: 0, parameters: 0, sram: 0, flash: 0, seconds: 0 } as unknown as Scored["cost"];
  const outcome = {
    measure: "MACs (M)",
    front: front.map((filters) => ({ answers: { filters }, cost, score: filters, generation: 0 })),
  } as unknown as EvolutionOutcome;
  return { told, written: writeBest(subject, outcome) };
}

test("the next of the front is taken, and what was said to be better is named", async () => {
  const output = temporaryFolder();
  const { told, written } = write(output, 64, 2);
  assert.equal(
    (await written).map(({ folder, score }) => [folder, score]),
    [[join(output, "best"), 2]],
  );
  assert.ok(existsSync(join(output, "best", "net.ts")));
  assert.is(told.length, 1);
  assert.is(told[0].code, "MCU6013");
  assert.match(told[0].message, /^the network filters=64 does not compile as predicted: macs: /);
});

test("nothing on the front compiles: an error, and nothing is left behind", async () => {
  const output = temporaryFolder();
  const { told, written } = write(output, 64);
  const error: unknown = await written.catch((reason: unknown) => reason);
  assert.instance(error, Rejected);
  assert.is((error as Rejected).diagnostics[0].code, "MCU6014");
  assert.is(told.length, 1);
  assert.not.ok(existsSync(join(output, "best")));
});

test.run();
