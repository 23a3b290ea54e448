/**
 * What a build may change at the edges of a network, before it is checked: inputs that arrive by rows, and int8 in place of float
 * inputs and outputs around `quantize` and `dequantize`, as the converter of TensorFlow Lite does.
 */

import type { Net, Node, Site } from "../dsl/graph.js";
import { Diagnostics, reject } from "./diagnostics/diagnostic.js";
import type { Checked, ValueId } from "./ir/graph.js";

export interface EdgeOptions {
  /** Names of inputs that arrive row by row, as with `feed: "rows"` in the model. */
  readonly feed?: readonly string[];
  /** `"int8"`: a float input that a `quantize` reads, and nobody else, becomes the int8 tensor itself. TFLite's `inference_input_type`. */
  readonly inferenceInputType?: "int8";
  /** `"int8"`: an output that is a `dequantize` becomes the tensor that this reads. TFLite's `inference_output_type`. */
  readonly inferenceOutputType?: "int8";
}

/**
 * The network with the edges that are asked for; what cannot be int8 stays as it is: `checkEdges` tells. Inputs and outputs keep
 * their names.
 * @throws Rejected MCU5012 where there is no input of a name
 */
export function withEdges(net: Net, options: EdgeOptions): Net {
  const fed = withFeeds(net, options.feed ?? []);
  const read = options.inferenceInputType ? withInt8Inputs(fed) : fed;
  return options.inferenceOutputType ? withInt8Outputs(read) : read;
}

function withFeeds(net: Net, names: readonly string[]): Net {
  if (names.length === 0) return net;
  const available = net.nodes.filter(isInput).map(({ name }) => name);
  const unknown = names.find((name) => !available.includes(name));
  if (unknown !== undefined) reject("MCU5012", undefined, { input: unknown, available });
  return rebuilt(net, (node) =>
    isInput(node) && names.includes(node.name)
      ? { ...node, attributes: { ...node.attributes, feed: "rows" } }
      : node,
  );
}

function withInt8Inputs(net: Net): Net {
  const replaced = new Map<Node, Node>();
  const dropped = new Map<Node, Node>();
  for (const node of net.nodes) {
    if (!isInput(node) || node.attributes.dtype !== "float32") continue;
    const quantize = onlyReader(net, node);
    if (quantize?.operator !== "quantize") continue;
    const { quantization, dtype = "int8" } = (quantize as Node<"quantize">).attributes;
    if (dtype !== "int8") continue;
    const { dtype: _, ...attributes } = node.attributes;
    replaced.set(node, {
      ...node,
      attributes: { ...attributes, ...(quantization && { quantization }) },
      site: withQuantization(node.site, quantize.site),
    } as Node<"input"> as Node);
    dropped.set(quantize, node);
  }
  return rebuilt(net, (node) => replaced.get(node) ?? node, dropped);
}

/** A fault of the quantisation is where the `quantize` gives it. */
function withQuantization(site: Site | undefined, from: Site | undefined): Site | undefined {
  if (!site || !from) return site;
  const quantization = from.attributes.quantization ?? from.at;
  return { ...site, attributes: { ...site.attributes, quantization } };
}

function withInt8Outputs(net: Net): Net {
  const dropped = new Map<Node, Node>();
  const outputs = net.outputs.map((output) => {
    const { node } = output.value;
    if (node.operator !== "dequantize" || isUint8(node.inputs[0].node)) return output;
    if (!net.nodes.some(({ inputs }) => inputs.some((input) => input.node === node)))
      dropped.set(node, node.inputs[0].node);
    return { ...output, value: node.inputs[0] };
  });
  return rebuilt({ ...net, outputs }, (node) => node, dropped);
}

/** Not for other operators: uint8 is at the edges of networks only. */
function isUint8(node: Node): boolean {
  return (node as Node<"input" | "quantize">).attributes.dtype === "uint8";
}

const isInput = (node: Node): node is Node<"input"> => node.operator === "input";

/** The node that reads another's result, if it is the only one, and no output of the network. */
function onlyReader(net: Net, node: Node): Node | undefined {
  const readers = net.nodes.filter(({ inputs }) => inputs.some((input) => input.node === node));
  const isOutput = net.outputs.some(({ value }) => value.node === node);
  return readers.length === 1 && !isOutput ? readers[0] : undefined;
}

/** @param dropped nodes that go, with the one whose result takes the place of theirs */
function rebuilt(net: Net, change: (node: Node) => Node, dropped: ReadonlyMap<Node, Node> = new Map()): Net {
  const made = new Map<Node, Node>();
  const nodeFor = (node: Node): Node => made.get(dropped.get(node) ?? node)!;
  for (const node of net.nodes) {
    if (dropped.has(node)) continue;
    const inputs = node.inputs.map((input) => ({ ...input, node: nodeFor(input.node) }));
    made.set(node, change(node) === node ? { ...node, inputs } : { ...change(node), inputs });
  }
  const outputs = net.outputs.map(({ name, value }) => ({
    name,
    value: { ...value, node: nodeFor(value.node) },
  }));
  return { ...net, nodes: [...made.values()], outputs };
}

/** Rejects (MCU2041) where an input or output is float although int8 was asked for. */
export function checkEdges(net: Checked, file: string, options: EdgeOptions): void {
  const diagnostics = new Diagnostics();
  const tell = (edge: "input" | "output", name: string, value: ValueId) => {
    const { dtype, site } = net.values[value];
    if (dtype === "float32") diagnostics.report("MCU2041", site?.at ?? { file }, { edge, name });
  };
  if (options.inferenceInputType) for (const id of net.inputs) tell("input", net.values[id].name, id);
  if (options.inferenceOutputType) for (const { name, value } of net.outputs) tell("output", name, value);
  diagnostics.stop();
}
