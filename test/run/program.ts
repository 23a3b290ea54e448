/** Small programs on the emulated board, measured. */

import { tmpdir } from "node:os";
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { buildForEmulator } from "../../compiler/run/emulator.js";
import { runMeasured, type Region } from "../../compiler/run/measurement.js";
import type { MemoryName } from "../../compiler/run/memories.js";
import { inFolder } from "../../compiler/run/workplace.js";

/** @param sources content by name; `driver` is the file with main */
export function measureProgram(
  sources: Readonly<Record<string, string>>,
  driver: string,
  memories: readonly MemoryName[],
  flags: readonly string[] = ["-O2"],
): Promise<readonly Region[]> {
  const files = Object.entries({ ...sources, "driver.c": driver }).map(([path, content]) => ({
    path,
    content,
  }));
  return inFolder(files, async (folder) => {
    await buildForEmulator(Object.keys(sources), { flags }, folder);
    const { ended, regions, missing } = await runMeasured(folder, memories);
    if (ended.code !== 0 || !regions) throw new Error(`${missing ?? ""} ${ended.output}`);
    return regions;
  });
}

/** Where the plugin of this file's tests is compiled: afresh, as on a machine that has not seen it. */
const cache = mkdtempSync(join(tmpdir(), "tsc-mcu-test-"));
process.on("exit", () => rmSync(cache, { recursive: true, force: true }));

export function withPlugin(work: () => Promise<void>): Promise<void> {
  return withVariables({ XDG_CACHE_HOME: cache }, work);
}

/** No plugin was compiled before, and none can be. */
export function withoutPlugin(work: () => Promise<void>): Promise<void> {
  return withVariables({ CC: "/none/cc", XDG_CACHE_HOME: join(cache, "none") }, work);
}

export async function withVariables(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
