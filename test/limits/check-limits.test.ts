/** Violated limits: what is said, and where. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { renderDiagnostics } from "../../compiler/diagnostics/render.js";
import { checkLimits, parseLimits } from "../../compiler/limits/index.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import { fixture, modelText } from "../7-report/fixture.js";

/** The rendered diagnostics of the fixture with these limits, in a real file. */
function rendered(limits: string, change?: (net: Lowered) => Partial<Lowered>): string {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-"));
  try {
    const file = join(folder, "net.ts");
    writeFileSync(file, modelText(limits));
    return renderDiagnostics(checkLimits(fixture({ limits, file, change })), { folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("limits that hold are silent", () => {
  const limits =
    "sram <= 4352 B; sram(SRAM1) <= 0 B; sram(DTCM) <= 5 KiB; flash <= 23 KiB; macs <= 94208; stack <= 320 B; latency <= 1 ms";
  assert.equal(checkLimits(fixture({ limits })), []);
});

test("sram: the layer at the peak, the limit, who is live, what helps", () => {
  const limits = "sram <= 4 KiB";
  assert.is(
    rendered(limits),
    `net.ts:6:18 - error MCU2101: sram: 4.3 KiB, 256 B more than the limit of 4 KiB; the peak is at \`spread\`

6   const spread = depthwiseConv2d(stem, { kernel: 3 });
                   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
  help: fewer channels at \`spread\`, or a smaller image there (a stride before it), lower the peak;
        in this order no placement of these tensors needs less than 4.3 KiB;
        \`sram <= 5 KiB\` would pass

  net.ts:3:50 - the limit: sram <= 4 KiB
  3 export default network("tiny", { board, limits: \`sram <= 4 KiB\` }, () => {
                                                     ~~~~~~~~~~~~~

  net.ts:5:16 - live at the peak: 2 KiB, \`stem\` 16x16x8
  5   const stem = conv2d(image, { filters: 8, kernel: 3 });
                   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

  net.ts:6:18 - live at the peak: 2 KiB, \`spread\` 16x16x8
  6   const spread = depthwiseConv2d(stem, { kernel: 3 });
                     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

  net.ts:6:18 - live at the peak: 256 B, \`spread scratch\`
  6   const spread = depthwiseConv2d(stem, { kernel: 3 });
                     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
`,
  );
});

test("flash, macs and latency: the costliest layer, then the next ones", () => {
  const lines = (limits: string) => rendered(limits).split("\n");
  assert.is(
    lines("flash <= 20 KiB")[0],
    "net.ts:8:10 - error MCU2101: flash: 22.4 KiB, 2.4 KiB more than the limit of 20 KiB; `head` has the largest part, 20.0 KiB of weights",
  );
  assert.is(
    lines("macs <= 90 k")[0],
    "net.ts:5:16 - error MCU2101: macs: 94.2 k, 4.21 k more than the limit of 90 k; `stem` has the largest part, 55.3 k MACs",
  );
  const latency = rendered("latency <= 0.5 ms");
  assert.match(latency, "`stem` has the largest part, 60 k cycles");
  assert.match(latency, "nucleo-h743zi (480 MHz) would take about 265 us");
  assert.equal(latency.match(/then `\w+`/g), ["then `spread`", "then `head`", "then `join`"]);
});

test("stack has no layer: the limit itself is the place", () => {
  assert.is(
    rendered("stack <= 256 B"),
    `net.ts:3:50 - error MCU2101: stack: 320 B, 64 B more than the limit of 256 B

3 export default network("tiny", { board, limits: \`stack <= 256 B\` }, () => {
                                                   ~~~~~~~~~~~~~~
  help: \`stack <= 320 B\` would pass
`,
  );
});

test("energy needs the board's power", () => {
  const [unknown] = checkLimits(fixture({ limits: "energy <= 1 mJ" }));
  assert.is(
    unknown.message,
    "energy cannot be limited: the board file of stm32f746g-disco does not state its power",
  );
  const powered = (net: Lowered) => ({
    board: { ...net.board, activePower: { watts: 0.3, source: "test" } },
  });
  assert.equal(checkLimits(fixture({ limits: "energy <= 1 mJ", change: powered })), []);
  assert.match(
    checkLimits(fixture({ limits: "energy <= 100 uJ", change: powered }))[0].message,
    "energy: 176 uJ, 76.4 uJ more than",
  );
});

test("a region that the board does not have", () => {
  const [error] = checkLimits(fixture({ limits: "sram(SRAM) <= 1 KiB" }));
  assert.is(error.message, "stm32f746g-disco has no SRAM region `SRAM`");
  assert.is(error.help, "did you mean `SRAM1`? Known are `DTCM`, `SRAM1`, `SRAM2`");
});

test("an arena that its memory cannot hold, without any limit", () => {
  const big = (net: Lowered) => ({
    limits: [],
    arena: { ...net.arena, bytes: 300000, memory: "SRAM1" },
    buffers: net.buffers.map((buffer) => ({ ...buffer, memory: "SRAM1" })),
  });
  const [error, ...more] = checkLimits(fixture({ change: big }));
  assert.is(error.message, "the arena needs 293.0 KiB; SRAM1 of stm32f746g-disco has 240 KiB");
  assert.match(error.help!, "nucleo-h743zi has 512 KiB in AXISRAM");
  assert.match(error.related.at(-1)!.message, "and 288.7 KiB between them");
  assert.equal(more, []);
});

test("flash that the board does not have, without any limit", () => {
  const big = (net: Lowered) => ({ limits: [], totals: { ...net.totals, constantBytes: 1.5 * (1 << 20) } });
  const [error] = checkLimits(fixture({ change: big }));
  assert.is(
    error.message,
    "weights (1.50 MiB) and code (2.1 KiB) need 1.50 MiB of flash; stm32f746g-disco has 1 MiB",
  );
  assert.match(error.help!, "nucleo-h743zi has 2 MiB in FLASH");
});

test("at most six tensors are listed, the rest in one sum", () => {
  const many = (net: Lowered) => {
    const first = net.buffers.length;
    const extra = Array.from({ length: 9 }, (_, i) => ({
      ...net.buffers[0],
      ...{ id: first + i, name: `extra${i}`, bytes: 10 + i, first: 0, last: 3, kind: "activation" as const },
    }));
    return { buffers: [...net.buffers, ...extra], arena: { ...net.arena, bytes: 4478 } };
  };
  const [error] = checkLimits(fixture({ limits: "sram <= 4 KiB", change: many }));
  const live = error.related.map((one) => one.message).slice(1);
  assert.equal(live.slice(3), [
    "live at the peak: 18 B, `extra8`",
    "live at the peak: 17 B, `extra7`",
    "live at the peak: 16 B, `extra6`",
    "and 6 more, 75 B together",
  ]);
});

test("a network that was not read from a text, and an empty one", () => {
  const bare = (net: Lowered) => ({
    limits: parseLimits("sram <= 1 KiB; flash <= 1 KiB"),
    values: net.values.map((one) => ({ ...one, site: undefined })),
    lowered: net.lowered.map((one) => ({
      ...one,
      step: {
        ...one.step,
        operations: one.step.operations.map((operation) => ({ ...operation, site: undefined })),
      },
    })),
  });
  const found = checkLimits(fixture({ change: bare }));
  assert.equal(
    found.map(({ code, place }) => [code, place]),
    [
      ["MCU2101", undefined],
      ["MCU2101", undefined],
    ],
  );
  const empty = (net: Lowered) => ({ steps: [], lowered: [], arena: { ...net.arena, peakStep: 0 } });
  assert.is(checkLimits(fixture({ limits: "sram <= 1 B; macs <= 1", change: empty })).length, 2);
});

test.run();
