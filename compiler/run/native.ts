/** Runs the emitted C on this machine, compiled by its C compiler. */

import { join } from "node:path";
import type { OutputFile } from "../files/output-file.js";
import {
  unpackCases,
  type Callable,
  type CompileOptions,
  type TensorArray,
  type Tensors,
} from "./callable.js";
import { driverSource } from "./driver.js";
import { execute, findProgram, installCompiler, requireProgram } from "./program.js";
import { compileProgram, harness, inWorkplace, outputsOf } from "./workplace.js";

/** Far more than the largest network of this field needs for a test set. */
const runSeconds = 600;

/** `$CC` as Make takes it: a program, with arguments where there are any (`ccache gcc`, `gcc -m32`). */
export function nativeCompiler(): readonly [name: string, ...first: string[]] {
  const whole = process.env.CC?.trim() || "cc";
  if (findProgram(whole)) return [whole];
  const [name, ...first] = whole.split(/\s+/);
  return [name, ...first];
}

/** The compiler that `runNative` takes by default is installed. */
export function hasNativeCompiler(): boolean {
  return findProgram(nativeCompiler()[0]) !== undefined;
}

/**
 * @param cases one array of tensors, in the order of `callable.inputs`, a case
 * @returns the outputs of every case, in the order of `callable.outputs`
 * @throws Rejected MCU5020 without a compiler, MCU5021 when it fails, MCU5022 and MCU5023 when the program does
 */
export async function runNative(
  files: readonly OutputFile[],
  callable: Callable,
  cases: readonly Tensors[],
  options: CompileOptions = {},
): Promise<TensorArray[][]> {
  const [name, ...first] = options.compiler === undefined ? nativeCompiler() : [options.compiler];
  const compiler = requireProgram(name, "to run the emitted C on this machine", installCompiler);
  if (cases.length === 0) return [];
  const driver = driverSource(callable, cases.length, options.resetsEachCase);
  return inWorkplace(files, driver, callable, cases, async (folder) => {
    const sources = [...callable.sources, join(harness, "host.c")];
    await compileProgram(compiler, options.flags ?? ["-O2"], sources, folder, first);
    const ended = await execute(join(folder, "program"), [], folder, runSeconds);
    return unpackCases(callable, outputsOf(ended, folder, runSeconds), cases.length);
  });
}
