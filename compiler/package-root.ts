/** Finds the files that ship with the package, whether the compiler runs from dist/ or from source. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let found: string | undefined;

/** The folder of tsc-mcu's own package.json, absolute. */
export function packageRoot(): string {
  return (found ??= search(dirname(fileURLToPath(import.meta.url))));
}

function search(folder: string): string {
  const file = join(folder, "package.json");
  if (existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name === "tsc-mcu") return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("the installation is damaged: package.json of tsc-mcu is missing");
  return search(parent);
}

/** tsc-mcu's own version. */
export function version(): string {
  return JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;
}
