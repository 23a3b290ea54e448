/** One network as a list of layers: what each is called in all members of its space, and what its Python depends on. */

import type { Net, Node } from "../../../dsl/graph.js";
import type { TensorReference } from "../../../dsl/weights.js";
import type { Checked, Constant, Operation, Value } from "../../ir/graph.js";
import type { OperatorKind } from "../../ops/attributes.js";
import type { Plain } from "./python.js";
import { settingsOf } from "./translators.js";

/** One tensor of a layer, by its PyTorch name within the layer (`weight`; empty: the layer is the tensor). */
export interface LayerTensor {
  readonly role: string;
  readonly reference?: TensorReference;
  readonly constant: Constant;
}

export type Settings = Readonly<Record<string, Plain>>;

export interface Layer {
  /** The same in all members that have the layer. */
  readonly key: string;
  readonly kind: OperatorKind | "input" | "constant";
  readonly node: Node;
  /** Keys of the layers that it reads. */
  readonly inputs: readonly string[];
  readonly tensors: readonly LayerTensor[];
  readonly settings: Settings;
}

export interface Layers {
  /** In order; those that the outputs need. */
  readonly layers: readonly Layer[];
  readonly outputs: readonly { readonly name: string; readonly key: string }[];
}

/**
 * @param isSpace sizes may differ between members: padding "same" stays what it is
 * @param checked of `net`
 * @throws Rejected MCU6061
 */
export function layersOf(net: Net, checked: Checked, isSpace: boolean): Layers {
  const operations = new Map(checked.operations.map((operation) => [operation.output, operation]));
  const keys = keysOf(net);
  const needed = neededFor(net);
  const indices = new Map(net.nodes.map((node, index) => [node, index]));
  const layers = net.nodes.flatMap((node, index): Layer[] => {
    if (!needed.has(node)) return [];
    // Every node of a network without faults has become the value of its index.
    const output = checked.values[index];
    const operation = operations.get(index);
    const types = node.inputs.map((input) => checked.values[indices.get(input.node)!]);
    return [
      {
        key: keys.get(node)!,
        kind: (operation?.kind ?? node.operator) as Layer["kind"],
        node,
        inputs: node.inputs.map((input) => keys.get(input.node)!),
        tensors: tensorsOf(node, operation, output),
        settings: settingsOf({ node, operation, types, output, isSpace }),
      },
    ];
  });
  const outputs = net.outputs.map(({ name, value }) => ({ name, key: keys.get(value.node)! }));
  return { layers, outputs };
}

/**
 * Layers with a name of their own (or of their weights) keep it; the others are counted behind the last of those, because
 * counting through the whole network would give them other names in other members.
 */
function keysOf(net: Net): ReadonlyMap<Node, string> {
  const keys = new Map<Node, string>();
  const counts = new Map<string, number>();
  let last = "";
  for (const node of net.nodes) {
    if (isNamed(node)) last = node.name;
    const wanted = isNamed(node) ? node.name : `${last}/${node.operator}`;
    const count = (counts.get(wanted) ?? 0) + 1;
    counts.set(wanted, count);
    keys.set(node, count === 1 ? wanted : `${wanted}/${count}`);
  }
  return keys;
}

function isNamed({ operator, attributes }: Node): boolean {
  const { name, weights, scale, quantization } = attributes as Record<string, any>;
  if (operator === "input" || weights || scale || quantization?.kind === "quantization") return true;
  // `globalAveragePool` names its mean by itself.
  return name !== undefined && name !== "globalAveragePool";
}

function neededFor(net: Net): ReadonlySet<Node> {
  const needed = new Set(net.outputs.map(({ value }) => value.node));
  for (const node of [...net.nodes].reverse()) {
    // An input is a parameter, whether or not it matters.
    if (node.operator === "input") needed.add(node);
    if (needed.has(node)) node.inputs.forEach((input) => needed.add(input.node));
  }
  return needed;
}

/** PyTorch's names of the tensors in attributes. */
const roles = {
  weights: "weight",
  bias: "bias",
  scale: "weight",
  shift: "bias",
  mean: "running_mean",
  variance: "running_var",
} as const;

function tensorsOf(node: Node, operation: Operation | undefined, output: Value): readonly LayerTensor[] {
  const references = node.attributes as Readonly<Record<string, any>>;
  if (output.constant) return [{ role: "", reference: references.tensor, constant: output.constant }];
  const attributes = (operation?.attributes ?? {}) as Readonly<Record<string, any>>;
  return Object.entries(roles).flatMap(([name, role]): LayerTensor[] => {
    const constant: Constant | undefined = attributes[name];
    if (constant?.shape === undefined) return [];
    return [{ role, reference: references[name] || undefined, constant }];
  });
}
