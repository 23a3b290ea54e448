/** The emitted C gives the same bytes whatever compiles it, and the sanitizers stay silent. */

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { outputFiles } from "../../compiler/index.js";
import { hasEmulator, runEmulated } from "../../compiler/run/emulator.js";
import { hasNativeCompiler, runNative } from "../../compiler/run/native.js";
import { findProgram } from "../../compiler/run/program.js";
import { compileModel, difference, hasModels, modelNames } from "./golden.js";

const test = suite("compilers");

/** Unoptimised: no check is folded away, and functions of thousands of lines are compiled soon. */
const sanitizers = ["-O0", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

const hasAsm = (content: string | Uint8Array): boolean =>
  typeof content === "string" && content.includes("__asm");

for (const name of hasModels ? modelNames : []) {
  test(name, async () => {
    const { net, files, callable, cases, expected } = await compileModel(name);
    const compare = async (
      what: string,
      runner: typeof runNative,
      indices: readonly number[],
      options: { compiler?: string; flags: readonly string[] },
      sources = files,
    ) => {
      const outputs = await runner(
        sources,
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
    // The C that stands behind the asm, with the instructions of the core and without.
    await compare("Cortex-M7, portable C", runEmulated, [4], { flags: ["-Os", "-DTSC_MCU_PORTABLE"] });
    const plain = outputFiles(net, { asm: false });
    const ownFile = ({ path }: { path: string }) => path.startsWith(`${net.name}.`);
    assert.ok(files.some((file) => ownFile(file) && hasAsm(file.content)));
    assert.not.ok(plain.some((file) => ownFile(file) && hasAsm(file.content)));
    await compare("Cortex-M7, no asm", runEmulated, [4], { flags: ["-O2"] }, plain);
  });
}

test.run();
