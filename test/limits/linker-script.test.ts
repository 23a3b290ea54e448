/** MEMORY blocks of GNU linker scripts. */

import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Rejected } from "../../compiler/diagnostics/diagnostic.js";
import { loadBoard, regionsFromLinkerScript, withLinkerScript } from "../../compiler/limits/index.js";
import { parseRegions } from "../../compiler/limits/linker-script.js";
import { randomFrom } from "./random.js";
import { rejection, summaries } from "./rejection.js";

const brief = (text: string): string[] =>
  parseRegions("app.ld", text).map(
    ({ name, kind, origin, bytes, tightlyCoupled }) =>
      `${kind} ${name} ${bytes} at 0x${origin!.toString(16)}${tightlyCoupled ? " tightly coupled" : ""}`,
  );

const cubeF746 = `
/* Entry Point */
ENTRY(Reset_Handler)

/* Highest address of the user mode stack */
_estack = ORIGIN(RAM) + LENGTH(RAM); /* end of "RAM" Ram type memory */

_Min_Heap_Size = 0x200; /* required amount of heap */
_Min_Stack_Size = 0x400; /* required amount of stack */

/* Memories definition */
MEMORY
{
  RAM    (xrw)    : ORIGIN = 0x20000000,   LENGTH = 320K
  FLASH    (rx)    : ORIGIN = 0x8000000,   LENGTH = 1024K
}

SECTIONS
{
  .isr_vector :
  {
    . = ALIGN(4);
    KEEP(*(.isr_vector)) /* Startup code */
    . = ALIGN(4);
  } >FLASH
  .data :
  {
    _sdata = .;        /* create a global symbol at data start */
    *(.data) *(.data*) *(EXCLUDE_FILE (*crt?.o "a{b.o") .ctors)
  } >RAM AT> FLASH
  /DISCARD/ : { libc.a ( * ) }
}
`;

test("STM32CubeMX, F746", () => {
  assert.equal(brief(cubeF746), ["sram RAM 327680 at 0x20000000", "flash FLASH 1048576 at 0x8000000"]);
});

test("STM32CubeMX, H743: ITCM is not for data", () => {
  const text = `MEMORY
{
DTCMRAM (xrw)      : ORIGIN = 0x20000000, LENGTH = 128K
RAM_D1 (xrw)       : ORIGIN = 0x24000000, LENGTH = 512K
RAM_D2 (xrw)       : ORIGIN = 0x30000000, LENGTH = 288K
RAM_D3 (xrw)       : ORIGIN = 0x38000000, LENGTH = 64K
ITCMRAM (xrw)      : ORIGIN = 0x00000000, LENGTH = 64K
FLASH (rx)         : ORIGIN = 0x8000000, LENGTH = 2048K
}`;
  assert.equal(brief(text), [
    "sram DTCMRAM 131072 at 0x20000000 tightly coupled",
    "sram RAM_D1 524288 at 0x24000000",
    "sram RAM_D2 294912 at 0x30000000",
    "sram RAM_D3 65536 at 0x38000000",
    "flash FLASH 2097152 at 0x8000000",
  ]);
});

test("every spelling that ld takes", () => {
  const text = `MEMORY { /* a /* does not nest */
    rom (rx!w): org = 0x08000000, len = 0x80000
    ram (!rx) : o = 0x20000000 l = 0400K /* octal */
    A(w):ORIGIN=ORIGIN(rom)+LENGTH(rom)*2,LENGTH=(1M-4K)/2 // half
    B (RWX) : org = org(ram) + len(ram), len = 1024
    QSPI_FLASH : ORIGIN = 0x90000000, LENGTH = 16M
    .noinit : ORIGIN = 0x20090000, LENGTH = 64K - 0x10
    empty (rw) : ORIGIN = 0x20090000, LENGTH = 0
  }
  /* and MEMORY { } in a comment is none */
  MEMORY { CCMRAM (xrw) : ORIGIN = 0x10000000, LENGTH = 64k }`;
  assert.equal(brief(text), [
    "flash rom 524288 at 0x8000000",
    "flash ram 262144 at 0x20000000",
    "sram A 522240 at 0x8100000",
    "sram B 1024 at 0x20040000",
    "flash QSPI_FLASH 16777216 at 0x90000000",
    "sram _noinit 65520 at 0x20090000",
    "sram CCMRAM 65536 at 0x10000000",
  ]);
});

test("a section or a file called MEMORY is no block", () => {
  assert.equal(brief(`SECTIONS { .x : { *(MEMORY) } > MEMORY } ${cubeF746}`).length, 2);
});

test("code RAM at address 0 is flash: an arena there would be C's null pointer", () => {
  assert.equal(
    brief("MEMORY { CODE (rwx) : ORIGIN = 0, LENGTH = 4M RAM (rw) : ORIGIN = 0x20000000, LENGTH = 4M }"),
    ["flash CODE 4194304 at 0x0", "sram RAM 4194304 at 0x20000000"],
  );
});

test("regions take the place of the board's, and know its tightly coupled memory", () => {
  const script = fileURLToPath(new URL("../../../shared/rig/harness/an500.ld", import.meta.url));
  if (!existsSync(script)) return;
  const board = withLinkerScript(loadBoard("mps2-an500", { relativeTo: "net.ts" }), script);
  assert.equal(
    board.regions.map((one) => `${one.kind} ${one.name} ${one.bytes}`),
    ["flash CODE 4194304", "sram RAM 4194304", `sram PSRAM ${(16 << 20) - (64 << 10)}`],
  );
  const coupled = withLinkerScript(loadBoard("stm32f746g-disco", { relativeTo: "net.ts" }), script).regions;
  assert.not.ok(
    coupled.some((one) => one.tightlyCoupled),
    "4 MiB from DTCM's start are more than DTCM",
  );
  assert.equal(regionsFromLinkerScript(script), board.regions);
});

