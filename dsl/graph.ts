/**
 * The graph that a model file builds. Executing the file under Node and reading it statically (compiler/1-read)
 * both run the functions of this folder, so both give the same graph; only the reader adds places in the source.
 */

import type { OperatorName, Signatures } from "./signatures.js";

/** A range of a text file, in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Where a DSL call stands in the source, and where each of its attributes does. Keys of `attributes` are option names,
 * dotted where nested (`"quantization.scale"`), and positional parameters by their name (`"shape"`).
 */
export interface Site {
  readonly at: Span;
  readonly attributes: Readonly<Record<string, Span>>;
}

/** One call of an operator. `name` is unique in its network. */
export interface Node<K extends OperatorName = OperatorName> {
  readonly operator: K;
  readonly name: string;
  readonly inputs: readonly NodeOutput[];
  readonly attributes: Signatures[K];
  readonly site?: Site;
}

/** One result of a node: what a `Tensor` of the DSL is at run time. */
export interface NodeOutput {
  readonly node: Node;
  readonly index: number;
}

/** What `network(...)` returns: the whole graph, nodes in the order of their calls (topological by construction). */
export interface Net {
  readonly kind: "network";
  readonly name: string;
  readonly board?: string;
  readonly limits?: string;
  readonly calibration?: Calibration;
  readonly nodes: readonly Node[];
  /** The network's results, in order; `name` is the key of the returned object, or the producing node's name. */
  readonly outputs: readonly { readonly name: string; readonly value: NodeOutput }[];
  readonly site?: Site;
}

/** Representative inputs: one `.npy` per network input, first dimension the sample. Files are relative to the model file. */
export interface Calibration {
  readonly files: Readonly<Record<string, string>> | string;
  readonly method: "min-max" | "percentile" | "mse" | "default";
}

/** A mistake in the use of the DSL; the reader turns it into a diagnostic at the call. */
export class DslError extends Error {
  constructor(
    message: string,
    /** The attribute at fault, if one is (a key of `Site.attributes`). */
    readonly attribute?: string,
  ) {
    super(message);
    this.name = "DslError";
  }
}

/** Nodes of the network whose body is running, or undefined outside of one. */
let building: Node[] | undefined;

/** The source of the call that the reader is about to make. */
let callSite: Site | undefined;

/** Runs `call` with its source attached to the nodes it makes. For compiler/1-read only. */
export function withSite<T>(site: Site, call: () => T): T {
  const outer = callSite;
  callSite = site;
  try {
    return call();
  } finally {
    callSite = outer;
  }
}

/** The source of the DSL call that is running, when the reader made it. */
export function currentSite(): Site | undefined {
  return callSite;
}

/** Runs a network's body and returns the nodes it made. */
export function collectNodes<T>(body: () => T): { readonly nodes: readonly Node[]; readonly result: T } {
  if (building) throw new DslError("a network cannot be defined inside another network");
  const nodes: Node[] = [];
  building = nodes;
  try {
    return { nodes, result: body() };
  } finally {
    building = undefined;
  }
}

/**
 * Adds one node to the network being built and returns its first result.
 * @param wanted the name the node gets if it is free; `_2`, `_3`, … is appended where it is not
 */
export function addNode<K extends OperatorName>(
  operator: K,
  wanted: string,
  inputs: readonly NodeOutput[],
  attributes: Signatures[K],
): NodeOutput {
  if (!building) throw new DslError(`${operator}() must be called inside the body of a network`);
  for (const input of inputs) {
    if (!isNodeOutput(input)) throw new DslError(`${operator}() expects a tensor as its input`);
    if (!building.includes(input.node))
      throw new DslError(`${operator}() was given a tensor of another network`);
  }
  const node: Node<K> = { operator, name: freeName(wanted, building), inputs, attributes, site: callSite };
  building.push(node);
  return { node, index: 0 };
}

function freeName(wanted: string, nodes: readonly Node[]): string {
  const taken = new Set(nodes.map((node) => node.name));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
  return name;
}

export function isNodeOutput(value: unknown): value is NodeOutput {
  return typeof value === "object" && value !== null && "node" in value && "index" in value;
}
