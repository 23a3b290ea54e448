/** Python of this machine, as far as there is one. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { writeOutputs } from "../../compiler/files/write-outputs.js";
import type { OutputFile } from "../../compiler/files/output-file.js";

const candidates = [process.env.PYTHON, "python3", "/usr/bin/python3", "python"].filter(
  (name) => name !== undefined,
);

const succeeds = (python: string, code: string) => spawnSync(python, ["-c", code]).status === 0;

/** undefined: there is none. */
export const python = candidates.find((name) => succeeds(name, "import ast"));

/** One that has PyTorch and NumPy. */
export const torch = candidates.find((name) => succeeds(name, "import torch, numpy"));

type Run = () => void;

/** A test that says by its name what it is skipped for. */
export function testWithPython(name: string, run: Run): void {
  if (python) test(name, run);
  else test.skip(`${name} (skipped: no python3)`, run);
}

export function testWithTorch(name: string, run: Run): void {
  if (torch) test(name, run);
  else test.skip(`${name} (skipped: no python3 with torch and numpy)`, run);
}

/** @throws Error with what Python says about a file that is not its language */
export function compilePython(folder: string, files: readonly OutputFile[]): void {
  const names = files.map(({ path }) => path).filter((path) => path.endsWith(".py"));
  execFileSync(python!, ["-m", "py_compile", ...names], { cwd: folder, stdio: "pipe" });
}

/** Runs a program on one core. @returns its standard output */
export function runTorch(
  folder: string,
  args: readonly string[],
  options: { readonly input?: string; readonly env?: object } = {},
): string {
  const { input, env } = options;
  const run = spawnSync(torch!, ["-W", "ignore", ...args], {
    ...{ cwd: folder, input, encoding: "utf8" },
    env: { ...process.env, OMP_NUM_THREADS: "1", ...env },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
}

/** Writes files into a folder that goes again. */
export function inFolder<T>(files: readonly OutputFile[], work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-export-"));
  try {
    writeOutputs(folder, files);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
