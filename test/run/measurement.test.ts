import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { boundOf } from "../../compiler/run/bounds.js";
import { elfFunctions, objectSize } from "../../compiler/run/elf.js";
import { compileObjects, hasEmulator } from "../../compiler/run/emulator.js";
import { measureInference } from "../../compiler/run/inference.js";
import { cyclesIn, type Timing } from "../../compiler/run/measurement.js";
import { hasNativeCompiler } from "../../compiler/run/native.js";
import { inFolder } from "../../compiler/run/workplace.js";
import { doubling, doublingCases, doublingFiles, doublingResults } from "./doubling.js";
import { measureProgram, withoutPlugin, withPlugin, withVariables } from "./program.js";

const withEmulator = hasEmulator() && hasNativeCompiler() ? test : test.skip;

/** Reads a word of every line of 32 KiB, twice: more than fits the caches of both boards. */
const walk = `#include <stdint.h>
extern uint32_t data[8192], total;
uint32_t data[8192], total;
void walk(void);
void walk(void)
{
    for (int turn = 0; turn < 2; turn++) {
        for (int i = 0; i < 8192; i += 8) {
            total += *(volatile uint32_t *)&data[i];
        }
    }
}
`;
const walkDriver = `#include "harness.h"
void walk(void);
int main(void)
{
    harness_begin_region(7);
    harness_begin_region(2);
    walk();
    harness_end_region(2);
    walk();
    harness_end_region(7);
    return 0;
}
`;

withEmulator("regions nest, have functions and caches, and stall in slow memory alone", () =>
  withPlugin(async () => {
    const regions = await measureProgram({ "walk.c": walk }, walkDriver, ["h743", "h743-dtcm", "f746"]);
    assert.equal(Object.keys(regions), ["2", "7"]);
    const [inner, outer] = [regions[2], regions[7]];
    const self = inner.timing!.functions.find(({ name }) => name === "walk")!;
    assert.ok(inner.instructions - self.instructions < 10, "the call counts, the harness does not");
    assert.ok(Math.abs(outer.instructions - 2 * inner.instructions) < 10);
    assert.is(self.classes.ldw >= 2048, true);
    // 1024 lines, twice; some of the second time may still be there.
    const { h743, f746, ...others } = inner.timing!.caches;
    assert.ok(h743!.dataMisses > 1024 && h743!.dataMisses <= 2060, `${h743!.dataMisses}`);
    assert.ok(f746!.dataMisses >= h743!.dataMisses);
    assert.ok(others["h743-dtcm"]!.dataMisses < 8);
    const timing = inner.timing!;
    assert.ok(timing.stalls.h743! >= 14 * (h743!.dataMisses - 8));
    assert.is(cyclesIn(timing, "ideal"), timing.cycles);
    assert.is(cyclesIn(timing, "f746"), timing.cycles + timing.stalls.f746!);
    assert.is(boundOf(inner.instructions, timing, "h743").by, "memory stalls");
  }),
);

withEmulator("what is in tightly coupled memory does not stall", () =>
  withPlugin(async () => {
    const coupled = walk.replace(
      "\nuint32_t data[8192], total;",
      '\n__attribute__((section(".dtcm"))) uint32_t data[8192];\nuint32_t total;',
    );
    const [plain, fast] = [walk, coupled].map((source) =>
      measureProgram({ "walk.c": source }, walkDriver, ["h743"]),
    );
    const misses = async (regions: typeof plain) => (await regions)[2].timing!.caches.h743!.dataMisses;
    assert.ok((await misses(plain)) > 1024);
    assert.ok((await misses(fast)) < 8);
    assert.is((await fast)[2].timing!.cycles, (await plain)[2].timing!.cycles);
  }),
);

const deep = doublingFiles(
  "volatile int8_t room[1000]; room[i * 60] = in[i]; out[i] = (int8_t)(room[i * 60] * 2);",
);

const measure = () => measureInference(deep, doubling, doublingCases[1], ["h743"]);

withEmulator("an inference: outputs, stack, sizes, cycles", () =>
  withPlugin(async () => {
    const { outputs, run, stackBytes, size, missing } = await measure();
    assert.equal(outputs, doublingResults[1]);
    assert.ok(stackBytes > 1000 && stackBytes < 1080, `${stackBytes}`);
    assert.ok(size.text > 40 && size.text < 400, `${size.text}`);
    assert.is(size.rodata, 0);
    assert.is(missing, undefined);
    const { cycles, classes } = run.timing!;
    assert.ok(cycles >= run.instructions / 2);
    const counted = Object.values(classes).reduce((sum, count) => sum + count, 0);
    assert.is(counted, run.instructions, "every instruction has a class");
  }),
);

withEmulator("the plugin works where nothing can be kept", () =>
  withVariables({ XDG_CACHE_HOME: "/proc/none" }, async () => {
    const { run, missing } = await measure();
    assert.is(missing, undefined);
    assert.ok(run.timing!.cycles > 0);
  }),
);

withEmulator("the plugin and the emulator's clock count the same instructions", async () => {
  let [plugin, clock] = [0, 0];
  await withPlugin(async () => void (plugin = (await measure()).run.instructions));
  await withoutPlugin(async () => void (clock = (await measure()).run.instructions));
  // The call that ends a region is of the region; the clock's empty region takes it away.
  assert.ok(plugin >= clock && plugin <= clock + 4, `${plugin} against ${clock}`);
});

withEmulator("object files: functions and sizes", async () => {
  const source = `extern const int table[64];
const int table[64] = {1, 2};
extern int counts[3];
int counts[3] = {1, 2, 3};
int zeros(void);
int zeros(void) { static int last; return last++; }
`;
  await inFolder([{ path: "a.c", content: source }], async (folder) => {
    const [object] = await compileObjects(["a.c"], {}, folder);
    const file = readFileSync(join(folder, object));
    assert.equal(elfFunctions(file), [{ address: 0, name: "zeros" }]);
    const { text, rodata } = objectSize(file);
    assert.ok(text >= 8 && text < 40);
    assert.is(rodata, 256 + 12);
  });
});

const classes: Timing["classes"] = {
  ...{ alu: 0, alu_sh: 0, shift: 0, dsp: 0, mul: 0, dualmac: 0, div: 0, ldw: 0, ldb_h: 0, ldm_d: 0 },
  ...{ st: 0, stm_d: 0, branch: 0, fp: 0, fp_ldst: 0, fp_mov: 0, misc: 0 },
};
const timing = (some: Partial<Timing["classes"]>, stalls = 0): Timing => ({
  cycles: 100,
  stalls: { h743: stalls },
  mispredictions: 0,
  macs: 0,
  classes: { ...classes, ...some },
});

test("what bounds a layer", () => {
  const bound = (instructions: number, one: Timing) => boundOf(instructions, one, "h743");
  assert.equal(bound(184, timing({ dualmac: 100, ldw: 60 })), { by: "MAC issue", share: 1 });
  // Nearly all slots, but the MACs are what cannot go.
  assert.is(bound(196, timing({ dualmac: 94, ldw: 60 })).by, "MAC issue");
  assert.equal(bound(190, timing({ dualmac: 40, ldw: 60 })), { by: "issue slots", share: 0.95 });
  assert.is(bound(150, timing({ dualmac: 40, ldw: 110 })).by, "loads");
  assert.is(bound(150, timing({ dsp: 80 })).by, "unpacking");
  assert.equal(bound(150, timing({ dualmac: 60 }, 300)), { by: "memory stalls", share: 0.75 });
  assert.equal(bound(60, timing({ dualmac: 20 })), { by: "latencies", share: 0.7 });
});

test.run();
