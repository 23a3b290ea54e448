/** Random networks of layers that can run row by row, run so and not: the same bytes, and nobody reads what is overwritten. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasNativeCompiler } from "../../compiler/run/native.js";
import { compareNetworks } from "../../scripts/random-networks/comparison.js";

const seed = 2026;
const count = 10;

for (const streaming of ["on", "off"] as const) {
  test(`${count} random networks, streaming ${streaming}`, async () => {
    const native = hasNativeCompiler();
    const result = await compareNetworks({ seed, count, native, shadow: true, streaming, streams: 1 });
    assert.equal(
      result.faults,
      [],
      `to repeat one: npm run random-networks -- --seed ${seed} --streams 1 --streaming ${streaming} --shadow --first <index> --count 1`,
    );
    assert.equal(result.rejected, []);
    assert.is(result.compared, count);
  });
}

test("three channels at once, with signs to turn and shifts of their own, find registers", async () => {
  const found = await compareNetworks({ seed: 52, first: 153, count: 1, native: false, streams: 0.5 });
  assert.equal([found.faults, found.compared], [[], 1]);
});

test.run();
