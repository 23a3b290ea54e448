/** Blocks of a network that is to be printed: the layers whose names have the same first part, with what stands inside of their calls. */

import type { Net, Node } from "../../dsl/graph.js";
import { withoutBlock } from "./source-text.js";

/** What a layer of a block reads: a layer of it, by role, or one of the block's inputs, `#0`, `#1`. */
export type Operand = string;

export interface Layer {
  /** What the layer is in its block; the same in all blocks of a kind. */
  readonly role: string;
  readonly node: Node;
  readonly operands: readonly Operand[];
  /** Names made names of any block. */
  readonly attributes: Attributes;
}

export type Attributes = Readonly<Record<string, unknown>>;

/** Layers in a row, the last of which makes the block's only result. */
export interface Block {
  readonly name: string;
  /** Index of the first node in the network. */
  readonly first: number;
  readonly layers: readonly Layer[];
  /** What it reads from outside, in the order of its first use. */
  readonly inputs: readonly Node[];
}

/** More inputs than that make a function that nobody understands. */
const maxInputs = 2;

/** Makes or reads other types than int8: not part of what repeats. */
const edges = new Set(["input", "quantize", "dequantize", "argMax", "argMin"]);

/** true: the node has a name of its own, and with it a line; the others stand inside of the call that reads them. */
export const isNamed = ({ operator, attributes }: Node): boolean =>
  operator === "input" || (operator !== "constant" && "quantization" in attributes);

/** The name of the block that a named node is part of: its own, where it is of none. */
const blockName = (name: string): string => name.split(".", 1)[0];

/** Readers of every node. */
export type Readers = ReadonlyMap<Node, readonly Node[]>;

export function readersOf(net: Net): Readers {
  const readers = new Map<Node, Node[]>(net.nodes.map((node) => [node, []]));
  for (const node of net.nodes) for (const input of node.inputs) readers.get(input.node)!.push(node);
  return readers;
}

/** The blocks in their order; those that cannot be a function are left out. */
export function findBlocks(net: Net, readers: Readers): readonly Block[] {
  const results = new Set(net.outputs.map((output) => output.value.node));
  const names = new Map<Node, string>();
  const groups = new Map<string, number[]>();
  // Backwards: what has no name belongs to its reader.
  for (let index = net.nodes.length - 1; index >= 0; index--) {
    const node = net.nodes[index];
    const [reader, ...others] = readers.get(node)!;
    const isInside = !isNamed(node) && reader !== undefined && others.length === 0 && !results.has(node);
    const name = isInside ? names.get(reader) : isNamed(node) ? blockName(node.name) : undefined;
    if (name === undefined) continue;
    names.set(node, name);
    const group = groups.get(name);
    if (group) group.unshift(index);
    else groups.set(name, [index]);
  }
  return [...groups]
    .flatMap(([name, indices]) => makeBlock(name, indices, net, readers, results) ?? [])
    .sort((a, b) => a.first - b.first);
}

function makeBlock(
  name: string,
  indices: readonly number[],
  net: Net,
  readers: Readers,
  results: ReadonlySet<Node>,
): Block | undefined {
  const first = indices[0];
  if (indices.at(-1)! - first !== indices.length - 1) return undefined;
  const nodes = indices.map((index) => net.nodes[index]);
  const own = new Set(nodes);
  const leaves = (node: Node): boolean =>
    results.has(node) || readers.get(node)!.some((reader) => !own.has(reader));
  if (nodes.slice(0, -1).some(leaves)) return undefined;
  // What stands inside of a call is made right before it.
  const isInside = (node: Node, index: number): boolean =>
    nodes[index + 1]?.inputs.some((input) => input.node === node) ?? false;
  if (!nodes.every((node, index) => isNamed(node) || isInside(node, index))) return undefined;
  if (nodes.some(({ operator }) => edges.has(operator))) return undefined;

  const inputs = [...new Set(nodes.flatMap((node) => node.inputs.map((input) => input.node)))].filter(
    (node) => !own.has(node),
  );
  if (inputs.length < 1 || inputs.length > maxInputs || !inputs.every(isInt8)) return undefined;
  const roles = rolesOf(nodes, name, readers);
  if (new Set(roles.values()).size < nodes.length) return undefined;
  const layers = nodes.map((node) => ({
    role: roles.get(node)!,
    node,
    attributes: withoutBlock(node.attributes, name) as Attributes,
    operands: node.inputs.map(({ node: from }) => roles.get(from) ?? `#${inputs.indexOf(from)}`),
  }));
  return { name, first, layers, inputs };
}

const isInt8 = ({ operator, attributes }: Node): boolean =>
  !["dequantize", "argMax", "argMin"].includes(operator) &&
  (!("dtype" in attributes) || attributes.dtype === undefined || attributes.dtype === "int8");

/** A named node's role is the rest of its name; another's is that of its reader, and what it does there. */
function rolesOf(nodes: readonly Node[], block: string, readers: Readers): ReadonlyMap<Node, string> {
  const roles = new Map<Node, string>();
  for (const node of nodes.toReversed()) {
    const reader = roles.get(readers.get(node)![0]);
    roles.set(node, isNamed(node) ? node.name.slice(block.length + 1) : `${reader}<${node.operator}`);
  }
  return roles;
}
