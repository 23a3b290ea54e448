/**
 * The plugin for QEMU that models the Cortex-M7's time (runtime-c/emulator/plugin), compiled when it is first needed and
 * kept in the user's cache folder, by a hash of its sources. It needs a C compiler of this machine, no headers of QEMU.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { nativeCompiler } from "./native.js";
import { emulator, execute, findProgram, installCompiler, type Ended } from "./program.js";
import { harness } from "./workplace.js";

/** The shared library, or why there is none. */
export type Plugin = { readonly file: string } | { readonly missing: string };

const sourceFolder = join(harness, "plugin");
const compileSeconds = 120;

/**
 * @param folder where it is compiled, and stays if there is no cache folder to write to
 */
export async function timingPlugin(folder: string): Promise<Plugin> {
  const sources = readdirSync(sourceFolder).sort();
  const api = await pluginInterface(folder);
  const [compiler, ...first] = nativeCompiler();
  const made = [process.platform, process.arch, api, compiler, ...first].join(" ");
  const hash = createHash("sha256").update(made);
  for (const name of sources) hash.update(name).update(readFileSync(join(sourceFolder, name)));
  const name = `timing-${hash.digest("hex").slice(0, 20)}.so`;
  const kept = join(cacheFolder(), name);
  if (existsSync(kept)) return { file: kept };
  const program = findProgram(compiler);
  if (!program) return { missing: `${compiler} was not found (${installCompiler})` };
  const compiled = join(folder, name);
  const files = sources.filter((source) => source.endsWith(".c")).map((source) => join(sourceFolder, source));
  const args = [...first, ...flags, `-DQEMU_API=${api}`, "-o", compiled, ...files];
  const ended = await execute(program, args, folder, compileSeconds);
  if (ended.code !== 0) return { missing: `${basename(compiler)} failed: ${ended.output.split("\n")[0]}` };
  return { file: keep(compiled, kept) };
}

const flags = [
  ...["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2", "-Wall", "-Wextra", "-fPIC", "-shared"],
  "-fvisibility=hidden",
  // QEMU's functions are found when it loads the plugin.
  ...(process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : []),
];

/** QEMU dropped version 1 of its interface in 9.0. */
async function pluginInterface(folder: string): Promise<1 | 2> {
  const { output } = await execute(findProgram(emulator) ?? emulator, ["--version"], folder, compileSeconds);
  const major = /version (\d+)\./.exec(output)?.[1];
  return major !== undefined && Number(major) >= 9 ? 2 : 1;
}

const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tsc-mcu");

/** In one step, since other processes may do the same. */
function keep(compiled: string, kept: string): string {
  const beside = `${kept}.${process.pid}`;
  try {
    // Not `recursive`, which never ends where a file system takes no folders (/proc).
    for (const made of [dirname(cacheFolder()), cacheFolder()]) {
      if (!existsSync(made)) mkdirSync(made, { mode: 0o700 });
    }
    writeFileSync(beside, readFileSync(compiled), { mode: 0o700 });
    renameSync(beside, kept);
    return kept;
  } catch {
    return compiled;
  }
}

/** `ended`: of a QEMU that was given the plugin. It never started the program if it does not take it. */
export function refusesPlugin({ code, output }: Ended): boolean {
  return code === 1 && /plugin/.test(output);
}
