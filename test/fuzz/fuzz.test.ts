/** The short form of `npm run fuzz`: hostile files of every format, in a thread of bounded memory. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { fuzz } from "../../scripts/fuzz/campaign.js";
import { formats } from "../../scripts/fuzz/seeds.js";

const count = 5_000;

test(`${count} hostile files end in success or in diagnostics, each soon and in little memory`, async () => {
  const { inputs, faults, codes } = await fuzz({ seed: 2026, count });
  assert.equal(faults, [], "to repeat one: npm run fuzz -- --seed 2026 --only <index>");
  assert.is(inputs, count);
  // Every format is both accepted and rejected, or the mutations test nothing.
  const answers = (format: string) => Object.keys(codes).filter((code) => code.startsWith(`${format} `));
  for (const format of formats)
    assert.ok(answers(format).length > 1, `${format}: ${answers(format).join(", ")}`);
});

test.run();
