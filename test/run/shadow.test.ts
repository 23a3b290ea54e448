/** Who reads and writes what in memory, by execution: networks that are right, and plans with faults made on purpose. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { lower } from "../../compiler/5-lower/index.js";
import { faultsOf } from "../../compiler/run/shadow/index.js";
import { randomOf } from "../../scripts/random.js";
import { meetings, withCollision, withDistance, withScratch } from "./mutations.js";
import { plannedNetwork, type PlannedNetwork } from "./planned.js";
import type { Planned } from "../../compiler/ir/plan.js";

const seed = 7;

const faults = ({ cases, expected }: PlannedNetwork, net: Planned): readonly string[] =>
  faultsOf(lower(net), cases, false, expected);

/** What nothing reads is not missed: such a fault is harmless. Nothing else may go unseen. */
const mostHarmless = 0.25;

for (const streaming of ["chosen", "off", "on"] as const) {
  test(`random networks, streaming ${streaming}`, () => {
    for (let index = 0; index < 10; index++) {
      const network = plannedNetwork(seed, index, 0.75, streaming);
      assert.equal(faults(network, network.net), [], `network ${index}`);
    }
  });
}

test("buffers that are moved over others are found", () => {
  let [found, harmless] = [0, 0];
  for (let index = 0; index < 12; index++) {
    const network = plannedNetwork(seed, index, 0.75, "off");
    const random = randomOf(seed, index);
    for (let i = 0; i < 4; i++) {
      const moved = withCollision(network.net, random);
      if (!moved) continue;
      if (faults(network, moved).length > 0) found++;
      else harmless++;
    }
  }
  assert.ok(found + harmless > 20);
  assert.ok(harmless <= mostHarmless * (found + harmless), `${harmless} not found, ${found} found`);
});

test("results may begin as near to their inputs as kernels say, and often no nearer", () => {
  let [tight, loose] = [0, 0];
  for (let index = 0; index < 10; index++) {
    const network = plannedNetwork(seed, index, 1, "on");
    for (const meeting of meetings(network.net)) {
      const { step, distance } = meeting;
      const { least, most } = network.net.steps[step].kernel.scratch(false);
      for (const scratch of new Set([least, most])) {
        const roomy = withScratch(network.net, step, scratch);
        const found = faults(network, withDistance(roomy, meeting, distance));
        assert.equal(found, [], `network ${index}, step ${step}, ${distance} bytes, scratch ${scratch}`);
        if (faults(network, withDistance(roomy, meeting, distance + 1)).length > 0) tight++;
        else loose++;
      }
    }
  }
  // Where the last rows of an input are not read, or much is read ahead, there is more room than kernels promise.
  assert.ok(4 * tight >= loose, `${tight} to the byte, ${loose} with room`);
});

test.run();
