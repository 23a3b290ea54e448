import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { profile } from "../../compiler/run/profile.js";
import { doubling, doublingCalls, doublingCases, doublingFiles, doublingResults } from "./doubling.js";

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

withEmulator("the profile counts instructions exactly", async () => {
  // A loop of three instructions, n turns, cannot be unrolled or shortened: counts differ by exactly 3 a turn.
  const body = (turns: number): string =>
    `if (i == 0) { __asm__ volatile("mov r3, %0\\n1: subs r3, r3, #1\\n nop\\n bne 1b" : : "r"(${turns}) : "r3", "cc"); }\n out[i] = in[i];`;
  const count = async (turns: number): Promise<number> => {
    const { instructions } = await profile(
      doublingFiles(body(turns)),
      doubling,
      doublingCalls,
      doublingCases[0],
    );
    return instructions[0];
  };
  const [few, many] = [await count(100), await count(100_100)];
  // The larger constant may take one instruction more to load.
  assert.ok([300_000, 300_001].includes(many - few), `${many} - ${few}`);
});

withEmulator("the profile's layers add up to the network", async () => {
  const { instructions, total, stackBytes } = await profile(
    doublingFiles(),
    doubling,
    doublingCalls,
    doublingCases[0],
  );
  const sum = instructions.reduce((a, b) => a + b);
  assert.ok(total >= sum - 10 && total <= sum + 20, `${total} against ${sum}`);
  assert.ok(stackBytes < 64);
});

test.run();