const ram = "RAM (rw) : ORIGIN = 0x20000000, LENGTH = 64K";
const cases: [text: string, ...expected: string[]][] = [
  ["", "MCU2140 linker script: there is no MEMORY block"],
  ["SECTIONS { } /* MEMORY { ", "MCU2140 linker script: there is no MEMORY block"],
  [
    "MEMORY { }",
    "MCU2141 linker script: no region for data; expected one with attribute w, found no regions",
  ],
  [
    "MEMORY { F (rx) : ORIGIN = 1, LENGTH = 1 }",
    "MCU2141 linker script: no region for data; expected one with attribute w, found F",
  ],
  [`MEMORY { ${ram}`, "MCU2110 [] linker script: expected `}`, found the end"],
  [`MEMORY { ${ram.replace(":", "")} }`, "MCU2110 [ORIGIN] linker script: expected `:`, found `ORIGIN`"],
  [
    `MEMORY { ${ram.replace("ORIGIN", "START")} }`,
    "MCU2110 [START] linker script: expected `ORIGIN`, found `START`",
  ],
  [
    `MEMORY { ${ram.replace("LENGTH", "SIZE")} }`,
    "MCU2110 [SIZE] linker script: expected `LENGTH`, found `SIZE`",
  ],
  [
    `MEMORY { ${ram.replace("64K", "64KB")} }`,
    "MCU2144 [64KB] linker script: `64KB` is not a number; expected for example 0x20000000, 128K or 1M",
  ],
  [
    `MEMORY { ${ram.replace("64K", "089")} }`,
    "MCU2144 [089] linker script: `089` is not a number; expected for example 0x20000000, 128K or 1M",
  ],
  [
    `MEMORY { ${ram.replace("64K", "_size")} }`,
    "MCU2142 [_size] linker script: `_size` is not a number; expected numbers, ORIGIN(region) and LENGTH(region)",
  ],
  [
    `MEMORY { ${ram.replace("64K", "DEFINED(x)")} }`,
    "MCU2142 [DEFINED(x)] linker script: `DEFINED(x)` is not a number; expected numbers, ORIGIN(region) and LENGTH(region)",
  ],
  [
    `MEMORY { ${ram.replace("64K", "LENGTH(RAM)")} }`,
    "MCU2143 [RAM] linker script: region RAM is not defined before this line",
  ],
  [
    `MEMORY { ${ram.replace("64K", "1K - 2K")} }`,
    "MCU2115 [1K - 2K] an address or size cannot be negative; expected 0 to 2^53",
  ],
  [
    `MEMORY { ${ram.replace("64K", "1K / 0")} }`,
    "MCU2115 [1K / 0] a number cannot be divided by 0; expected another divisor",
  ],
  [
    `MEMORY { ${ram.replace("64K", "0xffffffffffffffffffff * 99")} }`,
    "MCU2115 [0xffffffffffffffffffff * 99] an address or size cannot be 1.20e+26; expected 0 to 2^53",
  ],
  [`MEMORY { ${ram}\n${ram} }`, "MCU2132 [RAM] region RAM is there twice; expected it once"],
  [`MEMORY { INCLUDE other.ld\n }`, "MCU2110 [other.ld] linker script: expected `:`, found `other.ld`"],
  [`MEMORY {\n#if 1\n${ram} }`, "MCU2110 [#] linker script: expected `}`, found `#`"],
];

test("every mistake is told at its place", () => {
  for (const [text, ...expected] of cases) {
    assert.equal(
      summaries(
        text,
        rejection(() => parseRegions("app.ld", text)),
      ),
      expected,
      text,
    );
  }
});

test("junk around the block does not matter, and junk alone does not crash or hang", () => {
  const random = randomFrom(11);
  const start = performance.now();
  for (let i = 0; i < 200; i++) {
    // Letters and braces apart, so that no comment, quote or other block swallows ours.
    const junk = Array.from(
      { length: random(300) },
      () => "#@!$%^&()[]<>?|~`'=;:,.+-\\9\u00e9\n \0"[random(33)],
    ).join("");
    assert.equal(brief(`${junk}\n MEMORY { ${ram} } ${junk}`).length, 1, junk);
    const bytes = new TextDecoder("latin1").decode(Uint8Array.from({ length: 2000 }, () => random(256)));
    for (const text of [bytes, `MEMORY {${bytes}`]) rejection(() => parseRegions("app.ld", text));
  }
  for (const text of [
    "/*".repeat(200000),
    '"'.repeat(400000),
    "é".repeat(400000),
    "MEMORY {".repeat(50000),
    "((((".repeat(100000),
  ]) {
    rejection(() => parseRegions("app.ld", text));
    rejection(() => parseRegions("app.ld", `MEMORY { R : ORIGIN = ${text}`));
  }
  assert.is(rejection(() => parseRegions("app.ld", " ".repeat(1 << 20)))[0].code, "MCU2116");
  assert.ok(performance.now() - start < 15000);
});

test("a script that changed by a character is read or rejected", () => {
  const random = randomFrom(13);
  for (let i = 0; i < 300; i++) {
    const at = random(cubeF746.length);
    try {
      parseRegions(
        "app.ld",
        cubeF746.slice(0, at) + String.fromCharCode(random(128)) + cubeF746.slice(at + 1),
      );
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
    }
  }
});

test("a file that is not there", () => {
  assert.is(
    rejection(() => regionsFromLinkerScript("no/such.ld"))[0].message,
    "cannot read no/such.ld: there is no such file",
  );
});

test.run();
