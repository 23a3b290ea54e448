/** Functions of the runtime header against what their instructions mean here, over their whole range. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../compiler/run/program.js";
import * as m7 from "../../compiler/targets/cortex-m7.js";
import { Random } from "../kernels/layers.js";

const runtime = fileURLToPath(new URL("../../runtime-c", import.meta.url));
const flags = [
  "-std=c11",
  "-O1",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-fsanitize=undefined",
  "-fno-sanitize-recover=all",
];

const largest = 2 ** 31 - 1;

/** Numbers from `least` to `most`, as many of each magnitude, with both ends. */
function spread(random: Random, least: number, most: number): number[] {
  const count = 20_000;
  const ratio = Math.log((most + 1) / (least + 1));
  const inside = Array.from({ length: count }, () =>
    Math.floor((least + 1) * Math.exp(random.next() * ratio) - 1),
  );
  return [least, least + 1, most - 1, most, ...inside].map((one) => Math.min(most, Math.max(least, one)));
}

const ranges = {
  logarithm: [2 ** 19, largest],
  softmaxReciprocal: [2 ** 19, largest],
  inverseSquareRoot: [0, largest],
  clz: [0, largest],
} as const;

const withCompiler = findProgram("cc") ? test : test.skip;

for (const [name, [least, most]] of Object.entries(ranges)) {
  withCompiler(`${name} is the same in C`, () => {
    const instruction = m7[name as keyof typeof ranges];
    const values = spread(new Random(least + 1), least, most);
    const meaning = instruction.meaning(undefined as never) as (x: number) => number;
    const results = run(`${instruction.name}(x)`, values);
    values.forEach((x, i) => assert.is(results[i], meaning(x), `${name}(${x})`));
  });
}

const int16 = Array.from({ length: 2 ** 16 }, (_, i) => i - 2 ** 15);

withCompiler("functions of int16 are the same in C for every int16", () => {
  const meaning = (name: "sigmoid16" | "tanh16" | "ssat16") =>
    m7[name].meaning(undefined as never) as (...args: number[]) => number;
  assert.equal(
    run("mcu_sigmoid16(x)", int16),
    int16.map((x) => meaning("sigmoid16")(x)),
  );
  for (let bits = 0; bits <= 6; bits++) {
    const expected = int16.map((x) => plain(meaning("tanh16")(x, bits)));
    assert.equal(run(`mcu_tanh16(x, ${bits})`, int16), expected, `${bits} bits`);
  }
  assert.equal(
    run("mcu_ssat16(x * 3)", int16),
    int16.map((x) => meaning("ssat16")(x * 3)),
  );
});

/** Without the sign of zero. */
const plain = (x: number) => x | 0;

/** @param expression of `x` */
function run(expression: string, values: readonly number[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-test-"));
  try {
    const source = `#include <stdio.h>
#include "tsc_mcu.h"
int main(void)
{
    int32_t x;
    while (scanf("%d", &x) == 1) {
        printf("%d\\n", ${expression});
    }
    return 0;
}
`;
    writeFileSync(join(folder, "main.c"), source);
    execFileSync("cc", [...flags, `-I${runtime}`, join(folder, "main.c"), "-o", join(folder, "main")]);
    const output = execFileSync(join(folder, "main"), { input: values.join("\n"), encoding: "utf8" });
    return output.trim().split("\n").map(Number);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.run();
