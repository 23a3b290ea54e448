/** The rules of the house that a program can check. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { operators } from "../compiler/ops/index.js";

const root = fileURLToPath(new URL("..", import.meta.url));

function sources(folder: string, ending = /\.(ts|mjs|c|h)$/): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length));
}

const text = (file: string) => readFileSync(join(root, file), "utf8");
const withoutComments = (code: string) => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

test("passes name no operator", () => {
  const names = Object.keys(operators);
  const passes = readdirSync(join(root, "compiler")).filter((folder) => /^\d-/.test(folder));
  assert.ok(passes.length >= 7);
  for (const file of passes.flatMap((folder) => sources(join("compiler", folder)))) {
    // Rules are about particular operators; JavaScript (Set) and the Cortex-M7 have an `add` of their own.
    const others = ["3-simplify/rules", "1-read/natives/", "5-lower/machine/"];
    if (others.some((folder) => file.startsWith(`compiler/${folder}`))) continue;
    const code = withoutComments(text(file));
    for (const name of names) {
      assert.not.match(code, new RegExp(`["'\`]${name}["'\`]`), `${file} names the operator ${name}`);
    }
  }
});

test("every path that the READMEs name exists", () => {
  for (const file of ["README.md", "compiler/README.md"]) {
    const folder = dirname(file);
    const content = text(file);
    const links = [...content.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target);
    const paths = [...content.matchAll(/`((?:[\w.-]+\/)+[\w.-]*|[\w-]+\.ts)`/g)].map(([, path]) => path);
    for (const path of [...links, ...paths]) {
      if (/^(https?:|generated\/|net\.ts|my-net)/.test(path)) continue;
      const found = [folder, ".", "compiler/ir", "compiler/run", "compiler/6-emit"].some((at) =>
        existsSync(join(root, at, path)),
      );
      assert.ok(found, `${file} names ${path}, which does not exist`);
    }
  }
});

test("every test file runs its tests", () => {
  for (const file of sources("test").filter((name) => name.endsWith(".test.ts"))) {
    assert.match(text(file), /\.run\(\);\s*$/, `${file} must end with test.run()`);
  }
});

test("every instruction is in the runtime headers", async () => {
  const header =
    text("runtime-c/tsc_mcu.h") +
    text("runtime-c/tsc_mcu_packed.h") +
    text("runtime-c/tsc_mcu_arithmetic.h") +
    text("runtime-c/tsc_mcu_quantize.h");
  const instructions = Object.values(await import("../compiler/targets/cortex-m7.js"));
  assert.ok(instructions.length > 10);
  for (const { name } of instructions) assert.match(header, new RegExp(`\\b${name}\\(`), name);
});

test("no absolute path of a machine, and files of a readable size", () => {
  const long: string[] = [];
  for (const file of ["dsl", "compiler", "runtime-c", "examples", "scripts", "test"].flatMap((folder) =>
    sources(folder),
  )) {
    const content = text(file);
    assert.not.match(content, /["'`](\/work\/|\/root\/|\/home\/)/, `${file} names a path of a machine`);
    const generated = file.includes("/generated/");
    if (!generated && content.split("\n").length > 300) long.push(file);
  }
  assert.equal(long, [], "files over 300 lines");
});

test.run();
