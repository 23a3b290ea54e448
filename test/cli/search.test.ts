/** `tsc-mcu search` and `export` as a terminal, a script and a careless user meet them. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cli, temporaryFolder, tscMcu } from "./command.js";

const folder = join(temporaryFolder(), "é and spaces");
mkdirSync(folder);
const space = join(folder, "my space.ts");
writeFileSync(
  space,
  `import { choose, dense, input, network } from "tsc-mcu";
const width = choose("width", [1, 2], { grid: true });
export default network("net", { limits: "macs <= 200" }, () => {
  const units = choose("units", [4, 8, 16]);
  return dense(dense(input("x", [8]), { units: units * width }), { units: choose("classes", [2, 3]) });
});
`,
);
const tiny =
  "--samples 2 --population 3 --parents 2 --crossovers 1 --mutations 1 --generations 1 --workers 1".split(
    " ",
  );
const output = join(folder, "found here");

function start(args: readonly string[]): ChildProcess & { readonly ended: Promise<number | null> } {
  const child = spawn(process.execPath, [...cli, "search", space, ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  return Object.assign(child, {
    ended: new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code))),
  });
}

test("a reader that has gone does not stop a search, whose results are its files", async () => {
  const search = start([...tiny, "-o", output]);
  search.stdout!.destroy();
  assert.is(await search.ended, 0);
  for (const name of ["stage1.html", "stage2.html", "best/net.ts"])
    assert.ok(existsSync(join(output, name)), name);
});

test("--json: one object on standard output; what is known already is not searched again", () => {
  const { code, out, err } = tscMcu(["search", space, ...tiny, "-o", output, "--json"]);
  assert.equal([code, err], [0, ""]);
  const { ok, stage1, stage2 } = JSON.parse(out);
  assert.equal([ok, stage1.samples, stage2.generations.length], [true, 2, 2]);
  assert.is(stage2.written[0].folder, join(output, "best"));
});

test("a folder that cannot be written is told before the work, and with --json on standard output", () => {
  const { code, out, err } = tscMcu(["search", space, ...tiny, "-o", space, "--json"]);
  assert.equal([code, err, JSON.parse(out).diagnostics[0].code], [1, "", "MCU5001"]);
});

const evaluator = `import { writeFileSync } from "node:fs";
writeFileSync("started", String(process.pid));
console.log('{"ready": true}');
setInterval(() => {}, 1000);
`;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 600 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(isSo());
}

// Of the signals that end a search, the one whose default would leave the evaluator behind.
test("a signal ends a search and everything that it has started; its state stays whole", async () => {
  const program = join(folder, "evaluate.mjs");
  const started = join(folder, "started");
  writeFileSync(program, evaluator.replace('"started"', JSON.stringify(started)));
  const command = `"${process.execPath}" "${program}"`;
  const search = start([...tiny, "--stage", "2", "-o", folder, "--evaluator", command]);
  await until(() => existsSync(started) && readFileSync(started, "utf8") !== "");
  search.kill("SIGTERM");
  assert.is(await search.ended, 143);
  await until(() => !isAlive(Number(readFileSync(started, "utf8"))));
  assert.not.throws(() => JSON.parse(readFileSync(join(folder, "stage2.json"), "utf8")));
});

const wrong: readonly (readonly [readonly string[], string])[] = [
  [["--supernet", "s.safetensors"], "error: --supernet needs --data: the folder with what to score it on\n"],
  [
    ["--supernet", "s.safetensors", "--data", "d", "--evaluator", "e"],
    "error: --supernet and --evaluator: expected one of them\n",
  ],
];
for (const [args, message] of wrong) {
  test(`wrong usage ends with 2: ${args.join(" ")}`, () => {
    assert.equal(tscMcu(["search", space, ...args]), { code: 2, out: "", err: message });
  });
}

test("export keeps what was edited", () => {
  const torch = join(folder, "torch");
  assert.is(tscMcu(["export", space, "-o", torch]).code, 0);
  writeFileSync(join(torch, "evaluate.py"), "mine\n");
  const { code, out } = tscMcu(["export", space, "-o", torch, "--json"]);
  assert.equal([code, JSON.parse(out).diagnostics[0].code], [1, "MCU5002"]);
  assert.is(readFileSync(join(torch, "evaluate.py"), "utf8"), "mine\n");
});

test.run();
