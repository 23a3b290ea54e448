/**
 * What tsc-mcu does, on the keyword spotter of this folder: `npm run demo`. It checks and builds the network, runs the
 * test set through it, and, where the Arm compiler and the emulator are installed, does the same on an emulated Cortex-M7.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNpy } from "../../dist/compiler/files/npy.js";
import { hasEmulator } from "../../dist/compiler/run/emulator.js";
import { installEmulator } from "../../dist/compiler/run/program.js";

/** Of the float32 network on these 500 clips, as published with the data. */
const floatAccuracy = 94.2;
const samples = 6;

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = "examples/keywords";
const model = `${here}/net.ts`;
const temporary = mkdtempSync(join(tmpdir(), "tsc-mcu-demo-"));

class DemoFailed extends Error {}

function main() {
  process.chdir(root);
  title("Check: types, shapes, quantisation, limits");
  show("check", model);

  title("Build: C for the microcontroller, quantised to int8 with the calibration samples");
  show("build", model, "-o", `${here}/generated`);

  title("Where the memory and the work are");
  show("build", model, "--show=7-report");

  title("The test set, here");
  const labels = readNpy(`${here}/test_labels.npy`).data;
  const onHost = results("host");
  const right = correct(onHost, labels);
  console.log(
    `accuracy on ${labels.length} clips: float ${floatAccuracy.toFixed(2)} %, int8 ${percent(right, labels.length)} %`,
  );
  printSamples(onHost, labels);

  title("The test set, on an emulated Cortex-M7");
  if (hasEmulator()) compareWithEmulator(onHost, labels);
  else
    console.log(
      `Left out: it needs the Arm compiler and the emulator. To install them:\n  sudo ${installEmulator}`,
    );
}

function title(text) {
  console.log(`\n--- ${text} ---`);
}

/** Runs the command line tool and lets it print. */
function show(...args) {
  console.log(`$ npx tsc-mcu ${args.join(" ")}`);
  const { status } = spawnSync(process.execPath, ["dist/compiler/cli.js", ...args], { stdio: "inherit" });
  if (status !== 0) throw new DemoFailed(`tsc-mcu ended with exit code ${status}`);
}

/** The scores of all test clips: int8, [clips, classes]. */
function results(target) {
  const file = join(temporary, `${target}.npy`);
  show("run", model, "--on", target, "--input", `${here}/test_inputs.npy`, "--output", file);
  return readNpy(file);
}

function correct(scores, labels) {
  return Array.from(labels).filter((label, clip) => ranking(scores, clip)[0].class === label).length;
}

/** Classes of one clip, best first. */
function ranking({ data, shape }, clip) {
  const classes = shape[1];
  const scores = Array.from(data.subarray(clip * classes, (clip + 1) * classes), (q, index) => ({
    class: index,
    q,
  }));
  return scores.sort((a, b) => b.q - a.q || a.class - b.class);
}

function printSamples(scores, labels) {
  const names = readFileSync(`${here}/labels.txt`, "utf8").trim().split("\n");
  for (let clip = 0; clip < samples; clip++) {
    // Softmax results: scale 1/256, zero point -128.
    const top = ranking(scores, clip).slice(0, 3);
    const text = top.map((one) => `${names[one.class]} ${((one.q + 128) / 256).toFixed(2)}`).join(", ");
    console.log(`  clip ${clip}, spoken "${names[labels[clip]]}": ${text}`);
  }
}

function compareWithEmulator(onHost, labels) {
  const emulated = results("emulator");
  const accuracy = percent(correct(emulated, labels), labels.length);
  const different = emulated.data.reduce((count, q, index) => count + (q === onHost.data[index] ? 0 : 1), 0);
  console.log(`accuracy on the emulated Cortex-M7: ${accuracy} %`);
  if (different > 0)
    throw new DemoFailed(
      `${different} of ${emulated.data.length} output bytes differ from the run on this machine`,
    );
  console.log(`all ${emulated.data.length} output bytes agree with the run on this machine`);
}

const percent = (part, whole) => ((100 * part) / whole).toFixed(2);

try {
  main();
} catch (error) {
  if (!(error instanceof DemoFailed)) throw error;
  console.error(`The demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
