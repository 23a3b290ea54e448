/**
 * The reference models at the least memory they are known to fit, with their images as a whole and fed by rows, and with rows
 * wherever they can be and nowhere: every byte as TFLite's reference kernels have it.
 */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outputFiles, type CompileOptions } from "../../compiler/index.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { compileModel, difference, hasModels, type CompiledModel, type ModelName } from "./golden.js";

const test = suite("streaming");

interface Goal {
  readonly name: ModelName;
  /** Bytes of arena and scratch. */
  readonly atMost: number;
  /** With the input of this name fed by rows. */
  readonly fed?: { readonly input: string; readonly atMost: number };
  /** Whose C is compiled and run: both ways to write it, in a time that a test may take. */
  readonly inC?: "asm" | "no asm";
}

const goals: readonly Goal[] = [
  { name: "ad01_int8", atMost: 800 },
  { name: "kws_ref_model", atMost: 10_000 },
  { name: "mcunet_vww", inC: "asm", atMost: 31_000, fed: { input: "input_0_f_1", atMost: 20_000 } },
  { name: "person_detect", atMost: 24_000, fed: { input: "input", atMost: 18_000 } },
  { name: "pretrainedResnet_quant", inC: "no asm", atMost: 22_000 },
  { name: "vww_96_int8", atMost: 34_000, fed: { input: "input_1", atMost: 15_200 } },
];

/** The goals are of int8 images. */
const int8: CompileOptions = { inferenceInputType: "int8" };

const bytesOf = ({ net }: CompiledModel): number => net.arena.bytes + (net.fast?.bytes ?? 0);

function checkHere({ net, cases, expected }: CompiledModel, count: number): void {
  const found = cases.slice(0, count).map(prepare(net).run);
  assert.is(difference(found, expected.slice(0, count)), undefined, "host");
}

/** The emitted C on the emulated core; @param asm the C that stands behind it is checked by sanitizers as well */
async function checkC({ net, callable, cases, expected }: CompiledModel, asm: boolean): Promise<void> {
  const files = outputFiles(net, { asm });
  const [some, wanted] = [[cases[4]], [expected[4]]];
  const flags = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
  if (!asm && hasNativeCompiler())
    assert.is(difference(await runNative(files, callable, some, { flags }), wanted), undefined, "native");
  if (!hasEmulator()) return;
  const found = await runEmulated(files, callable, some, { flags: ["-O2"] });
  assert.is(difference(found, wanted), undefined, asm ? "emulator" : "emulator, no asm");
}

for (const { name, atMost, fed, inC } of hasModels ? goals : []) {
  test(`${name} in ${atMost} bytes`, async () => {
    const model = await compileModel(name, undefined, { ...int8, limits: `sram <= ${atMost} B` });
    assert.ok(bytesOf(model) <= atMost, `${bytesOf(model)} bytes`);
    checkHere(model, 1);
    if (inC && !fed) await checkC(model, inC === "asm");
  });
  if (!fed) continue;
  test(`${name} fed by rows in ${fed.atMost} bytes`, async () => {
    const options = { ...int8, limits: `sram <= ${fed.atMost} B`, feed: [fed.input] };
    const model = await compileModel(name, undefined, options);
    assert.ok(bytesOf(model) <= fed.atMost, `${bytesOf(model)} bytes`);
    checkHere(model, 1);
    if (inC) await checkC(model, inC === "asm");
  });
}

test.run();
