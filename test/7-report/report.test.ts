/** report.json and the report on a terminal. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { reportJson, reportText } from "../../compiler/7-report/index.js";
import { SourceLines } from "../../compiler/7-report/source-line.js";
import { alignColumns, shorten } from "../../compiler/7-report/table.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import { fixture, modelText } from "./fixture.js";

/** The fixture, its model file really there while `use` runs. */
function withFile<T>(
  limits: string,
  use: (net: Lowered, folder: string) => T,
  change?: (net: Lowered) => Partial<Lowered>,
): T {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-"));
  try {
    const file = join(folder, "net.ts");
    writeFileSync(file, modelText(limits));
    return use(fixture({ limits, file, change }), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const powered = (net: Lowered) => ({
  board: { ...net.board, activePower: { watts: 0.3, source: "datasheet, table 1" } },
});

test("report.json", () => {
  const report = withFile("sram <= 4 KiB; latency <= 1 ms", (net) => reportJson(net), powered);
  assert.equal(JSON.parse(JSON.stringify(report)), {
    name: "tiny",
    board: "stm32f746g-disco",
    header: "tiny.h",
    sources: ["tiny.c", "tiny_weights.c"],
    run: "tiny_run",
    arenas: [{ type: "tiny_arena", bytes: 4352, align: 8, memory: "DTCM" }],
    inputs: [
      {
        name: "image",
        symbol: "tiny_input_image",
        shape: [1, 16, 16, 3],
        dtype: "int8",
        scale: 0.5,
        zeroPoint: -3,
      },
    ],
    outputs: [
      {
        name: "scores",
        symbol: "tiny_output_scores",
        shape: [1, 10],
        dtype: "int8",
        scale: 1 / 256,
        zeroPoint: -128,
      },
    ],
    sram: { arena: 4352, lowerBound: 4352, arenas: 4352, stack: 320 },
    flash: { weights: 20872, code: 2100 },
    macs: 94208,
    cycles: { predicted: 127000, core: 110000, milliseconds: 0.587963 },
    energy: { millijoules: 0.176389 },
    limits: [
      { limit: "sram <= 4 KiB", quantity: "sram", atMost: 4096, used: 4352, holds: false },
      { limit: "latency <= 1 ms", quantity: "latency", atMost: 0.001, used: 127000 / 216e6, holds: true },
    ],
    layers: [
      {
        name: "stem",
        operator: "conv2d",
        kernel: "conv2d plain",
        at: "net.ts:5:16",
        macs: 55296,
        cycles: 60000,
        coreCycles: 50000,
        sramLive: 2816,
        weights: 248,
        scratch: 0,
      },
      {
        name: "spread",
        operator: "depthwiseConv2d",
        kernel: "depthwiseConv2d plain",
        at: "net.ts:6:18",
        macs: 18432,
        cycles: 40000,
        coreCycles: 38000,
        sramLive: 4352,
        weights: 104,
        scratch: 256,
      },
      {
        name: "join",
        operator: "add",
        kernel: "add plain",
        at: "net.ts:7:16",
        macs: 0,
        cycles: 12000,
        coreCycles: 12000,
        sramLive: 4096,
        weights: 0,
        scratch: 0,
      },
      {
        name: "head",
        operator: "dense",
        kernel: "dense plain",
        at: "net.ts:8:10",
        macs: 20480,
        cycles: 15000,
        coreCycles: 10000,
        sramLive: 2058,
        weights: 20520,
        scratch: 0,
      },
    ],
  });
});

test("no path of the machine is in it, and no energy where the board does not say", () => {
  withFile("sram <= 4 KiB", (net, folder) => {
    const text = JSON.stringify(reportJson(net)) + reportText(net);
    assert.not.match(text, folder);
    assert.not.match(text, "energy");
  });
});

test("float32 tensors have no scale", () => {
  const float = (net: Lowered) => ({
    values: net.values.map((one) => ({ ...one, dtype: "float32" as const, quantization: undefined })),
  });
  const [output] = reportJson(fixture({ change: float })).outputs;
  assert.equal(output, { name: "scores", symbol: "tiny_output_scores", shape: [1, 10], dtype: "float32" });
});

test("places are relative to the folder that the files share", () => {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-"));
  try {
    mkdirSync(join(folder, "lib"));
    const [net, block] = [join(folder, "net.ts"), join(folder, "lib", "block.ts")];
    writeFileSync(net, "a\nbc");
    const lines = new SourceLines([net, block, net]);
    assert.is(lines.at({ file: net, start: 3, end: 4 }), "net.ts:2:2");
    assert.is(lines.at({ file: block, start: 3, end: 4 }), "lib/block.ts");
    assert.is(new SourceLines(["net.ts"]).at({ file: "net.ts", start: 0, end: 0 }), "net.ts");
    assert.is(new SourceLines(["/net.ts"]).at({ file: "/net.ts", start: 0, end: 0 }), "net.ts");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the report on a terminal", () => {
  const limits = "sram <= 4 KiB; sram(SRAM1) <= 1 KiB; latency <= 1 ms; energy <= 1 mJ";
  assert.is(
    reportText(fixture({ limits })),
    `tiny for stm32f746g-disco (cortex-m7, 216 MHz)

layer   operator            output     MACs   weights     live  cycles
stem    conv2d (batchNorm)  16x16x8  55.3 k     248 B  2.8 KiB  60.0 k
spread  depthwiseConv2d     16x16x8  18.4 k     104 B  4.3 KiB  40.0 k  <- peak
join    add                 16x16x8       -         -  4.0 KiB  12.0 k
head    dense               10       20.5 k  20.0 KiB  2.0 KiB  15.0 k

SRAM     4.3 KiB (4352 B) arena in DTCM, the lower bound: no placement needs less
         peak at spread
         320 B stack (estimate)
flash    22.4 KiB: weights 20.4 KiB, code 2.1 KiB (estimate)
MACs     94.2 k
latency  588 us (predicted: 127 k cycles at 216 MHz, 110 k of the core)
limits   ✗  sram <= 4 KiB         4.3 KiB, 256 B too much
         ✓  sram(SRAM1) <= 1 KiB  0 B, 1 KiB to spare
         ✓  latency <= 1 ms       588 us, 412 us to spare
         ✗  energy <= 1 mJ        not known: the board file does not state its power
`,
  );
});

test("a gap to the bound, power, and a network without weights", () => {
  const change = (net: Lowered) => ({
    ...powered(net),
    limits: [],
    nominal: true,
    arena: { ...net.arena, lowerBound: 4096 },
  });
  const text = reportText(fixture({ change }));
  assert.match(text, "4.3 KiB (4352 B) arena in DTCM, 6.3 % above the lower bound of 4 KiB (4096 B)");
  assert.match(text, "energy   176 uJ (datasheet, table 1)");
  assert.match(text, "Sizes and costs only: weights and quantisation are settled by `build`.");
  assert.not.match(text, "limits");
});

test("columns", () => {
  assert.equal(
    alignColumns(
      [
        ["a", "1", ""],
        ["bcd", "22", "x"],
      ],
      ["left", "right", "left"],
    ),
    ["a     1", "bcd  22  x"],
  );
  assert.equal(alignColumns([], ["left"]), []);
  assert.is(shorten("a_rather_long_name", 9), "a_ra…name");
  assert.is(shorten("short", 9), "short");
});

test.run();
