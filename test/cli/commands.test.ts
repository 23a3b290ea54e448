import { test } from "uvu";
import * as assert from "uvu/assert";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNpy, writeNpy } from "../../compiler/files/npy.js";
import { example, temporaryFolder, tscMcu } from "./command.js";

const folder = temporaryFolder();

/** The first clips of one of the example's files. */
function clips(file: string, count: number): Uint8Array {
  return writeNpy(readNpy(join(example, file)).data.slice(0, count * 490), [count, 49, 10, 1], "float32");
}

/** The example with few calibration samples, so that it builds fast; names with spaces everywhere. */
const project = join(folder, "a model with spaces");
mkdirSync(project);
const net = join(project, "my net.ts");
cpSync(join(example, "net.ts"), net);
cpSync(join(example, "weights.safetensors"), join(project, "weights.safetensors"));
writeFileSync(join(project, "calibration.npy"), clips("calibration.npy", 4));

const few = join(folder, "few.npy");
writeFileSync(few, clips("test_inputs.npy", 3));

test("check prints a summary, and with --json one object with the report", () => {
  const { code, out, err } = tscMcu(["check", net]);
  assert.equal([code, err], [0, ""]);
  assert.match(out, /^keywords for stm32f746g-disco: 12 layers, 2,656,768 MACs\n/);
  const json = JSON.parse(tscMcu(["check", net, "--json"]).out);
  assert.is(json.ok, true);
  assert.is(json.report.macs, 2656768);
});

test("--show prints one stage", () => {
  const plan = tscMcu(["check", net, "--show=4-plan"]);
  assert.equal([plan.code, plan.err], [0, ""]);
  assert.match(plan.out, /^network keywords: arena \d+ bytes in \w+, lower bound \d+, peak at /);
  const files = tscMcu(["check", net, "--show=6-emit"]);
  assert.match(files.out, /^==> keywords\.h <==\n/);
});

test("build writes everything, and nothing the second time", () => {
  const output = join(project, "generated files");
  const first = tscMcu(["build", net, "-o", output]);
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
    "report.html",
    "report.json",
    "tsc_mcu.h",
    "tsc_mcu_arithmetic.h",
    "tsc_mcu_packed.h",
    "tsc_mcu_quantize.h",
  ]);
  assert.match(tscMcu(["build", net, "-o", output]).out, `${output} is up to date (${files.length} files)`);
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
  assert.match(out, /^case 0: left 0\.\d+( {3}\w+ \d\.\d+){4}\ncase 1: yes 0\.\d+ .*\n$/);
});

test("run writes .npy: int8, and real values with --float", () => {
  const [bytes, reals] = [join(folder, "y.npy"), join(folder, "y float.npy")];
  assert.is(tscMcu(["run", net, "--input", `mfcc=${few}`, "--output", bytes]).code, 0);
  assert.is(tscMcu(["run", net, "--input", few, "--output", `scores=${reals}`, "--float"]).code, 0);
  const [q, y] = [readNpy(bytes), readNpy(reals)];
  assert.equal([q.dtype, q.shape, y.dtype, y.shape], ["int8", [3, 12], "float32", [3, 12]]);
  assert.equal(
    [...y.data],
    [...q.data].map((value) => (Number(value) + 128) / 256),
  );
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
  for (const args of [
    ["run", net, "--on", "emulator", "--input", few],
    ["profile", net],
  ]) {
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

const ad01 = fileURLToPath(new URL("../../../shared/models/ad01_int8/model.tflite", import.meta.url));

test("import writes a project, and does not replace one that was edited unless told to", () => {
  if (!existsSync(ad01)) return;
  const imported = join(folder, "imported");
  const { code, out, err } = tscMcu(["import", ad01, "-o", imported]);
  assert.is(err, "");
  assert.is(code, 0);
  assert.match(out, "wrote net.ts and weights.safetensors");
  const file = join(imported, "net.ts");
  const original = readFileSync(file, "utf8");
  assert.ok(original.includes("export default network("));

  writeFileSync(file, `${original}// mine\n`);
  const refused = tscMcu(["import", ad01, "-o", imported]);
  assert.is(refused.code, 1);
  assert.match(refused.err, "MCU5002: the folder has a net.ts of its own; nothing was written");
  assert.is(tscMcu(["import", ad01, "-o", imported, "--force"]).code, 0);
  assert.is(readFileSync(file, "utf8"), original);
});

test("build does not replace the CMakeLists.txt of a project", () => {
  const output = join(folder, "mine");
  mkdirSync(output);
  writeFileSync(join(output, "CMakeLists.txt"), "project(mine)\n");
  const { code, err } = tscMcu(["build", net, "-o", output]);
  assert.is(code, 1);
  assert.match(err, "MCU5002: the folder has a CMakeLists.txt of its own; nothing was written");
  assert.equal(readdirSync(output), ["CMakeLists.txt"]);
});

/** Over its limit, and with a layer that leads nowhere. */
const odd = join(folder, "odd.ts");
writeFileSync(
  odd,
  `import { input, network, relu } from "tsc-mcu";
export default network("odd", { limits: "sram <= 8 B" }, () => {
  const x = input("x", [16]);
  relu(x, { name: "unused" });
  return relu(x);
});
`,
);

test("warnings go to standard error; with --json, into the answer", () => {
  const { code, err } = tscMcu(["check", odd]);
  assert.is(code, 1);
  assert.match(err, `warning MCU2030: relu "unused" leads to no output and is left out`);
  assert.match(err, "error MCU2101: sram: ");
  writeFileSync(join(folder, "fine.ts"), readFileSync(odd, "utf8").replace("8 B", "8 KiB"));
  const { ok, diagnostics } = JSON.parse(tscMcu(["check", join(folder, "fine.ts"), "--json"]).out);
  assert.equal([ok, diagnostics.length, diagnostics[0].severity], [true, 1, "warning"]);
});

test("--show shows a network that is over its limits", () => {
  const { code, out } = tscMcu(["check", odd, "--show=7-report"]);
  assert.is(code, 0);
  assert.match(out, /✗ +sram <= 8 B/);
});

test.run();
