/** Early verdicts on members of a search space against their costs. */

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Choosable } from "../../dsl/choices.js";
import { Costs } from "../../compiler/search/costs.js";
import { randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";

const MCUNET = fileURLToPath(new URL("../../examples/mcunet-space/space.ts", import.meta.url));

/** Some of them break no limit, some the memory, some the flash. */
const CORNERS = [
  [0.3, 64],
  [0.6, 208],
  [0.7, 96],
];

for (const streaming of ["chosen", "off"] as const) {
  test(`verdicts are those of costs, streaming ${streaming}`, () => {
    const space = new Space(MCUNET);
    const costs = new Costs(space, { streaming });
    const seen = new Set<string>();
    for (const [index, [width, resolution]] of CORNERS.entries()) {
      const fixed = new Map<string, Choosable>(Object.entries({ width, resolution }));
      const member = space.random(randomOf(5, index), fixed);
      const verdict = costs.verdict(member);
      const cost = costs.of(member);
      assert.is(verdict.macs, cost.macs);
      assert.is(verdict.breaks === undefined, cost.breaks === undefined, `${width} ${resolution}`);
      seen.add(verdict.breaks ?? "fits");
    }
    assert.ok(seen.has("fits") && seen.size > 1);
  });
}

test.run();
