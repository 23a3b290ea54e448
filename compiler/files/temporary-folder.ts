/** A folder of one's own in the system's temporary one. */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reject } from "../diagnostics/diagnostic.js";

/** New and empty; whoever asks removes it. @throws Rejected MCU5024 */
export function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), "tsc-mcu-"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return reject("MCU5024", undefined, { folder: tmpdir(), reason: code });
  }
}
