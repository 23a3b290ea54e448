/** Runs the emitted C on an emulated Cortex-M7: QEMU's mps2-an500 with the harness of runtime-c/emulator. */

import { join } from "node:path";
import type { OutputFile } from "../files/output-file.js";
import {
  strict,
  unpackCases,
  type Callable,
  type CompileOptions,
  type TensorArray,
  type Tensors,
} from "./callable.js";
import { driverSource } from "./driver.js";
import {
  armCompiler,
  emulator,
  execute,
  findProgram,
  installEmulator,
  requireProgram,
  type Ended,
} from "./program.js";
import { compileProgram, harness, inWorkplace, outputsOf, programFile, runCompiler } from "./workplace.js";

/** Emulation runs some hundred million instructions a second: enough for 10^11 of them. */
export const emulatorSeconds = 600;

const purpose = "to run the emitted C on the emulated Cortex-M7";

const target = ["-mcpu=cortex-m7", "-mthumb", "-mfpu=fpv5-d16", "-mfloat-abi=hard"];
const link = ["-nostartfiles", "--specs=nano.specs", "-T", join(harness, "mps2-an500.ld")];

/** As qemu-system-arm takes them; files of semihosting are relative to the folder it runs in. */
const machine = ["-M", "mps2-an500", "-nographic", "-monitor", "none", "-serial", "none"];
const semihosting = ["-semihosting-config", "enable=on,target=native"];

/** Both programs that `runEmulated` needs are installed. */
export function hasEmulator(): boolean {
  return findProgram(armCompiler) !== undefined && findProgram(emulator) !== undefined;
}

/**
 * @param cases one array of tensors, in the order of `callable.inputs`, a case; all run in one start of the board
 * @returns the outputs of every case, in the order of `callable.outputs`
 * @throws Rejected MCU5020 without the tools, MCU5021 when the compiler fails, MCU5022 and MCU5023 when the program does
 */
export async function runEmulated(
  files: readonly OutputFile[],
  callable: Callable,
  cases: readonly Tensors[],
  options: CompileOptions = {},
): Promise<TensorArray[][]> {
  requireEmulator(options.compiler);
  if (cases.length === 0) return [];
  const driver = driverSource(callable, cases.length, options.resetsEachCase);
  return inWorkplace(files, driver, callable, cases, async (folder) => {
    const ended = await emulate(callable.sources, options, folder);
    return unpackCases(callable, outputsOf(ended, folder, emulatorSeconds), cases.length);
  });
}

/** Rejects with MCU5020 where a tool is missing. */
export function requireEmulator(compiler = armCompiler): void {
  requireProgram(compiler, purpose, installEmulator);
  requireProgram(emulator, purpose, installEmulator);
}

/** Compiles `sources` with the driver of the folder, and runs the program on the board. */
export async function emulate(
  sources: readonly string[],
  options: CompileOptions,
  folder: string,
): Promise<Ended> {
  await buildForEmulator(sources, options, folder);
  return startEmulator(folder);
}

/** Compiles and links `sources` with the driver of the folder: its program. */
export async function buildForEmulator(
  sources: readonly string[],
  options: CompileOptions,
  folder: string,
): Promise<void> {
  const flags = [...target, ...(options.flags ?? ["-O2"]), ...link];
  const compiler = requireProgram(options.compiler ?? armCompiler, purpose, installEmulator);
  await compileProgram(compiler, flags, [...sources, join(harness, "emulator.c")], folder);
}

/** Compiles `sources` one by one to objects, which `buildForEmulator` takes as sources; returns their names. */
export async function compileObjects(
  sources: readonly string[],
  options: CompileOptions,
  folder: string,
): Promise<string[]> {
  const compiler = requireProgram(options.compiler ?? armCompiler, purpose, installEmulator);
  const objects = sources.map((source) => source.replace(/\.c$/, ".o"));
  for (const [i, source] of sources.entries()) {
    const flags = [...strict, ...target, ...(options.flags ?? ["-O2"])];
    await runCompiler(compiler, [...flags, "-c", source, "-o", objects[i]], folder);
  }
  return objects;
}

/** Runs the program of the folder on the board, to its end. */
export function startEmulator(folder: string, emulatorOptions: readonly string[] = []): Promise<Ended> {
  const args = [...machine, ...semihosting, ...emulatorOptions, "-kernel", programFile];
  return execute(requireProgram(emulator, purpose, installEmulator), args, folder, emulatorSeconds);
}
