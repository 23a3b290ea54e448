/** Where the files of a member go: `net.ts` for the space's own, the others beside it as they lie beside the space. */

import { existsSync } from "node:fs";
import { basename, dirname, extname, posix, relative, resolve, sep } from "node:path";

/** What no other file may be called. */
const reserved = ["net.ts"];

export class Places {
  readonly #folder: string;
  readonly #byFile = new Map<string, string>();

  /** @param file of the space */
  constructor(readonly file: string) {
    this.#folder = dirname(resolve(file));
    this.#byFile.set(resolve(file), "net.ts");
  }

  /** The path in the member's folder, with `/`; files from outside of the space's folder come to lie at its top. */
  of(file: string): string {
    const known = this.#byFile.get(file);
    if (known !== undefined) return known;
    const inside = relative(this.#folder, file).split(sep).join("/");
    const wanted = inside.startsWith("../") || inside === "" ? basename(file) : inside;
    const taken = new Set([...reserved, ...this.#byFile.values()]);
    const extension = extname(wanted);
    let path = wanted;
    for (let count = 2; taken.has(path); count++)
      path = `${wanted.slice(0, wanted.length - extension.length)}-${count}${extension}`;
    this.#byFile.set(file, path);
    return path;
  }

  /** As a model names a file: `./calibration.npy`. */
  reference(file: string): string {
    return `./${this.of(resolve(this.#folder, file))}`;
  }

  /** How `importer` names `file`, which it called `specifier` before. */
  specifier(specifier: string, importer: string, file: string): string {
    const from = posix.dirname(this.of(importer));
    const path = posix.relative(from, this.of(file));
    const full = path.startsWith(".") ? path : `./${path}`;
    // `./block` and `./block.js` mean block.ts.
    const written = extname(specifier);
    if (written === extname(full)) return full;
    return full.slice(0, full.length - extname(full).length) + (written === ".js" ? ".js" : "");
  }

  /** The file that a model of the space names, where it exists. */
  existing(reference: string): string | undefined {
    const file = resolve(this.#folder, reference);
    return existsSync(file) ? file : undefined;
  }
}
