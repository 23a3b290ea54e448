/** Prints an imported network as a project: `net.ts` in plain lines, as a person would write them, and its weights. */

import { basename } from "node:path";
import type { Net } from "../../dsl/graph.js";
import type { OutputFile } from "../files/output-file.js";
import { writeSafetensors } from "../files/safetensors.js";
import type { Kind } from "./kinds.js";
import { Body } from "./print-body.js";
import { printCall } from "./print-call.js";
import { printKind, type PrintedKind } from "./print-kind.js";
import { findRepeats, isSingle, type Repeat } from "./repeats.js";
import { weightsFile, type Imported } from "./graph.js";
import { UniqueNames } from "./names.js";

const keywords = (
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if " +
  "implements import in instanceof interface let new null package private protected public return static super switch this throw " +
  "true try typeof var void while with yield undefined arguments eval w"
).split(" ");

/** Two files: `net.ts` and the weights it refers to. Prettier is loaded here only: it is large. */
export async function printProject({ net, tensors }: Imported): Promise<OutputFile[]> {
  const { format } = await import("prettier");
  const content = await format(modelText(net, basename(tensors.file)), {
    parser: "typescript",
    printWidth: 110,
  });
  const stored = tensors.names.map((name) => tensors.get(name)!);
  return [
    { path: "net.ts", content },
    { path: weightsFile, content: writeSafetensors(stored) },
  ];
}

/** The model file, not yet formatted. */
function modelText(net: Net, source: string): string {
  const calls = net.nodes.map((node) => printCall(node));
  const helpers = new Map(calls.flatMap(({ helper }) => (helper ? [[helper.name, helper]] : [])));
  const functions = ["network", "weights", ...calls.map((call) => call.function)];
  const names = new Set([...functions, ...helpers.keys(), ...keywords]);
  const repeats = findRepeats(net);
  const kinds = printKinds(repeats, names);
  const reserved = new Set([...names, ...[...kinds.values()].map(({ name }) => name)]);
  const lines = new Body(net, calls, repeats, kinds, reserved).print();
  const ownFunctions = [...helpers.values(), ...kinds.values()].map(({ text }) => text);
  const usesWeights = [...ownFunctions, ...lines].some((text) => /\bw\.\w+\(/.test(text));
  const types = kinds.size > 0 ? ["type Tensor"] : [];
  const imports = [...functions, ...types, ...[...helpers.values()].flatMap((helper) => helper.imports)];
  return [
    importLine(imports.filter((name) => name !== "weights" || usesWeights)),
    "",
    `// Imported from ${source.replace(/[^\w.+ -]/g, "_")}.`,
    ...(usesWeights ? [`const w = weights("./${weightsFile}", { layout: "tensorflow" });`] : []),
    "",
    ...ownFunctions.map((text) => `${text}\n`),
    `export default network("${net.name}", {}, () => {`,
    ...lines,
    "});",
  ].join("\n");
}

/** The functions for what repeats. */
function printKinds(
  repeats: ReadonlyMap<number, Repeat>,
  reserved: ReadonlySet<string>,
): ReadonlyMap<Kind, PrintedKind> {
  const names = new UniqueNames();
  for (const word of reserved) names.take(word);
  const kinds = new Set([...repeats.values()].map(({ kind }) => kind).filter((kind) => !isSingle(kind)));
  return new Map([...kinds].map((kind) => [kind, printKind(kind, names, reserved)]));
}

/** Values first, then types. */
function importLine(names: readonly string[]): string {
  const isType = (name: string): number => Number(name.startsWith("type "));
  const sorted = [...new Set(names)].sort((a, b) => isType(a) - isType(b) || (a < b ? -1 : 1));
  return `import { ${sorted.join(", ")} } from "tsc-mcu";`;
}
