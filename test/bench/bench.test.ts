import { test } from "uvu";
import * as assert from "uvu/assert";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hasEmulator } from "../../compiler/run/emulator.js";
import { comparison } from "../../scripts/bench/comparison.js";
import type { NetworkFigures } from "../../scripts/bench/figures.js";
import { networksOf } from "../../scripts/bench/networks.js";
import { networkTable } from "../../scripts/bench/tables.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = join(root, "examples", "keywords");
const shared = join(root, "..", "shared", "models");

const figures: NetworkFigures = {
  name: "a",
  macs: 2_000_000,
  instructions: 3_000_000,
  cycles: { ideal: 1_500_000, h743: 1_800_000, f746: 2_000_000 },
  predicted: 1_560_000,
  arena: 16000,
  fast: 0,
  stack: 136,
  stackPredicted: 150,
  text: 7000,
  rodata: 33000,
  weights: 32000,
  cases: [8, 1],
};

test("the table has a ratio to the weights, MACs a cycle, and the prediction's deviation", () => {
  const [header, row] = networkTable([figures])
    .split("\n")
    .map((line) => line.split(/ {2,}/));
  const cells = Object.fromEntries(header.map((name, i) => [name, row[i]]));
  assert.is(cells["ideal M"], "1.500");
  assert.is(cells["h743-dtcm M"], "-");
  assert.is(cells["MAC/cycle"], "1.33");
  assert.is(cells["of weights"], "1.25");
  assert.is(cells["stack (predicted)"], "136 (150)");
  assert.is(cells.deviation, "+4.0 %");
  assert.is(cells.exact, "8 + 1 on M7");
  assert.match(networkTable([{ ...figures, wrong: "host: …" }]), / NO$/);
});

test("a comparison has the worst ratio first", () => {
  const now = { ...figures, instructions: 1_500_000, stack: 272 };
  const lines = comparison([figures], [now, { ...figures, name: "new" }]).split("\n");
  assert.match(lines[1], /^a +stack +136 +272 +2\.000$/);
  assert.match(lines.at(-1)!, /^a +instructions +3,000,000 +1,500,000 +0\.500$/);
  assert.is(comparison([figures], [{ ...figures, name: "b" }]), "nothing to compare: no network is in both");
});

test("networks: files, folders, folders of folders", () => {
  assert.equal(networksOf([example]), [{ name: "keywords", model: join(example, "net.ts") }]);
  assert.equal(networksOf([join(example, "net.ts")]), networksOf([example]));
  assert.ok(networksOf([]).some(({ name }) => name === "keywords"));
  assert.throws(() => networksOf([join(root, "nowhere")]), /there is no /);
  if (existsSync(shared)) assert.ok(networksOf([shared]).every(({ recording }) => recording !== undefined));
});

const ready = hasEmulator() && existsSync(shared);

(ready ? test : test.skip)("the bench runs a network, writes figures and compares with them", () => {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-test-"));
  const file = join(folder, "figures.json");
  const bench = (...args: string[]): string => {
    const command = [
      "--import",
      "tsx",
      join(root, "scripts", "bench.ts"),
      join(shared, "ad01_int8"),
      ...args,
    ];
    return execFileSync(process.execPath, command, {
      encoding: "utf8",
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
  };
  try {
    const first = bench("--json", file, "--layers", "--opt", "-O3", "--no-asm");
    assert.match(first, /^-O3, no asm, planned for nucleo-h743zi\n/);
    assert.match(first, /\nad01_int8 +.* 8 \+ 1 on M7\n/);
    assert.match(first, /\nlayer +kernel +MACs /);
    const [one] = JSON.parse(readFileSync(file, "utf8")).networks;
    assert.equal([one.macs, one.weights, one.layers.length], [264192, 264192, 10]);
    const again = bench("--against", file, "--opt=-O3", "--no-asm");
    assert.match(again, /\nad01_int8 +instructions +([\d,]+) +\1 +1\.000\n/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("wrong usage ends with 2", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(root, "scripts", "bench.ts"), "--bord", "x"],
    { encoding: "utf8", cwd: root },
  );
  assert.is(status, 2);
  assert.match(stderr, "usage: npm run bench");
});

test.run();
