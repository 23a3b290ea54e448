/** `tsc-mcu build a.ts b.ts`: several networks in one folder, for one firmware. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasNativeCompiler } from "../../compiler/run/native.js";
import { strict } from "../../compiler/run/callable.js";
import { temporaryFolder, tscMcu } from "./command.js";

const test = suite("build of several networks");
const folder = temporaryFolder();

const quantization = "{ scale: 0.1, zeroPoint: 0 }";

/** max(x, 0) over `size` int8. */
function model(name: string, size: number): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `import { input, network, relu } from "tsc-mcu";
export default network("${name}", {}, () =>
  ({ y: relu(input("x", [${size}], { quantization: ${quantization} }), { quantization: ${quantization} }) }));
`,
  );
  return file;
}

test("one header each, files that are common once, and the shared arena's size", () => {
  const out = join(folder, "out");
  const { code, out: text } = tscMcu(["build", model("first", 100), model("second", 30), "-o", out]);
  assert.is(code, 0);
  assert.match(text, /^first for /m);
  assert.match(text, /^second for /m);
  assert.match(text, /^shared arena 1\d\d bytes .*: first, second$/m);
  const files = readdirSync(out);
  for (const name of ["first.h", "second.h", "first.mk", "second.mk", "tsc_mcu.h", "tsc_mcu_arenas.h"])
    assert.ok(files.includes(name), name);
  const cmake = readFileSync(join(out, "CMakeLists.txt"), "utf8");
  assert.is(cmake.match(/^add_library\((first|second) STATIC/gm)?.length, 2);
  const { networks, sharedArenas } = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
  assert.equal(
    networks.map(({ name }: { name: string }) => name),
    ["first", "second"],
  );
  assert.is(sharedArenas.length, 1);
  assert.is(
    sharedArenas[0].bytes,
    Math.max(...networks.map(({ sram }: any) => Math.ceil(sram.arena / 8) * 8)),
  );
  if (hasNativeCompiler()) linkAndRun(out);
});

/** Both run in one arena, one after the other. */
function linkAndRun(out: string): void {
  const main = `#include "tsc_mcu_arenas.h"
#include <string.h>
static tsc_mcu_shared_arena arena;
int main(void)
{
    memset(first_input_x(&arena.first), -5, FIRST_INPUT_X_ELEMENTS);
    first_run(&arena.first);
    int bad = first_output_y(&arena.first)[99] != 0;
    memset(second_input_x(&arena.second), 7, SECOND_INPUT_X_ELEMENTS);
    second_run(&arena.second);
    bad |= second_output_y(&arena.second)[29] != 7;
    bad |= sizeof arena != TSC_MCU_SHARED_ARENA_BYTES;
    return bad;
}
`;
  writeFileSync(join(out, "main.c"), main);
  const sources = ["first.c", "first_weights.c", "second.c", "second_weights.c", "main.c"];
  const compiled = spawnSync(process.env.CC || "cc", [...strict, ...sources, "-o", "program"], { cwd: out });
  assert.is(compiled.status, 0, String(compiled.stderr));
  assert.is(spawnSync(join(out, "program"), { cwd: out }).status, 0);
}

test("--json", () => {
  const { code, out } = tscMcu([
    "build",
    model("one", 9),
    model("two", 9),
    "-o",
    join(folder, "json"),
    "--json",
  ]);
  assert.is(code, 0);
  const { ok, networks, sharedArenas, written } = JSON.parse(out);
  assert.ok(ok && written.includes("tsc_mcu_arenas.h"));
  assert.is(networks.length, 2);
  assert.is(sharedArenas[0].type, "tsc_mcu_shared_arena");
});

test("two networks of one name, and one whose names another continues", () => {
  const kws = model("kws", 9);
  const twice = tscMcu(["build", kws, kws, "-o", join(folder, "none")]);
  assert.is(twice.code, 1);
  assert.match(twice.err, /kws\.ts - error MCU5030: the network is called "kws", as that of .*kws\.ts is/);
  const continued = tscMcu(["build", kws, model("kws_weights", 9), "-o", join(folder, "none")]);
  assert.match(
    continued.err,
    /MCU5031: the networks "kws" and "kws_weights" would both define kws_weights\.h/,
  );
  assert.not.ok(readdirSync(folder).includes("none"));
});

test.run();
