/** Offsets of a model file as `net.ts:14:13`. */

import { dirname, relative, sep } from "node:path";
import type { Span } from "../../dsl/graph.js";
import { SourceText } from "../diagnostics/source-text.js";

/** Names places of a network's files relative to the folder they have in common; never absolute. */
export class SourceLines {
  readonly #folder: string;
  readonly #texts = new Map<string, SourceText | undefined>();

  constructor(files: readonly string[]) {
    this.#folder = commonFolder(files);
  }

  /** `net.ts:14:13`: line and column from 1; `net.ts` alone where the file cannot be read any more. */
  at({ file, start }: Span): string {
    const name = relative(this.#folder, file).split(sep).join("/");
    if (!this.#texts.has(file)) this.#texts.set(file, SourceText.open(file));
    const position = this.#texts.get(file)?.position(start);
    return position === undefined ? name : `${name}:${position.line}:${position.column}`;
  }
}

function commonFolder(files: readonly string[]): string {
  const folders = files.map((file) => dirname(file).split(sep));
  const first = folders[0] ?? [];
  const differs = first.findIndex((part, i) => folders.some((folder) => folder[i] !== part));
  return (differs < 0 ? first : first.slice(0, differs)).join(sep) || (first[0] === "" ? sep : ".");
}
