/** Programs of the system: found on the PATH, run without a shell, and what to install where they are missing. */

import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { reject } from "../diagnostics/diagnostic.js";

export const armCompiler = "arm-none-eabi-gcc";
export const emulator = "qemu-system-arm";

/** The Debian and Ubuntu packages of the Arm compiler, its C library and the emulator, as one command. */
export const installEmulator = "apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm";
export const installCompiler = "apt-get install gcc libc6-dev";

/** The file that `name` runs, or undefined. A name with a separator is taken as a path. */
export function findProgram(name: string): string | undefined {
  if (/[/\\]/.test(name)) return isExecutable(name) ? name : undefined;
  const suffixes = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder === "") continue;
    for (const suffix of suffixes) {
      const file = join(folder, name + suffix);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

/** Rejects with MCU5020 and the line that installs it where the program is missing. */
export function requireProgram(name: string, purpose: string, install: string): string {
  return findProgram(name) ?? reject("MCU5020", undefined, { program: name, purpose, install });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export interface Ended {
  /** Exit code; undefined when a signal ended it. */
  readonly code?: number;
  readonly signal?: string;
  readonly timedOut: boolean;
  /** Standard output and standard error, in this order. */
  readonly output: string;
}

/** More text than any of our programs prints; a program that prints more is stopped. */
const maxOutputBytes = 16 << 20;

/** Runs a program to its end, without a shell; after `seconds` it is killed. */
export function execute(
  program: string,
  args: readonly string[],
  folder: string,
  seconds: number,
): Promise<Ended> {
  const options = {
    cwd: folder,
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    maxBuffer: maxOutputBytes,
  } as const;
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      resolve({
        code: child.exitCode ?? undefined,
        signal: child.signalCode ?? undefined,
        timedOut: error?.killed === true && child.signalCode === "SIGKILL",
        output: (stdout + stderr).trim(),
      });
    });
    child.stdin?.end();
  });
}
