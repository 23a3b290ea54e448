/** Board files: the built-in ones, and what is wrong with others. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as boards from "../../dsl/boards.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { parseBoard } from "../../compiler/limits/board-file.js";
import { boardNames, builtInBoards, loadBoard } from "../../compiler/limits/index.js";
import { randomFrom } from "./random.js";
import { rejection, summaries } from "./rejection.js";

const KiB = 1024;

test("the built-in boards are those of tsc-mcu/boards, each in the file of its name", () => {
  const named = Object.values(boards).map((one) => one.name);
  assert.equal(boardNames(), named.sort());
  assert.equal(
    builtInBoards().map((one) => one.name),
    boardNames(),
  );
});

test("their memories, clocks and caches", () => {
  const facts = builtInBoards().map((board) => {
    const sum = (kind: string) =>
      board.regions.reduce((total, one) => total + (one.kind === kind ? one.bytes : 0), 0);
    const coupled = board.regions
      .filter((one) => one.tightlyCoupled)
      .map((one) => `${one.name} ${one.bytes / KiB}`);
    const { name, core, clockHz, icacheBytes, dcacheBytes } = board;
    return [
      name,
      core,
      clockHz / 1e6,
      icacheBytes / KiB,
      dcacheBytes / KiB,
      sum("sram") / KiB,
      sum("flash") / KiB,
      ...coupled,
    ];
  });
  assert.equal(facts, [
    ["mps2-an500", "cortex-m7", 25, 0, 0, 20 * KiB, 4 * KiB],
    ["nucleo-h743zi", "cortex-m7", 480, 16, 16, 640, 2 * KiB, "DTCM 128"],
    ["stm32f746g-disco", "cortex-m7", 216, 4, 4, 320, KiB, "DTCM 64"],
  ]);
});

test("memories that follow each other do so in their addresses", () => {
  const [dtcm, sram1, sram2] = loadBoard("stm32f746g-disco", { relativeTo: "net.ts" }).regions;
  assert.is(dtcm.origin! + dtcm.bytes, sram1.origin);
  assert.is(sram1.origin! + sram1.bytes, sram2.origin);
});

test("an unknown board", () => {
  const place = { file: "net.ts", start: 1, end: 2 };
  const [error] = rejection(() => loadBoard("stm32f746-disco", { relativeTo: "net.ts", place }));
  assert.is(error.message, 'unknown board "stm32f746-disco"; expected a name or the path of a .mcu file');
  assert.is(
    error.help,
    "did you mean `stm32f746g-disco`? Known are `mps2-an500`, `nucleo-h743zi`, `stm32f746g-disco`",
  );
  assert.is(error.place, place);
  for (const name of ["", "../boards/mps2-an500", "esp32", "x".repeat(100000)]) {
    assert.is(rejection(() => loadBoard(name, { relativeTo: "net.ts" }))[0].code, "MCU2130");
  }
});

test("a board file beside the model", () => {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-"));
  try {
    mkdirSync(join(folder, "boards"));
    const text = `# ours\nboard my-board-2x { core cortex-m7; clock 0.4 GHz; sram RAM (1 +\n 3) * 16 KiB; power 3.3 V * 100 mA "a guess" }\n`;
    writeFileSync(join(folder, "boards", "ours.mcu"), text);
    const board = loadBoard("./boards/ours.mcu", { relativeTo: join(folder, "net.ts") });
    assert.equal(board, {
      name: "my-board-2x",
      core: "cortex-m7",
      clockHz: 4e8,
      icacheBytes: 0,
      dcacheBytes: 0,
      regions: [{ name: "RAM", kind: "sram", bytes: 65536, origin: undefined, tightlyCoupled: false }],
      activePower: { watts: 0.33, source: "a guess" },
    });
    const place = { file: "net.ts", start: 1, end: 2 };
    const [missing] = rejection(() => loadBoard("no.mcu", { relativeTo: join(folder, "net.ts"), place }));
    assert.is(missing.message, "cannot read no.mcu: there is no such file");
    assert.is(missing.place, place);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const good = "board b {\n core cortex-m7\n clock 1 MHz\n sram R 4 KiB at 0\n}";
const cases: [text: string, ...expected: string[]][] = [
  [good.replace("clock", "clok"), "MCU2131 [clok] board file: unknown setting `clok`"],
  [
    good.replace("cortex-m7", "cortex-m4"),
    "MCU2134 [cortex-m4] board file: core `cortex-m4` is not supported; expected `cortex-m7`",
  ],
  [good.replace("1 MHz", "1 ms"), "MCU2114 [1 ms] clock is a frequency, got a time"],
  [good.replace("1 MHz", "0 Hz"), "MCU2115 [0 Hz] clock cannot be zero; expected more than zero"],
  [good.replace("4 KiB", "4"), "MCU2114 [4] the size of R is a size in bytes, got a plain number"],
  [
    good.replace("4 KiB", "0.3 B"),
    "MCU2115 [0.3 B] the size of R cannot be a fraction (0.3); expected a whole number",
  ],
  [good.replace("at 0", "at -1"), "MCU2115 [-1] the address of R cannot be negative; expected zero or more"],
  [good.replace(" core cortex-m7\n", ""), "MCU2133 [b] board file: a `core` is missing"],
  [good.replace(" clock 1 MHz\n", ""), "MCU2133 [b] board file: a `clock` is missing"],
  [good.replace(" sram R 4 KiB at 0\n", ""), "MCU2133 [b] board file: an `sram` region is missing"],
  [good.replace("clock", "core cortex-m7\n clock"), "MCU2132 [core] `core` is there twice; expected it once"],
  [
    good.replace("sram", "flash R 1 B at 1 MiB / 1 B\n sram"),
    "MCU2132 [R] region R is there twice; expected it once",
  ],
  [
    good.replace("sram", "flash F 1 KiB at 1\n sram"),
    "MCU2135 [F] board file: region F overlaps region R; expected separate addresses",
  ],
  [good.replace("\n}", ""), "MCU2110 [] board file: expected `}`, found the end"],
  [good.replace("board b", "b"), "MCU2110 [b] board file: expected `board`, found `b`"],
  [
    good.replace("tightly", "").replace("at 0", "tightly"),
    "MCU2110 [\n] board file: expected `coupled`, found the end of the line",
  ],
  [
    good.replace("at 0", "at 0\n power 1 W"),
    "MCU2110 [\n] board file: expected a source in double quotes, found the end of the line",
  ],
  ["", "MCU2110 [] board file: expected `board`, found the end"],
  [`${good}\n${good}`, "MCU2110 [board] board file: expected the end, found `board`"],
];

test("every mistake is told at its place", () => {
  for (const [text, ...expected] of cases) {
    assert.equal(
      summaries(
        text,
        rejection(() => parseBoard("b.mcu", text)),
      ),
      expected,
      text,
    );
  }
  assert.is(parseBoard("b.mcu", good).name, "b");
  assert.is(rejection(() => parseBoard("b.mcu", cases[0][0]))[0].help!.split("?")[0], "did you mean `clock`");
});

test("random bytes never crash", () => {
  const random = randomFrom(5);
  for (let i = 0; i < 500; i++) {
    const bytes = Uint8Array.from({ length: random(200) }, () => random(256));
    rejection(() => parseBoard("b.mcu", new TextDecoder().decode(bytes)));
    // One character of a good file changed.
    const at = random(good.length);
    try {
      parseBoard("b.mcu", good.slice(0, at) + String.fromCharCode(random(128)) + good.slice(at + 1));
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
    }
  }
  assert.is(rejection(() => parseBoard("b.mcu", "board b {".repeat(100000)))[0].code, "MCU2116");
});

test.run();
