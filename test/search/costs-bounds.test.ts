/** Bounds of flash, against what candidates really take. */

import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { layerCandidatesOf } from "../../compiler/4-plan/candidates.js";
import { cheapest } from "../../compiler/4-plan/choose.js";
import { leastFlash } from "../../compiler/4-plan/least-flash.js";
import { searchOf } from "../../compiler/4-plan/search.js";
import { int8Weights } from "../../compiler/ir/graph.js";
import { randomOf } from "../../compiler/search/random.js";
import { Space } from "../../compiler/search/space.js";

/** A byte of flash is worth so many cycles that nothing else matters. */
const NOTHING_ELSE = 2 ** 30;

test("no path takes less flash than the bounds", () => {
  for (const name of ["keywords-space", "mcunet-space"]) {
    const space = new Space(fileURLToPath(new URL(`../../examples/${name}/space.ts`, import.meta.url)));
    for (let index = 0; index < 4; index++) {
      const net = space.nominal(space.random(randomOf(11, index)));
      const search = searchOf(net, "chosen", true);
      const layers = layerCandidatesOf(search);
      const { flash } = cheapest(search.byEnd, NOTHING_ELSE)!;
      const least = leastFlash(search, layers, true);
      assert.ok(least <= flash, `${least} <= ${flash}`);
      assert.ok(least > 0.8 * flash, "the bound is a close one");
      assert.ok(int8Weights(net.operations) <= least);
      assert.is(leastFlash(search, layers, false), cheapest(layers, NOTHING_ELSE)!.flash);
    }
  }
});

test.run();
