/** From a super-network to networks on the board: what a search of examples/keywords-space finds, scored by accuracy. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder, tscMcu } from "../cli/command.js";
import { hasEngine } from "./accuracy/engine.js";
import { takeFound } from "./found.js";

const test = suite(hasEngine ? "found" : "found: skipped, onnxruntime-node is not installed");
const folder = fileURLToPath(new URL("../../examples/keywords-space/", import.meta.url));
const data = join(folder, "data");

if (hasEngine) {
  test("every network of the front builds, fits as predicted, and is exact on the Cortex-M7", async () => {
    const output = temporaryFolder();
    const score = ["--supernet", join(folder, "supernet.safetensors"), "--data", data];
    const size =
      "--population 2 --parents 2 --crossovers 0 --mutations 1 --generations 1 --workers 1 --front --json".split(
        " ",
      );
    const args = ["search", join(folder, "space.ts"), "--stage", "2", "-o", output, ...score, ...size];
    const { code, out, err } = tscMcu(args);
    assert.is(code, 0, err);
    const { front, written } = JSON.parse(out).stage2;
    assert.is(written.length, front.length);
    for (const [index, one] of written.entries()) {
      const source = readFileSync(join(one.folder, "net.ts"), "utf8");
      assert.not.match(source, /choose|elastic|supernet\.safetensors"/);
      assert.ok(one.quantizedAccuracy > front[index].score - 3, `${one.quantizedAccuracy} %`);
      const found = await takeFound(join(one.folder, "net.ts"), join(data, "val_inputs.npy"), 2);
      // Predicted without weights: real ones may allow for shorter code, leave channels out, and make another plan the fastest.
      const { sram, flash, seconds } = front[index].cost;
      assert.ok(found.sram <= Math.min(16 * 1024, 1.2 * sram), `sram ${found.sram}, predicted ${sram}`);
      assert.ok(found.flash <= 1.05 * flash, `flash ${found.flash} <= 1.05 * ${flash}`);
      assert.ok(
        found.seconds <= 1.02 * seconds && found.seconds > 0.8 * seconds,
        `latency ${found.seconds}, ${seconds}`,
      );
      assert.is.not(found.isExact, false);
    }
    assert.ok(existsSync(join(output, "stage2.html")));
  });
}

test.run();
