/** A search that is killed at any moment goes on where it was, and finds what it would have found. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { spaceFile } from "./spaces.js";

const program = fileURLToPath(new URL("../../compiler/cli.ts", import.meta.url));
const file = spaceFile(
  `
  const width = choose("width", [1, 2, 3, 4], { grid: true });
  const stride = choose("stride", [1, 2], { grid: true });
  for (let b = 0; b < choose("depth", [1, 2, 3]); b++) {
    const [kernel, filters] = [choose(\`kernel.\${b}\`, [1, 3, 5]), 4 * choose(\`expansion.\${b}\`, [1, 2, 3])];
    x = conv2d(x, { filters: filters * width, kernel, padding: "same", stride: b === 0 ? stride : 1 });
  }
  return globalAveragePool(x);`,
  "",
  `, limits: "sram <= 12 KiB; flash <= 24 KiB"`,
);

/** @param killAfter milliseconds. @returns what the search prints; undefined: it was killed */
function search(output: string, killAfter = Infinity): Promise<string | undefined> {
  const settings =
    "--samples 8 --population 8 --parents 4 --crossovers 3 --mutations 3 --generations 3 --workers 2";
  const args = ["--import", "tsx", program, "search", file, "-o", output, "--json", ...settings.split(" ")];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (part: Buffer) => (text += part.toString()));
  const timer = killAfter < Infinity ? setTimeout(() => child.kill("SIGKILL"), killAfter) : undefined;
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? text : undefined);
    });
  });
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), "tsc-mcu-search-"));

/** Without the names of folders. */
const found = (text: string, folder: string): unknown => JSON.parse(text.replaceAll(folder, "out"));

test("killed and started again until it is done: the same result", async () => {
  const whole = newFolder();
  const start = Date.now();
  const expected = await search(whole);
  const took = Date.now() - start;
  const folder = newFolder();
  let result: string | undefined;
  let kills = 0;
  // Later and later, so that it comes to an end on any machine.
  for (; result === undefined && kills < 3; kills++) {
    result = await search(folder, took * (0.35 + 0.4 * Math.random() + kills / 5));
    for (const name of readdirSync(folder).filter((one) => one.endsWith(".json")))
      assert.not.throws(() => JSON.parse(readFileSync(join(folder, name), "utf8")), "whole at any moment");
  }
  result ??= await search(folder);
  assert.equal(found(result!, folder), found(expected!, whole));
  for (const name of ["stage1.html", "stage2.html", "best/net.ts"]) {
    assert.is(readFileSync(join(folder, name), "utf8"), readFileSync(join(whole, name), "utf8"), name);
  }
  assert.not.ok(existsSync(join(folder, "best", "stage1.json")));
});

test.run();
