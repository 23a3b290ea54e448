/** The model files of a member, formatted. */

import { basename, posix } from "node:path";
import type { Choosable } from "../../../dsl/choices.js";
import { ts, type TS } from "../../1-read/typescript.js";
import type { Space } from "../space.js";
import type { Places } from "./places.js";
import { renameImports, rewriteFile, type Rename, type Rewriting } from "./rewrite.js";
import { tidied, type Texts } from "./tidy.js";

/** The files of a space that are code. */
export function modelSources({ sources }: Space): readonly TS.SourceFile[] {
  return [...sources.values()].filter(({ fileName }) => !/\.(json|d\.ts)$/.test(fileName));
}

/** `net.ts` and what it imports. Prettier and ts-morph are loaded here only: they are large. */
export async function textsOf(space: Space, places: Places, rewriting: Rewriting): Promise<Texts> {
  const { program } = space.model;
  const rename: Rename = (source, specifier) => {
    const file = program.resolve(specifier, source.fileName);
    const isOwn = file !== undefined && space.sources.has(file);
    return isOwn ? places.specifier(specifier, source.fileName, file) : specifier;
  };
  const sources = modelSources(space);
  const pathsTo = (text: (source: TS.SourceFile) => string): Texts =>
    new Map(sources.map((source) => [places.of(source.fileName), text(source)]));
  const { tidies } = rewriting.style;
  const rewritten = pathsTo((source) => rewriteFile(source, rewriting, rename));
  const before = pathsTo((source) => renameImports(source, rename));
  const tidy = tidies === "nothing" ? rewritten : await tidied(rewritten, before, tidies === "all");
  const others = [...space.sources.values()].filter((source) => !sources.includes(source));
  const all = new Map([
    ...tidy,
    ...others.map((one): [string, string] => [places.of(one.fileName), one.text]),
  ]);
  const { format } = await import("prettier");
  const files: [string, string][] = [];
  for (const path of reachable(all)) {
    const text =
      path === "net.ts" ? `${headerOf(space, rewriting)}\n\n${all.get(path)!.trimStart()}` : all.get(path)!;
    const isCode = tidy.has(path);
    files.push([path, isCode ? await format(text, { parser: "typescript", printWidth: 110 }) : text]);
  }
  return new Map(files);
}

/** What is imported only where a member never comes is left out. */
function reachable(texts: Texts): readonly string[] {
  const found = new Set(["net.ts"]);
  for (const path of found) {
    const text = texts.get(path)!;
    if (path.endsWith(".json")) continue;
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      const target = posix.join(posix.dirname(path), fileName);
      const candidates = [target, `${target}.ts`, target.replace(/\.js$/, ".ts")];
      const file = candidates.find((one) => texts.has(one));
      if (file !== undefined) found.add(file);
    }
  }
  return [...found];
}

/** A line that names the space, and the answers that are not many. */
function headerOf(space: Space, { trace }: Rewriting): string {
  const single = [...trace.choices.values()].filter((answers) => answers.size === 1);
  const answers = new Map(single.flatMap((one) => [...one]));
  const list = [...answers].map(([name, value]) => `${name} ${shown(value)}`).join(", ");
  const line = `// Chosen from the space in ${basename(space.file).replace(/[^\w.+ -]/g, "_")}`;
  const text = list && !/[\n\r\u2028\u2029]/.test(list) ? `${line}: ${list}.` : `${line}.`;
  return text.length <= 110 ? text : `${line}.`;
}

const shown = (value: Choosable): string =>
  typeof value === "string" ? JSON.stringify(value) : String(value);
