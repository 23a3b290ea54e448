/** Scheduled blocks mean the same as JavaScript, as portable C here, as C and as asm on the emulated Cortex-M7. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { hasEmulator, runEmulated } from "../../../compiler/run/emulator.js";
import { runNative } from "../../../compiler/run/native.js";
import { findProgram } from "../../../compiler/run/program.js";
import { Random } from "../../kernels/layers.js";
import { added, depthwise, halfUnpacked, requantized } from "./blocks.js";
import { callable, filesOf, programOf, runHere, size, type Program } from "./program.js";
import { randomBlock } from "./random-program.js";

const hot = [
  programOf((block) => halfUnpacked(block, 2, 5)),
  programOf((block) => halfUnpacked(block, 5, 2)),
  programOf(requantized),
  programOf(depthwise),
  programOf((block) => added(block, 8)),
];

/** Some take more registers than there are; most do not. */
const seeds = 120;
const random: Program[] = [];
for (let seed = 0; seed < seeds; seed++) {
  try {
    random.push(programOf((block) => randomBlock(block, new Random(seed))));
  } catch (error) {
    if (!/too many registers/.test(String(error))) throw error;
  }
}

const inputs = [new Random(99).int8(size), new Random(98).int8(size)];
const expected = (programs: readonly Program[]) => inputs.map((x) => programs.map((one) => runHere(one, x)));

test("most random blocks fit the registers", () => {
  assert.ok(random.length > 0.7 * seeds, `${random.length} of ${seeds}`);
});

const programs = [...hot, ...random];
const results = expected(programs);

function compare(actual: readonly (readonly unknown[])[], what: string): void {
  results.forEach((one, i) => one.forEach((y, j) => assert.equal(actual[i][j], y, `${what}, program ${j}`)));
}

const cases = inputs.map((x) => [x]);
/** Kernels prove that nothing overflows; random programs do. */
const wraps = "-fwrapv";

if (findProgram("cc")) {
  test("portable C", async () => {
    const files = filesOf(programs);
    const flags = ["-O1", wraps];
    compare(await runNative(files, callable(programs.length), cases, { flags }), "native");
  });
}

if (hasEmulator()) {
  for (const level of ["-O1", "-O2", "-O3", "-Os"]) {
    test(`asm, ${level}`, async () => {
      const flags = [level, wraps];
      compare(await runEmulated(filesOf(programs), callable(programs.length), cases, { flags }), level);
    });
  }
  test("without asm", async () => {
    const flags = ["-O2", wraps];
    const files = filesOf(programs, false);
    compare(await runEmulated(files, callable(programs.length), cases, { flags }), "C");
  });
}

test.run();
