/** Subnets of the keyword super-network, judged as the table that came with it says. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Choosable } from "../../../dsl/choices.js";
import { Rejected } from "../../../compiler/diagnostics/diagnostic.js";
import { readNpy, writeNpy } from "../../../compiler/files/npy.js";
import { Accuracy } from "../../../compiler/search/accuracy/index.js";
import { Space } from "../../../compiler/search/space.js";
import { temporaryFolder } from "../../cli/command.js";
import { hasEngine, hasSupernet, supernetFolder } from "./engine.js";

/** Kernel and expansion of each block, stage by stage. */
type Choice = readonly (readonly (readonly [number, number])[])[];

interface Subnet {
  readonly choice: Choice;
  readonly one_shot: number;
}

const withSupernet = hasEngine && hasSupernet ? test : test.skip;
const space = new Space(fileURLToPath(new URL("../../../examples/keywords-space/space.ts", import.meta.url)));
const at = (name: string) => join(supernetFolder, name);
const open = (data = supernetFolder) => Accuracy.open(space, { supernet: at("supernet.safetensors"), data });
const subnets = (): readonly Subnet[] => JSON.parse(readFileSync(at("subnets.json"), "utf8"));
const floats = (name: string) => readNpy(at(name)).data as Float32Array;

function memberOf(choice: Choice) {
  const answers = choice.flatMap((blocks, s): [string, Choosable][] => [
    [`stages.${s}.depth`, blocks.length],
    ...blocks.flatMap(([kernel, expansion], b): [string, Choosable][] => [
      [`stages.${s}.${b}.kernel`, kernel],
      [`stages.${s}.${b}.expansion`, expansion],
    ]),
  ]);
  return space.member(new Map(answers));
}

withSupernet("logits of the first six", async () => {
  const accuracy = await open();
  const clips = floats("val_inputs.npy").subarray(0, 20 * 490);
  const wanted = floats("check_logits.npy");
  for (const [index, { choice }] of subnets().slice(0, 6).entries()) {
    const logits = await accuracy.logits(memberOf(choice), clips);
    assert.is(logits.length, 240);
    const most = logits.reduce((sum, one, i) => Math.max(sum, Math.abs(one - wanted[index * 240 + i])), 0);
    assert.ok(most < 1e-4, `subnet ${index}: ${most}`);
  }
});

withSupernet("the accuracy of a subnet does not depend on what was scored before", async () => {
  const table = [1, 13, 2, 1, 13, 1].map((index) => subnets()[index]);
  const shared = await open();
  for (const { choice, one_shot } of table) {
    const member = memberOf(choice);
    const found = await shared.of(member);
    assert.ok(Math.abs(found - one_shot) < 0.06, `${found} %, expected ${one_shot}`);
    const alone = await open();
    assert.is(await alone.of(member), found);
    const [warm, cold] = [await shared.recalibrated(member), await alone.recalibrated(member)];
    assert.equal(warm.operations, cold.operations);
  }
});

withSupernet("data that does not fit the network", async () => {
  const clip = (count: number) => new Float32Array(count * 490);
  const labels = (...values: number[]) => writeNpy(Uint8Array.from(values), [values.length], "uint8");
  const folder = temporaryFolder();
  const good = {
    "val_inputs.npy": writeNpy(clip(2), [2, 49, 10, 1], "float32"),
    "val_labels.npy": labels(3, 11),
    "recal_inputs.npy": writeNpy(clip(3), [3, 49, 10, 1], "float32"),
  };
  const rejects = async (files: Record<string, Uint8Array | undefined>, expected: RegExp) => {
    for (const [name, bytes] of Object.entries({ ...good, ...files })) {
      rmSync(join(folder, name), { force: true });
      if (bytes) writeFileSync(join(folder, name), bytes);
    }
    const found = await open(folder)
      .then((accuracy) => accuracy.of(memberOf(subnets()[1].choice)))
      .catch((error: unknown) => (error instanceof Rejected ? error.message : Promise.reject(error)));
    assert.match(String(found), expected);
  };
  await rejects({}, /^(0|50|100)$/);
  const notFinite = clip(2).fill(NaN, 490, 491);
  const images = (...shape: number[]) =>
    writeNpy(new Float32Array(shape.reduce((a, b) => a * b)), shape, "float32");
  const cases: [Record<string, Uint8Array | undefined>, RegExp][] = [
    [{ "val_labels.npy": labels(3, 12) }, /^MCU6024: .*label 1 is 12; expected 0 to 11/],
    [{ "val_labels.npy": writeNpy(Int8Array.of(-1, 2), [2], "int8") }, /^MCU6024: .*label 0 is -1/],
    [{ "val_labels.npy": labels(3) }, /^MCU6023: .*its shape is \[1\]; expected \[2\]/],
    [{ "val_labels.npy": images(2) }, /^MCU6023: .*not integers/],
    [{ "val_inputs.npy": images(2, 49, 10, 2) }, /^MCU6023: .*\[samples, 49, 10, 1\] for input "mfcc"/],
    [
      { "val_inputs.npy": images(0, 49, 10, 1), "val_labels.npy": labels() },
      /^MCU6023: .*at least one sample/,
    ],
    [{ "val_inputs.npy": writeNpy(notFinite, [2, 49, 10, 1], "float32") }, /^MCU6023: .*sample 1 has NaN/],
    [{ "val_inputs.npy": writeNpy(new Int8Array(980), [2, 49, 10, 1], "int8") }, /^MCU6023: .*integers/],
    [{ "val_inputs.npy": Uint8Array.of(1, 2, 3) }, /^MCU3020/],
    [{ "recal_inputs.npy": images(3, 490) }, /^MCU6023: its shape is \[3, 490\]/],
    [{ "recal_inputs.npy": undefined }, /^MCU6023: it does not exist; expected training samples/],
  ];
  for (const [files, expected] of cases) await rejects(files, expected);
});

test.run();
