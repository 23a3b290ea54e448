/** `mcunet_in4` on a board with 320 KiB of memory, less than its layers need one by one, and in 120 kB. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkModel, Rejected } from "../../compiler/index.js";
import { prepare } from "../../compiler/run/javascript.js";
import { temporaryFolder } from "../cli/command.js";
import { compileModel, difference, hasModels, modelPath } from "./golden.js";

const test = suite("mcunet_in4 on stm32f746g-disco");
const KiB = 1024;
const options = { board: "stm32f746g-disco", limits: "sram <= 320 KiB" };

/** The board's memories with the QSPI flash beside the microcontroller, which its `.mcu` file leaves out. */
const withQspi = `MEMORY
{
  DTCM (xrw) : ORIGIN = 0x20000000, LENGTH = 64K
  RAM (xrw) : ORIGIN = 0x20010000, LENGTH = 256K
  FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 1024K
  QSPI (rx) : ORIGIN = 0x90000000, LENGTH = 16M
}
`;

const withModels = hasModels ? test : test.skip;

withModels("its memory is enough; its weights are more than the flash inside", async () => {
  const found = await checkModel(modelPath("mcunet_in4", "model.tflite"), options).then(
    () => [],
    (error: unknown) => (error instanceof Rejected ? error.diagnostics : Promise.reject(error)),
  );
  assert.equal(
    found.map(({ code }) => code),
    ["MCU2103"],
  );
  assert.match(found[0].message, /need 1\.\d+ MiB of flash; stm32f746g-disco has 1 MiB/);
});

withModels("with the flash outside it fits, in one piece", async () => {
  const linkerScript = join(temporaryFolder(), "qspi.ld");
  writeFileSync(linkerScript, withQspi);
  const net = await checkModel(modelPath("mcunet_in4", "model.tflite"), { ...options, linkerScript });
  const region = net.board.regions.find(({ name }) => name === net.arena.memory)!;
  assert.ok(net.arena.bytes <= region.bytes, `${net.arena.bytes} of ${region.bytes} in ${region.name}`);
  assert.ok(net.arena.bytes + (net.fast?.bytes ?? 0) <= 320 * KiB);
});

withModels("in 120 kB it gives the same bytes", async () => {
  const { net, cases, expected } = await compileModel("mcunet_in4", undefined, { limits: "sram <= 120 kB" });
  assert.ok(net.arena.bytes + (net.fast?.bytes ?? 0) <= 120_000);
  assert.is(difference([prepare(net).run(cases[4])], [expected[4]]), undefined);
});

test.run();
