/** A temporary folder to compile and run emitted C in. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { OutputFile } from "../files/output-file.js";
import { temporaryFolder } from "../files/temporary-folder.js";
import { reject } from "../diagnostics/diagnostic.js";
import { packageRoot } from "../package-root.js";
import { driverFile, packCases, strict, withDriver, type Callable, type Tensors } from "./callable.js";
import { execute, type Ended } from "./program.js";

/** The harness that drivers are linked with. */
export const harness = join(packageRoot(), "runtime-c", "emulator");

/** What `compileProgram` makes. */
export const programFile = "program";

/** A compiler that has not finished by then never will. */
const compileSeconds = 300;

/** What a harness exits with (harness.h). */
const harnessCodes: Readonly<Record<number, string>> = {
  96: "rows that were fed and do not make an image",
  97: "a short inputs.bin",
  98: "an outputs.bin that cannot be written",
  99: "a fault of the processor",
};

/** Writes the files and the cases into a new folder, works there, and removes it. */
export async function inWorkplace<T>(
  files: readonly OutputFile[],
  driver: string,
  callable: Callable,
  cases: readonly Tensors[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const inputs = { path: "inputs.bin", content: packCases(callable, cases) };
  return inFolder([...withDriver(files, driver), inputs], work);
}

/** Writes the files into a new folder, works there, and removes it. */
export async function inFolder<T>(
  files: readonly OutputFile[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = temporaryFolder();
  try {
    // Emitted C is flat; names are taken without folders so that nothing is written elsewhere.
    for (const file of files) writeFileSync(join(folder, basename(file.path)), file.content);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Compiles and links the sources with the driver; rejects with MCU5021 where the compiler does not like them.
 * @param first what the compiler is given before all options (`gcc` for ccache)
 */
export async function compileProgram(
  compiler: string,
  flags: readonly string[],
  sources: readonly string[],
  folder: string,
  first: readonly string[] = [],
): Promise<void> {
  const program = [...sources, driverFile, "-o", programFile, "-lm"];
  await runCompiler(compiler, [...first, ...strict, ...flags, "-I.", `-I${harness}`, ...program], folder);
}

/** Rejects with MCU5021 where the compiler does not like what it is given. */
export async function runCompiler(compiler: string, args: readonly string[], folder: string): Promise<void> {
  const ended = await execute(compiler, args, folder, compileSeconds);
  if (ended.code !== 0) {
    reject("MCU5021", undefined, { program: basename(compiler), output: firstLines(ended.output) });
  }
}

/** The contents of outputs.bin after a program ran well; rejects otherwise. */
export function outputsOf(ended: Ended, folder: string, seconds: number): Uint8Array {
  if (ended.timedOut) reject("MCU5023", undefined, { seconds });
  if (ended.code !== 0) {
    const what =
      ended.code === undefined
        ? `signal ${ended.signal}`
        : `exit code ${ended.code}${reason(harnessCodes[ended.code])}`;
    reject("MCU5022", undefined, { what, output: firstLines(ended.output) });
  }
  return readFileSync(join(folder, "outputs.bin"));
}

const reason = (text: string | undefined): string => (text === undefined ? "" : ` (${text})`);

function firstLines(text: string): string {
  const lines = text.split("\n");
  return lines.length <= 20 ? text : [...lines.slice(0, 20), `… ${lines.length - 20} more lines`].join("\n");
}
