/** What a member's project holds beside its model: weights, samples, limits; and how its source reads. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { check } from "../../../compiler/2-check/index.js";
import { Rejected } from "../../../compiler/diagnostics/diagnostic.js";
import { readNpy, writeNpy } from "../../../compiler/files/npy.js";
import type { OutputFile } from "../../../compiler/files/output-file.js";
import { openSafetensors } from "../../../compiler/files/safetensors.js";
import type { Checked } from "../../../compiler/ir/graph.js";
import { checkModel } from "../../../compiler/index.js";
import { randomOf } from "../../../compiler/search/random.js";
import { memberProject } from "../../../compiler/search/source/index.js";
import { Space } from "../../../compiler/search/space.js";
import { filesOf, readPlain, removeAll, textOf, written } from "./members.js";

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const supernet = openSafetensors(path("../shared/data/keywords-supernet/supernet.safetensors"));

const textIn = (files: readonly OutputFile[], name = "net.ts"): string =>
  files.find((file) => file.path === name)!.content as string;

/** Every bit of every constant, and what computes with them. */
function graphText({ values, operations, outputs }: Checked): string {
  const bits = (data: ArrayBufferView): string =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
  return JSON.stringify([values, operations, outputs], (key, value) =>
    ["site", "origin"].includes(key) ? undefined : ArrayBuffer.isView(value) ? bits(value) : value,
  );
}

test("a member of the keywords' super-network: its own part of the weights, bit for bit", async () => {
  const space = new Space(path("examples/keywords-space/space.ts"));
  for (const seed of [1, 2]) {
    const member = space.random(randomOf(seed, "keywords"));
    const checked = space.checked(member, supernet);
    // As if the statistics had been measured again.
    const operations = checked.operations.map((one) => {
      const { variance } = one.attributes as { variance?: { data: Float32Array } };
      if (!variance) return one;
      const changed = { ...variance, data: variance.data.map((value) => value * 1.25) };
      return { ...one, attributes: { ...one.attributes, variance: changed } };
    });
    const recalibrated = { ...checked, operations } as Checked;
    const files = await memberProject(space, member, { checked: recalibrated, tensors: supernet });
    const folder = written(files);
    const file = join(folder, "net.ts");
    const net = readPlain(folder);
    assert.is(textOf(net), textOf(member.net));
    assert.is(graphText(check(net, { file, loadCalibration: false })), graphText(recalibrated));
    assert.match(textIn(files), `weights("./weights.safetensors", { layout: "pytorch" })`);
    assert.is(net.limits, member.net.limits);
  }
});

test("MCUNet's space, which has no weights, reads as if written by hand", async () => {
  const space = new Space(path("examples/mcunet-space/space.ts"), {
    limits: "sram <= 512 KiB",
    board: "nucleo-h743zi",
  });
  const member = space.random(
    randomOf(1, "mcunet"),
    new Map<string, number>([
      ["width", 0.5],
      ["resolution", 144],
    ]),
  );
  const files = await memberProject(space, member);
  const folder = written(files);
  assert.equal(
    files.map((file) => file.path),
    ["net.ts"],
  );
  assert.is(textOf(readPlain(folder)), textOf(member.net));
  const text = textIn(files);
  assert.match(text, "// Chosen from the space in space.ts: width 0.5, resolution 144.\n");
  assert.match(text, "\nconst width = 0.5;\nconst resolution = 144;\n");
  assert.match(text, /^const depths = \[.*\];$/m);
  assert.match(text, `{ channels: 24, stride: 2 },`);
  assert.match(text, `"stages.0.0": { kernel: `);
  assert.not.match(text, /choose|range/);
  const { board } = await checkModel(join(folder, "net.ts"));
  assert.is(board.name, "nucleo-h743zi");
  assert.is(readPlain(folder).limits, "sram <= 512 KiB");
});

