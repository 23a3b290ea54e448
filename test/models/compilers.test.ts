/** The emitted C gives the same bytes whatever compiles it, and the sanitizers stay silent. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { findProgram } from "../../compiler/run/program.js";
import { compileModel, difference, hasModels, modelNames } from "./golden.js";

const test = suite("compilers");

const sanitizers = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/** Small enough to be run on the emulator without the DSP instructions, too. */
const small: readonly string[] = ["ad01_int8", "micro_speech_quantized", "kws_ref_model"];

for (const name of hasModels ? modelNames : []) {
  test(name, async () => {
    const { files, callable, cases, expected } = await compileModel(name);
    const compare = async (
      what: string,
      runner: typeof runNative,
      indices: readonly number[],
      options: { compiler?: string; flags: readonly string[] },
    ) => {
      const outputs = await runner(
        files,
        callable,
        indices.map((i) => cases[i]),
        options,
      );
      assert.is(
        difference(
          outputs,
          indices.map((i) => expected[i]),
        ),
        undefined,
        what,
      );
    };
    const two = [0, 4];
    if (hasNativeCompiler()) {
      await compare("host, sanitizers", runNative, name === "mcunet_in4" ? [4] : two, { flags: sanitizers });
    }
    if (findProgram("clang")) await compare("clang", runNative, two, { compiler: "clang", flags: ["-O2"] });
    if (!hasEmulator()) return;
    await compare("Cortex-M7, -O3", runEmulated, two, { flags: ["-O3"] });
    if (small.includes(name)) {
      await compare("Cortex-M7, portable C", runEmulated, two, { flags: ["-Os", "-DTSC_MCU_PORTABLE"] });
    }
  });
}

test.run();
