import { test } from "uvu";
import * as assert from "uvu/assert";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readNpy, writeNpy } from "../../compiler/files/npy.js";
import { example, temporaryFolder, tscMcu } from "./command.js";

const folder = temporaryFolder();
const net = join(example, "net.ts");
const inputs = join(example, "test_inputs.npy");

/** The first three test clips. */
const few = join(folder, "few.npy");
const all = readNpy(inputs);
writeFileSync(few, writeNpy(all.data.slice(0, 3 * 490), [3, 49, 10, 1], "float32"));

test("check prints a summary, and with --json one object with the report", () => {
  const { code, out, err } = tscMcu(["check", net]);
  assert.is(err, "");
  assert.is(code, 0);
  assert.match(out, /^keywords for stm32f746g-disco: 12 layers, 2,656,768 MACs\n/);
  const json = JSON.parse(tscMcu(["check", net, "--json"]).out);
  assert.is(json.ok, true);
  assert.is(json.report.macs, 2656768);
});

test("every stage can be shown", () => {
  const shown: readonly (readonly [string, RegExp])[] = [
    ["1-read", /^network keywords; board stm32f746g-disco; .*\n  mfcc = input\(\{ shape: \[49, 10, 1\] \}\)\n/],
    ["2-check", /^  mfcc: int8 \[49, 10, 1\] = input$/m],
    ["3-simplify", /^  conv: int8 \[25, 5, 64\] .* = conv2d\(mfcc, .*activation: "relu"/m],
    ["4-plan", /^network keywords: arena \d+ bytes in \w+, lower bound \d+, peak at /],
    ["5-lower", /^conv\(const int8_t \*in @ \d+, int8_t \*out @ \d+/m],
    ["6-emit", /^==> keywords\.h <==\n/],
    ["7-report", /^keywords for stm32f746g-disco/],
  ];
  for (const [stage, pattern] of shown) {
    const { code, out, err } = tscMcu(["check", net, `--show=${stage}`]);
    assert.is(err, "");
    assert.is(code, 0);
    assert.match(out, pattern, stage);
  }
});

test("build writes everything, and nothing the second time; names may have spaces", () => {
  const project = join(folder, "a model with spaces");
  mkdirSync(project);
  for (const file of ["net.ts", "weights.safetensors", "calibration.npy"]) cpSync(join(example, file), join(project, file));
  const model = join(project, "my net.ts");
  cpSync(net, model);
  const output = join(project, "generated files");
  const first = tscMcu(["build", model, "-o", output]);
  assert.is(first.err, "");
  assert.is(first.code, 0);
  const files = readdirSync(output).sort();
  assert.equal(files, [
    "CMakeLists.txt",
    "keywords.c",
    "keywords.h",
    "keywords.mk",
    "keywords_weights.c",
    "keywords_weights.h",
    "report.json",
    "tsc_mcu.h",
  ]);
  assert.match(tscMcu(["build", model, "-o", output]).out, `${output} is up to date (8 files)`);
});

test("build: an unwritable output folder is reported, and nothing is written", () => {
  writeFileSync(join(folder, "file"), "");
  const output = join(folder, "file", "generated");
  const { code, err } = tscMcu(["build", net, "-o", output]);
  assert.is(code, 1);
  assert.is(
    err,
    `error MCU5001: cannot write ${output}: a part of the path is a file, not a folder; nothing was written
  help: give a folder that can be created or written with -o

Found 1 error.
`,
  );
});

test("run prints the top classes, by name with --labels", () => {
  const labels = join(example, "labels.txt");
  const { code, out, err } = tscMcu(["run", net, "--input", few, "--labels", labels, "--cases", "2"]);
  assert.is(err, "");
  assert.is(code, 0);
  assert.match(out, /^case 0: left 0\.9\d+ ( {2}\w+ \d\.\d+){4}\ncase 1: yes 0\.[89]\d+ .*\n$/);
});

test("run writes .npy: int8, and real values with --float", () => {
  const [bytes, reals] = [join(folder, "y.npy"), join(folder, "y float.npy")];
  assert.is(tscMcu(["run", net, "--input", `mfcc=${few}`, "--output", bytes]).code, 0);
  assert.is(tscMcu(["run", net, "--input", few, "--output", `scores=${reals}`, "--float"]).code, 0);
  const [q, y] = [readNpy(bytes), readNpy(reals)];
  assert.equal([q.dtype, q.shape, y.dtype, y.shape], ["int8", [3, 12], "float32", [3, 12]]);
  assert.equal(Array.from(y.data), Array.from(q.data, (value) => (Number(value) + 128) / 256));
});

test("run: an array of the wrong shape is reported at its file", () => {
  const file = join(folder, "wrong.npy");
  writeFileSync(file, writeNpy(new Int8Array(480), [48, 10, 1], "int8"));
  const { code, out, err } = tscMcu(["run", net, "--input", "wrong.npy"], {}, folder);
  assert.is(code, 1);
  assert.is(out, "");
  assert.is(
    err,
    `wrong.npy - error MCU5010: the array has shape [48, 10, 1], but input "mfcc" takes [49, 10, 1], with or without a leading number of cases
  help: save it with shape [n, 49, 10, 1]

Found 1 error.
`,
  );
});

test("diagnostics with --json are one object on standard output", () => {
  const { code, out, err } = tscMcu(["run", net, "--input", join(folder, "none.npy"), "--json"]);
  assert.is(code, 1);
  assert.is(err, "");
  const { ok, diagnostics } = JSON.parse(out);
  assert.is(ok, false);
  assert.is(diagnostics[0].code, "MCU3001");
});

test("run --on native without a compiler names it and how to install it", () => {
  const { code, err } = tscMcu(["run", net, "--on", "native", "--input", few], { PATH: "", CC: undefined });
  assert.is(code, 1);
  assert.is(
    err,
    `error MCU5020: cc was not found; it is needed to run the emitted C on this machine
  help: install it: apt-get install gcc libc6-dev

Found 1 error.
`,
  );
});

test("run --on emulator and profile without the tools say exactly what to install", () => {
  for (const args of [["run", net, "--on", "emulator", "--input", few], ["profile", net]]) {
    const { code, err } = tscMcu(args, { PATH: "" });
    assert.is(code, 1);
    assert.is(
      err,
      `error MCU5020: arm-none-eabi-gcc was not found; it is needed to run the emitted C on the emulated Cortex-M7
  help: install it: apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm

Found 1 error.
`,
    );
  }
});

test("import writes a project that builds to the same network", () => {
  const model = new URL("../../../shared/models/ad01_int8/model.tflite", import.meta.url);
  if (!existsSync(model)) return;
  const project = join(folder, "imported");
  const { code, out, err } = tscMcu(["import", model.pathname, "-o", project]);
  assert.is(err, "");
  assert.is(code, 0);
  assert.match(out, "wrote net.ts and weights.safetensors");
  assert.ok(readFileSync(join(project, "net.ts"), "utf8").includes("export default network("));
});

test.run();
