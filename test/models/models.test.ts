/** Every output of the eight reference models, byte for byte: loop IR on the host, emitted C natively and on the Cortex-M7. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluate } from "../../compiler/ops/evaluate.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { prepare } from "../../compiler/run/javascript.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import {
  compileModel,
  difference,
  hasModels,
  modelNames,
  type CompiledModel,
  type ModelName,
} from "./golden.js";

const test = suite("models");

/**
 * Bytes, a twentieth above what the plan takes that is chosen without limits: a compromise of memory and time. mcunet_vww has its
 * image as floats. streaming.test.ts has the least.
 */
const mostArena: Record<ModelName, number> = {
  ad01_int8: 806,
  kws_ref_model: 10050,
  mcunet_in4: 131400,
  mcunet_vww: 81600,
  micro_speech_quantized: 8450,
  person_detect: 16000,
  pretrainedResnet_quant: 20800,
  vww_96_int8: 34900,
};

/** Cases of the emulator: two random ones; of mcunet_in4 the goldfish instead. */
const emulated = (name: ModelName) => (name === "mcunet_in4" ? [0, 4] : [0, 4, 7]);

/** Where the plan's memory first differs from the reference interpreter: for the message of a failure. */
function firstDifferentLayer({ net, cases }: CompiledModel): string {
  const values = evaluate(net, new Map(net.inputs.map((id, i) => [id, cases[0][i]])));
  const { memory, step, write } = prepare(net);
  write(cases[0]);
  for (const [index, { step: planned, name }] of net.lowered.entries()) {
    step(index);
    for (const output of planned.outputs) {
      const storage = net.storage.get(output)!;
      const at = net.buffers[storage.buffer].offset + storage.offset;
      const wanted = values.get(output)!;
      if (wanted instanceof Int8Array && wanted.some((one, i) => memory.int8[at + i] !== one))
        return `first in layer ${name}`;
    }
  }
  return "no layer differs from the reference interpreter";
}

for (const name of hasModels ? modelNames : []) {
  test(name, async () => {
    const model = await compileModel(name);
    const { net, files, callable, cases, expected } = model;
    const { run } = prepare(net);
    const host = difference(cases.map(run), expected);
    assert.is(host, undefined, host && `host: ${host}; ${firstDifferentLayer(model)}`);
    assert.ok(
      net.arena.bytes <= mostArena[name],
      `arena of ${net.arena.bytes} bytes, at most ${mostArena[name]}`,
    );
    assert.ok(net.arena.lowerBound <= net.arena.bytes);

    if (hasNativeCompiler())
      assert.is(difference(await runNative(files, callable, cases), expected), undefined, "native");
    if (!hasEmulator()) return;
    const some = emulated(name);
    const outputs = await runEmulated(
      files,
      callable,
      some.map((i) => cases[i]),
    );
    assert.is(
      difference(
        outputs,
        some.map((i) => expected[i]),
      ),
      undefined,
      "emulator",
    );
    if (name === "mcunet_in4") {
      const scores = outputs[some.indexOf(4)][0];
      assert.is(scores.indexOf(Math.max(...scores)), 1, "case 4 is a goldfish, ImageNet's class 1");
    }
  });
}

test.run();
