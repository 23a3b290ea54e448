/** Runs the command line as users do: as `npm test` has just built it, from source elsewhere. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const loader = new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url).href;
/** What Node is given before the command line's own arguments. */
export const cli =
  process.env.TSC_MCU_BUILT === "1"
    ? [join(root, "dist/compiler/cli.js")]
    : ["--import", loader, join(root, "compiler/cli.ts")];

export const example = join(root, "examples/keywords");

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param env replaces variables of the environment; undefined removes them */
export function tscMcu(
  args: readonly string[],
  env: Record<string, string | undefined> = {},
  cwd = root,
): Ended {
  const result = spawnSync(process.execPath, [...cli, ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

/** A folder that is removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tsc-mcu-test-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
