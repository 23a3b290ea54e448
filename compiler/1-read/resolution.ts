/**
 * Which file a module specifier of a model means, and which files may be opened at all: the model, what it imports by
 * relative paths, the declarations of our DSL, and TypeScript's own libraries. Nothing else is ever read.
 */

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MAX_FILE_BYTES } from "./bounds.js";
import { libraryFolder } from "./typescript.js";

/** dist/dsl beside dist/compiler; dsl of the repository when run from source. */
const dslFolder = fileURLToPath(new URL("../../dsl", import.meta.url));

/** Declarations where they were built (faster to parse), sources otherwise. */
const dslExtension = existsSync(resolve(dslFolder, "index.d.ts")) ? ".d.ts" : ".ts";

/** What a model can import by name, and the file that types it. */
const packages: Readonly<Record<string, string>> = {
  "tsc-mcu": resolve(dslFolder, `index${dslExtension}`),
  "tsc-mcu/boards": resolve(dslFolder, `boards${dslExtension}`),
};

const sourceExtensions = [".ts", ".json"];

/** The files of one reading: grows as imports are resolved. */
export class Sources {
  /** The model and its imports, absolute paths. */
  readonly model = new Set<string>();

  constructor(file: string) {
    this.model.add(file);
  }

  /** The file that `specifier` in `importer` means, or undefined where there is none or it may not be imported. */
  resolve(specifier: string, importer: string): string | undefined {
    if (isInside(dslFolder, importer)) {
      return resolve(dirname(importer), specifier.replace(/\.js$/, dslExtension));
    }
    if (Object.hasOwn(packages, specifier)) return packages[specifier];
    if (!isRelative(specifier)) return undefined;
    const file = candidates(resolve(dirname(importer), specifier)).find(isFile);
    if (file !== undefined) this.model.add(file);
    return file;
  }

  /** Whether a file may be opened, and can be. */
  has(file: string): boolean {
    const open = this.model.has(file) || isInside(dslFolder, file) || isInside(libraryFolder, file);
    return open && isFile(file);
  }

  /** The text of a file of this reading; undefined for any other, and where it cannot be read. */
  text(file: string): string | undefined {
    return this.has(file) ? readText(file) : undefined;
  }
}

export function isRelative(specifier: string): boolean {
  return specifier.startsWith("./") || specifier.startsWith("../");
}

/** As bundlers and tsx do: the file itself, `.js` for its `.ts`, or without an extension. */
function candidates(path: string): readonly string[] {
  const extension = extname(path);
  if (sourceExtensions.includes(extension)) return [path];
  return extension === ".js" ? [path.replace(/\.js$/, ".ts")] : [`${path}.ts`];
}

/** Regular files of a sane size only: a pipe or a device would block. */
export function isFile(path: string): boolean {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= MAX_FILE_BYTES;
  } catch {
    // There is none, its name is too long, a folder on the way is a file, …
    return false;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function isInside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== "" && !path.startsWith("..") && !isAbsolute(path);
}
