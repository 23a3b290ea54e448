/** Prints an imported network as a project: `net.ts` in plain lines, as a person would write them, and its weights. */

import { basename } from "node:path";
import type { Net, Node } from "../../dsl/graph.js";
import type { OutputFile } from "../6-emit/output-file.js";
import { writeSafetensors } from "../files/safetensors.js";
import { printCall, type PrintedCall } from "./print-call.js";
import { weightsFile, type Imported } from "./graph.js";
import { startsBlock, UniqueNames } from "./names.js";

/** Calls inside calls, at most: more is hard to read. */
const deepest = 2;

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
  const lines = bodyLines(net, calls, new Set([...functions, ...helpers.keys(), ...keywords]));
  const usesWeights = lines.some((line) => /\bw\.\w+\(/.test(line));
  const imports = [...functions, ...[...helpers.values()].flatMap((helper) => helper.imports)];
  return [
    importLine(imports.filter((name) => name !== "weights" || usesWeights)),
    "",
    `// Imported from ${source.replace(/[^\w.+ -]/g, "_")}.`,
    ...(usesWeights ? [`const w = weights("./${weightsFile}", { layout: "tensorflow" });`] : []),
    "",
    ...[...helpers.values()].map((helper) => `${helper.text}\n`),
    `export default network("${net.name}", {}, () => {`,
    ...lines,
    "});",
  ].join("\n");
}

/** Values first, then types. */
function importLine(names: readonly string[]): string {
  const isType = (name: string): number => Number(name.startsWith("type "));
  const sorted = [...new Set(names)].sort((a, b) => isType(a) - isType(b) || (a < b ? -1 : 1));
  return `import { ${sorted.join(", ")} } from "tsc-mcu";`;
}

/**
 * One statement a layer, and the return.
 * @param reserved words that cannot be variables
 */
function bodyLines(
  net: Net,
  calls: readonly PrintedCall[],
  reserved: ReadonlySet<string>,
): readonly string[] {
  const variables = new UniqueNames();
  for (const word of reserved) variables.take(word);
  const lines: string[] = [];
  /** What stands for each node where it is used: a variable, or the call itself. */
  const operands = new Map<Node, { text: string; depth: number }>();
  net.nodes.forEach((node, index) => {
    const inputs = node.inputs.map((input) => operands.get(input.node)!);
    const depth = Math.max(0, ...inputs.map((input) => input.depth)) + 1;
    const text = calls[index].print(inputs.map((input) => input.text));
    if (depth <= deepest && standsInside(net, index)) {
      operands.set(node, { text, depth });
      return;
    }
    const name = node.name.replace(/\W/g, "_");
    const variable = variables.take(reserved.has(name) ? `${name}_0` : name);
    if (startsBlock(node.name)) lines.push("");
    lines.push(`const ${variable} = ${text};`);
    operands.set(node, { text: variable, depth: 0 });
  });
  return [...lines, `return ${returned(net, (node) => operands.get(node)!.text)};`];
}

/**
 * true: the call is written inside of the one that uses it. Only where nothing else uses it and no other call comes between, so
 * that reading the file makes the nodes in the same order; and only for layers without a name of their own, or the network's result.
 */
function standsInside(net: Net, index: number): boolean {
  const node = net.nodes[index];
  const uses = net.nodes.flatMap((other) => other.inputs).filter((input) => input.node === node).length;
  const results = net.outputs.filter((output) => output.value.node === node).length;
  if (node.operator === "input") return false;
  if (index === net.nodes.length - 1) return net.outputs.length === 1 && results === 1;
  const hasName = "quantization" in node.attributes;
  const isNext = net.nodes[index + 1].inputs.some((input) => input.node === node);
  return !hasName && results === 0 && uses === 1 && isNext;
}

function returned(net: Net, textOf: (node: Node) => string): string {
  const [first] = net.outputs;
  const isSingle = net.outputs.length === 1 && first.name === first.value.node.name;
  if (isSingle) return textOf(first.value.node);
  const entries = net.outputs.map(({ name, value }) => {
    const text = textOf(value.node);
    return text === name ? name : `${name}: ${text}`;
  });
  return `{ ${entries.join(", ")} }`;
}
