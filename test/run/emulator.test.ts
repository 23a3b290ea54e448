import { test } from "uvu";
import * as assert from "uvu/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { findProgram } from "../../compiler/run/program.js";
import { profile } from "../../compiler/run/profile.js";
import { doubling, doublingCalls, doublingCases, doublingFiles, doublingResults } from "./doubling.js";
import { withoutPlugin, withVariables } from "./program.js";

const withEmulator = hasEmulator() ? test : test.skip;

for (const flags of [["-O2"], ["-O3"], ["-Os"]]) {
  withEmulator(`all cases run in one start of the board, ${flags}`, async () => {
    assert.equal(await runEmulated(doublingFiles(), doubling, doublingCases, { flags }), doublingResults);
  });
}

withEmulator("floating point works, in single and double precision", async () => {
  const files = doublingFiles(
    "out[i] = (int8_t)(int32_t)((float)in[i] * 2.0f * (float)((double)in[i] / (in[i] == 0 ? 1.0 : (double)in[i])));",
  );
  const cases = [[Int8Array.from({ length: 16 }, (_, i) => i + 1)]];
  assert.equal(await runEmulated(files, doubling, cases), [[cases[0][0].map((x) => 2 * x + 1)]]);
});

withEmulator("a fault of the processor ends the program and says where", async () => {
  const files = doublingFiles("out[i] = (int8_t)(in[i] + *(volatile int8_t *)0x90000000);");
  try {
    await runEmulated(files, doubling, doublingCases);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Rejected);
    const { code, message } = (error as Rejected).diagnostics[0];
    assert.is(code, "MCU5022");
    assert.match(
      message,
      /exit code 99 \(a fault of the processor\):\nfault: cfsr 0x[0-9a-f]{8}, pc 0x[0-9a-f]{8}, address 0x90000000/,
    );
  }
});

/** A loop of three instructions that cannot be unrolled or shortened: counts differ by exactly 3 a turn. */
const loop = (turns: number): string =>
  `if (i == 0) { __asm__ volatile("mov r3, %0\\n1: subs r3, r3, #1\\n nop\\n bne 1b" : : "r"(${turns}) : "r3", "cc"); }\n out[i] = in[i];`;

const profileOf = (twice?: string) =>
  profile(doublingFiles(twice), doubling, doublingCalls, doublingCases[0], { memories: ["h743"] });

async function countsTurns(): Promise<void> {
  const [few, many] = [await profileOf(loop(100)), await profileOf(loop(100_100))];
  const more = many.layers[0].instructions - few.layers[0].instructions;
  // The larger constant may take one instruction more to load.
  assert.ok([300_000, 300_001].includes(more), `${more}`);
}

async function layersAddUp(): Promise<void> {
  const { layers, total, stackBytes } = await profileOf();
  const sum = layers.reduce((all, { instructions }) => all + instructions, 0);
  const { instructions } = total;
  assert.ok(instructions >= sum - 10 && instructions <= sum + 20, `${instructions} against ${sum}`);
  assert.ok(stackBytes < 64);
}

withEmulator("the profile counts instructions exactly", countsTurns);
withEmulator("the profile's layers add up to the network", layersAddUp);

withEmulator("without a C compiler of this machine instructions are counted as exactly, and it is said", () =>
  withoutPlugin(async () => {
    await countsTurns();
    await layersAddUp();
    const { total, missing } = await profileOf();
    assert.is(total.timing, undefined);
    assert.match(missing!, /^\/none\/cc was not found \(apt-get install gcc libc6-dev\)$/);
  }),
);

withEmulator("a QEMU without plugins counts instructions, too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-test-"));
  const script = `#!/bin/sh
case "$*" in *-plugin*) echo "qemu-system-arm: -plugin: invalid option" >&2; exit 1;; esac
exec ${findProgram("qemu-system-arm")} "$@"
`;
  writeFileSync(join(folder, "qemu-system-arm"), script, { mode: 0o755 });
  const PATH = `${folder}${delimiter}${process.env.PATH}`;
  try {
    await withVariables({ PATH }, async () => {
      const { total, missing } = await profileOf();
      assert.ok(total.instructions > 100);
      assert.match(missing!, /^this QEMU does not take plugins: .*invalid option$|^.*cc was not found/);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
