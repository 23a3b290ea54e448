/** What a search knows so far, in a file: written whole after every step, so that it can go on wherever it was stopped. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { reject } from "../diagnostics/diagnostic.js";
import { writeOutput } from "../files/write-outputs.js";

/** Equal for searches that would do the same. @param parts everything that the result depends on */
export function fingerprintOf(parts: unknown): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/**
 * @param lists what must be lists in it: somebody may have edited the file
 * @returns undefined where there is no such file
 * @throws Rejected MCU6010 where it belongs to another search, MCU6011 where it is no state of a search
 */
export function loadState<State>(
  file: string,
  fingerprint: string,
  lists: (state: State) => readonly unknown[],
): State | undefined {
  if (!existsSync(file)) return undefined;
  const found = parsed(file);
  if (found === undefined) return reject("MCU6011", { file }, {});
  if (found.fingerprint !== fingerprint) return reject("MCU6010", { file }, {});
  const state = found.state as State;
  if (found.state === null || !lists(state).every(Array.isArray)) return reject("MCU6011", { file }, {});
  return state;
}

/** @throws Rejected MCU5001 where it cannot be written: the file is as before then */
export function saveState(file: string, fingerprint: string, state: unknown): void {
  writeOutput(file, `${JSON.stringify({ fingerprint, state })}\n`);
}

function parsed(file: string): { readonly fingerprint: unknown; readonly state: unknown } | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(file, "utf8"));
    const isState = typeof found === "object" && found !== null && "fingerprint" in found && "state" in found;
    return isState ? (found as { fingerprint: unknown; state: unknown }) : undefined;
  } catch {
    return undefined;
  }
}
