/** Files that a person has written, or edited since, are not replaced. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { OutputFile } from "../files/output-file.js";
import { reject } from "../diagnostics/diagnostic.js";

/**
 * Rejects with MCU5002 where `name` is in the folder with other content, and not by us.
 * @param isOurs what its text says; left out: whoever wrote it may have edited it since
 */
export function keepForeign(
  folder: string,
  files: readonly OutputFile[],
  name: string,
  help: string,
  isOurs: (text: string) => boolean = () => false,
): void {
  const path = join(folder, name);
  const ours = files.find((file) => file.path === name);
  if (!ours || !existsSync(path) || !statSync(path).isFile()) return;
  const text = readFileSync(path, "utf8");
  if (text !== ours.content && !isOurs(text)) reject("MCU5002", { file: path }, { file: name, help });
}
