/** Limits: values, places and messages. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadBoard, parseLimits } from "../../compiler/limits/index.js";
import { maxNesting } from "../../compiler/limits/syntax.js";
import { units } from "../../compiler/limits/units.js";
import { formatQuantity, passingLimit } from "../../compiler/limits/format.js";
import type { Quantity } from "../../compiler/limits/limits.js";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { randomFrom } from "./random.js";
import { rejection, summaries } from "./rejection.js";

const atMost = (text: string): number => parseLimits(text)[0].atMost;

test("every quantity, with units", () => {
  const text =
    "sram <= 32 KiB; sram(DTCM) <= 16kB\nflash <= 1 MiB; stack <= 512 B; macs <= 2.5 M; latency <= 10 ms; energy <= 2 mJ";
  assert.equal(
    parseLimits(text).map(({ quantity, region, atMost, text }) => [quantity, region, atMost, text]),
    [
      ["sram", undefined, 32768, "32 KiB"],
      ["sram", "DTCM", 16000, "16kB"],
      ["flash", undefined, 1 << 20, "1 MiB"],
      ["stack", undefined, 512, "512 B"],
      ["macs", undefined, 2.5e6, "2.5 M"],
      ["latency", undefined, 0.01, "10 ms"],
      ["energy", undefined, 0.002, "2 mJ"],
    ],
  );
});

test("units combine", () => {
  assert.is(atMost("sram <= 240 KiB + 16 KiB"), 256 * 1024);
  assert.is(atMost("sram <= (64 KiB - 1 kB) / 2"), 32268);
  assert.is(atMost("latency <= 2160000 / 216 MHz"), 0.01);
  assert.is(atMost("latency <= 10 µs"), 1e-5);
  assert.is(atMost("latency <= 10 μs + 0 ns"), 1e-5);
  assert.is(atMost("energy <= 300 mW * 5 ms"), 0.0015);
  assert.is(atMost("energy <= 3 V * 2 A * 1 s"), 6);
  assert.is(atMost("macs <= 3 * 4 KiB / 1 KiB"), 12);
  assert.is(atMost("macs <= 0"), 0);
  assert.is(atMost("sram <= 0x100 B"), 256);
});

test("nothing, and only comments, are no limits", () => {
  assert.equal(parseLimits(""), []);
  assert.equal(parseLimits(" \n;; // none\n# none"), []);
});

const model = "network('n', { limits: `sram <= 32 KiB;\n  latency <= 10 ms` }";
const literal = (text: string) => ({
  file: "net.ts",
  start: model.indexOf(text),
  end: model.indexOf(text) + text.length,
});
const content = "sram <= 32 KiB;\n  latency <= 10 ms";

test("places are in the model file, from the text or its literal", () => {
  for (const at of [literal(content), literal(`\`${content}\``)]) {
    const places = parseLimits(content, at).map((one) => model.slice(one.at!.start, one.at!.end));
    assert.equal(places, ["sram <= 32 KiB", "latency <= 10 ms"]);
  }
});

test("a text that is not in the file as it is stands for all of it", () => {
  const at = { file: "net.ts", start: 3, end: 9 };
  assert.equal(parseLimits(content, at)[0].at, at);
  assert.equal(rejection(() => parseLimits("srm <= 1 B", at))[0].place, at);
});

const cases: [text: string, ...expected: string[]][] = [
  ["srm <= 4 KiB", "MCU2117 [srm] unknown quantity `srm`; expected what can be limited"],
  ["sram < 4 KiB", "MCU2118 [<] expected `<=`, found `<`"],
  ["sram >= 4 KiB", "MCU2118 [>=] expected `<=`, found `>=`"],
  ["sram ≤ 4 KiB", "MCU2118 [≤] expected `<=`, found `≤`"],
  ["sram <= 10 ms", "MCU2114 [10 ms] sram is a size in bytes, got a time"],
  ["sram <= 32768", "MCU2114 [32768] sram is a size in bytes, got a plain number"],
  ["sram <= 32k", "MCU2114 [32k] sram is a size in bytes, got a plain number"],
  ["latency <= 3 KiB * 2 s", "MCU2114 [3 KiB * 2 s] latency is a time, got byte·second"],
  ["latency <= 1 s * 2 s", "MCU2114 [1 s * 2 s] latency is a time, got second^2"],
  ["macs <= 3 KiB", "MCU2114 [3 KiB] macs is a plain number, got a size in bytes"],
  [
    "sram <= 4 Kib",
    "MCU2112 [Kib] unknown unit `Kib`; expected one of B, kB, KiB, MB, MiB, us, ms, s, uJ, mJ, J, MHz, k, M, G",
  ],
  [
    "sram <= 4 KiB + (3 s)",
    "MCU2113 [4 KiB + (3 s)] `+` needs two values of one kind, got a size in bytes and a time",
  ],
  ["sram <= -4 KiB", "MCU2115 [-4 KiB] sram cannot be negative; expected zero or more"],
  [
    "sram(DTCM) <= 1 KiB - 2 KiB",
    "MCU2115 [1 KiB - 2 KiB] sram(DTCM) cannot be negative; expected zero or more",
  ],
  ["macs <= 1e999", "MCU2115 [1e999] macs cannot be infinite; expected a finite value"],
  ["macs <= 1 / 0", "MCU2115 [1 / 0] macs cannot be infinite; expected a finite value"],
  ["macs <= 0 / 0", "MCU2115 [0 / 0] macs cannot be 0 / 0; expected a finite value"],
  ["sram <= 1e18 B", "MCU2115 [1e18 B] sram cannot be 1.00e+18; expected at most 2^53"],
  ["flash(FLASH) <= 1 B", "MCU2119 [FLASH] `flash` has no regions; expected `flash` alone"],
  ["sram <= 1 B; sram <= 2 B", "MCU2120 [sram <= 2 B] `sram` is limited twice; expected one limit"],
  ["sram(DTC) <= 1 B", "MCU2121 [DTC] stm32f746g-disco has no SRAM region `DTC`"],
  ["sram(FLASH) <= 1 B", "MCU2121 [FLASH] stm32f746g-disco has no SRAM region `FLASH`"],
  ["sram <= ", "MCU2110 [] limits: expected `(` or a number, found the end"],
  ["sram", "MCU2110 [] limits: expected `<=`, found the end"],
  ["sram 32 KiB", "MCU2110 [32] limits: expected `<=`, found `32`"],
  ["sram <=\n32 KiB", "MCU2110 [\n] limits: expected `(` or a number, found the end of the line"],
  ["<= 32 KiB", "MCU2110 [<=] limits: expected a limit such as `sram <= 32 KiB`, found `<=`"],
  [
    "sram <= 3 KiB flash <= 3 B",
    "MCU2110 [flash] limits: expected an operator, `;` or a new line, found `flash`",
  ],
  ["sram <= (3 KiB", "MCU2110 [] limits: expected `)`, found the end"],
  ["sram <= 3 KiB)", "MCU2110 [)] limits: expected an operator, `;` or a new line, found `)`"],
  ["sram <= @3", 'MCU2110 [@] limits: unexpected "@"'],
  [
    "srm < 4 KiB; flash <= 1 s; sram <= 3 KB",
    "MCU2117 [srm] unknown quantity `srm`; expected what can be limited",
    "MCU2118 [<] expected `<=`, found `<`",
    "MCU2114 [1 s] flash is a size in bytes, got a time",
  ],
];

test("every mistake is told at its place", () => {
  const board = loadBoard("stm32f746g-disco", { relativeTo: "net.ts" });
  for (const [text, ...expected] of cases) {
    const file = `  ${text}`;
    const at = { file: "net.ts", start: 2, end: file.length };
    assert.equal(
      summaries(
        file,
        rejection(() => parseLimits(text, at, board)),
      ),
      expected,
      text,
    );
  }
});

test("help says what was meant", () => {
  const help = (text: string) => rejection(() => parseLimits(text))[0].help;
  assert.is(
    help("srm <= 4 KiB"),
    "did you mean `sram`? Known are `sram`, `flash`, `stack`, `macs`, `latency`, `energy`",
  );
  assert.is(help("sram < 4 KiB"), "a limit is the most that is allowed: `sram <= 32 KiB`");
  assert.is(
    help("sram <= 32768"),
    "write the unit: `32768 B`, `32768 kB`, `32768 KiB`, `32768 MB`, `32768 MiB`",
  );
  assert.is(help("sram <= 4 kib"), "did you mean `KiB`?");
  assert.is(help("macs <= 4 ms"), "numbers may end in `k`, `M`, `G`");
  const [twice] = rejection(() => parseLimits("sram <= 1 B; sram <= 2 B", { file: "n", start: 0, end: 24 }));
  assert.equal(twice.related, [
    { message: "the first limit of sram", place: { file: "n", start: 0, end: 11 } },
  ]);
});

test("hostile texts end in a diagnostic", () => {
  const nested = (depth: number) => `macs <= ${"(".repeat(depth)}1${")".repeat(depth)}`;
  assert.is(atMost(nested(maxNesting)), 1);
  assert.is(rejection(() => parseLimits(nested(maxNesting + 1)))[0].code, "MCU2111");
  assert.is(rejection(() => parseLimits("(".repeat(16000)))[0].code, "MCU2111");
  assert.is(rejection(() => parseLimits("sram <= 1 B;".repeat(100000)))[0].code, "MCU2116");
  for (const word of ["constructor", "__proto__", "toString"]) {
    assert.is(rejection(() => parseLimits(`${word} <= 1 B`))[0].code, "MCU2117");
  }
});

test("random texts never crash", () => {
  const random = randomFrom(7);
  const pieces = [
    "sram",
    "<=",
    "3",
    "KiB",
    "(",
    ")",
    ";",
    "\n",
    "+",
    "-",
    "*",
    "/",
    "1e9",
    "ms",
    "\0",
    '"',
    "µ",
    "{",
    "at",
    "#",
    "//",
    "\u2028",
    "💥",
  ];
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: random(20) }, () => pieces[random(pieces.length)]).join(
      random(2) ? " " : "",
    );
    try {
      parseLimits(text, { file: "n", start: 0, end: text.length });
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      for (const { place } of error.diagnostics)
        assert.ok("start" in place! && place.start <= place.end && place.end <= text.length, text);
    }
  }
});

test("every unit is read, and every limit that help proposes passes", () => {
  for (const unit of units.keys()) rejection(() => parseLimits(`sram <= 1 s + 1 ${unit} * 1 B`));
  const random = randomFrom(3);
  for (const quantity of ["sram", "flash", "stack", "macs", "latency", "energy"] as Quantity[]) {
    for (let i = 0; i < 300; i++) {
      const scale = 10 ** (random(12) - (quantity === "latency" || quantity === "energy" ? 6 : 3));
      const value =
        quantity === "latency" || quantity === "energy"
          ? random(1000) * scale
          : Math.floor(random(1000) * Math.max(scale, 1));
      const proposed = `${quantity} <= ${passingLimit(quantity, value)}`;
      assert.ok(atMost(proposed) >= value * (1 - 1e-12), `${proposed} for ${value}`);
      assert.ok(formatQuantity[quantity](value).length < 12, formatQuantity[quantity](value));
    }
  }
});

test.run();