test("branches that are not taken go, with their comments; what the author did not leave to the search stays", async () => {
  const source = `/** A model. */

import { choose, conv2d, input, network, relu, relu6, sigmoid, type Tensor } from "tsc-mcu"; // the DSL

const debug = false;

/** Squeezes. */
function squeeze(x: Tensor<3>) {
  return sigmoid(x);
}

// The network itself.
export default network("net", {}, () => {
  let x = input("image", [8, 8, 4]); // small
  if (debug) x = relu6(x);

  // Squeezed.
  if (choose("squeezed", [true, false])) {
    x = squeeze(x); // once
  } else {
    // Not squeezed.
    x = relu(x); // at least
  }
  const kernel = choose("kernel", [1, 3, 5]); // odd
  const padding = kernel === 1 ? 0 : (kernel - 1) / 2;
  return conv2d(x, { filters: 4, kernel, padding });
});
`;
  const space = new Space(join(written(filesOf({ "space.ts": source })), "space.ts"));
  const member = space.member(
    new Map<string, boolean | number>([
      ["squeezed", false],
      ["kernel", 3],
    ]),
  );
  const expected = `// Chosen from the space in space.ts: squeezed false, kernel 3.

/** A model. */

import { conv2d, input, network, relu, relu6 } from "tsc-mcu"; // the DSL

const debug = false;

// The network itself.
export default network("net", {}, () => {
  let x = input("image", [8, 8, 4]); // small
  if (debug) x = relu6(x);

  // Squeezed.
  // Not squeezed.
  x = relu(x); // at least
  const kernel = 3; // odd
  const padding = (kernel - 1) / 2;
  return conv2d(x, { filters: 4, kernel, padding });
});
`;
  assert.is(textIn(await memberProject(space, member)), expected);
});

test("files that a space names go with the member", async () => {
  const calibration = writeNpy(new Float32Array(2 * 8), [2, 8], "float32");
  const files: OutputFile[] = [
    ...filesOf({
      "space.ts": `import { choose, dense, input, network } from "tsc-mcu";
const options = { calibration: { files: { x: "../samples.npy" }, method: "min-max" }, board: "./boards/own.mcu" } as const;
export default network("net", options, () => dense(input("x", [8]), { units: choose("units", [2, 3]) }));
`,
      "boards/own.mcu": readFileSync(path("compiler/targets/boards/stm32f746g-disco.mcu"), "utf8"),
    }),
    { path: "../samples.npy", content: calibration },
  ];
  const space = new Space(join(written(files), "space.ts"), { limits: "sram <= 1 KiB" });
  const project = await memberProject(space, space.member(new Map()));
  assert.equal(project.map((file) => file.path).sort(), ["boards/own.mcu", "net.ts", "samples.npy"]);
  const net = readPlain(written(project));
  assert.equal(net.calibration, { files: { x: "./samples.npy" }, method: "min-max" });
  assert.equal([net.board, net.limits], ["./boards/own.mcu", "sram <= 1 KiB"]);
});

test("samples of the caller take the place of the space's", async () => {
  const source = `import { choose, dense, input, network } from "tsc-mcu";
export default network("net", {}, () => dense(input("x", [8]), { units: choose("units", [2, 3]) }));
`;
  const space = new Space(join(written(filesOf({ "space.ts": source })), "space.ts"));
  const samples = { shape: [2, 8], data: Float32Array.from({ length: 16 }, (_, i) => i) };
  const project = await memberProject(space, space.member(new Map()), {
    calibration: new Map([["x", samples]]),
  });
  const folder = written(project);
  assert.is(readPlain(folder).calibration?.files, "./calibration.npy");
  assert.equal(readNpy(join(folder, "calibration.npy")).data, samples.data);
});

test("a choice that is asked behind the reader's back is a diagnostic, and no wrong file", async () => {
  const source = `import { choose, dense, input, network } from "tsc-mcu";
const units = [[2, 3]].reduce(choose as any, "units") as any;
export default network("net", {}, () => dense(input("x", [8]), { units }));
`;
  const space = new Space(join(written(filesOf({ "space.ts": source })), "space.ts"));
  try {
    await memberProject(space, space.member(new Map()));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Rejected);
    assert.is((error as Rejected).diagnostics[0].code, "MCU6030");
  }
});

test.after(removeAll);
test.run();
