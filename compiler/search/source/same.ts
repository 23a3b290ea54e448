/** Whether two networks are the same but for where they were written. */

import type { Net } from "../../../dsl/graph.js";
import type { Graph } from "../../ir/graph.js";

/** Names of files, and what says how a file is read, may differ. */
const places = new Set(["site", "at", "origin"]);
const files = new Set(["file", "elastic"]);

/** Names, operators, attributes and connections of all nodes, and the outputs. */
export function isSameNet(a: Net, b: Net): boolean {
  return isSame(plain(a), plain(b), (key) => places.has(key) || files.has(key));
}

/** Also all constants, bit for bit. */
export function isSameGraph(a: Graph, b: Graph): boolean {
  return isSame(
    [a.values, a.operations, a.inputs, a.outputs],
    [b.values, b.operations, b.inputs, b.outputs],
    (key) => places.has(key),
  );
}

function plain({ name, nodes, outputs }: Net): unknown {
  const index = new Map(nodes.map((node, i) => [node, i]));
  return {
    name,
    nodes: nodes.map(({ inputs, ...node }) => ({
      ...node,
      inputs: inputs.map((input) => [index.get(input.node), input.index]),
    })),
    outputs: outputs.map((output) => [output.name, index.get(output.value.node), output.value.index]),
  };
}

function isSame(a: unknown, b: unknown, isLeftOut: (key: string) => boolean): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b)) {
    if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return false;
    return bytesOf(a).equals(bytesOf(b));
  }
  const keysOf = (one: object): string[] =>
    Object.entries(one).flatMap(([key, value]) => (isLeftOut(key) || value === undefined ? [] : [key]));
  const keys = keysOf(a);
  if (Array.isArray(a) !== Array.isArray(b) || keys.length !== keysOf(b).length) return false;
  return keys.every((key) => isSame((a as any)[key], (b as any)[key], isLeftOut));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
