/** Names of layers, as a person would give them: the converter's own where they say something, else by the layer's part in the network. */

import { blockRoles } from "./block-roles.js";
import type { Subgraph, TfliteOperator } from "./model.js";

interface Naming {
  /** What a tensor's name must contain to be taken for this operator's. */
  readonly pattern: RegExp;
  readonly fallback: string;
}

const namings: Readonly<Record<string, Naming>> = {
  CONV_2D: {
    pattern: /conv|expand|project|pointwise|bottleneck|linear|head|classif|logits/i,
    fallback: "conv",
  },
  TRANSPOSE_CONV: { pattern: /conv|up/i, fallback: "up" },
  DEPTHWISE_CONV_2D: { pattern: /conv|depth/i, fallback: "dw" },
  UNIDIRECTIONAL_SEQUENCE_LSTM: { pattern: /lstm/i, fallback: "lstm" },
  FULLY_CONNECTED: { pattern: /dense|fc\d*$|logits|linear|head|classif/i, fallback: "dense" },
  ADD: { pattern: /add|residual/i, fallback: "add" },
  MEAN: { pattern: /mean|pool/i, fallback: "mean" },
  RELU: { pattern: /relu|activation/i, fallback: "relu" },
  RELU6: { pattern: /relu|activation/i, fallback: "relu6" },
};

const weighted = new Set(["CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"]);

/** Last parts of tensors' names that say what TensorFlow did there, not which layer it is. */
const anonymous = new Set(
  (
    "Conv2D depthwise linear BiasAdd MatMul Relu Relu6 FusedBatchNormV3 BatchNorm bn conv weight weights depthwise_weights kernel read " +
    "ReadVariableOp resource transpose AvgPool MaxPool Mean Pad Reshape Softmax Const Identity"
  ).split(" "),
);

const longestName = 32;

/** A C identifier, in lower case; "" where nothing is left. */
export function identifier(text: string): string {
  const clean = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return /^[0-9]/.test(clean) ? `_${clean}` : clean;
}

/** Gives out each name once: `x`, then `x_2`, `x_3`, …. */
export class UniqueNames {
  private readonly taken = new Set<string>();
  /** How often a name was asked for, so that many equal ones do not take quadratic time. */
  private readonly counts = new Map<string, number>();

  take(wanted: string): string {
    let count = this.counts.get(wanted) ?? 1;
    let name = count === 1 ? wanted : `${wanted}_${count}`;
    while (this.taken.has(name)) name = `${wanted}_${++count}`;
    this.counts.set(wanted, count + 1);
    this.taken.add(name);
    return name;
  }
}

/** A layer's name, in the block that it is part of. */
interface Name {
  readonly block?: string;
  readonly own: string;
}

const joined = ({ block, own }: Name): string => (block === undefined ? own : `${block}.${own}`);

/** Keras' own counting: says nothing that the operator does not. */
const counted = /^((depthwise_|separable_)?conv2d(_transpose)?|depthwise|conv|dense|add)(_\d+)?$/;

/**
 * A name for every operator, in their order: `block.layer` in blocks, as the converter's names or else the structure show them. Stable: they
 * are the prefixes of the weights' names, and the C functions'.
 */
export function layerNames(graph: Subgraph): string[] {
  const given = graph.operators.map((operator) => tensorsName(operator, graph));
  const heavy = graph.operators.filter(({ name }) => weighted.has(name)).map(({ index }) => given[index]);
  // A few speaking names among made-up ones would only confuse: all layers with weights have their own, or none.
  const speaks =
    !heavy.includes(undefined) && new Set(heavy.map((name) => joined(name!))).size === heavy.length;
  const wanted = speaks ? [...given] : given.map(() => undefined);
  nameBlocks(wanted, graph);
  const names = new UniqueNames();
  const counts = new Map<string, number>();
  return graph.operators.map((operator, index) => {
    const name = wanted[index];
    if (name !== undefined) return names.take(joined(name));
    const kind = namings[operator.name]?.fallback ?? identifier(operator.name);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return names.take(`${kind}_${counts.get(kind)}`);
  });
}

/** Fills in names by their place in blocks: where there is none, and instead of those that only count. */
function nameBlocks(wanted: (Name | undefined)[], graph: Subgraph): void {
  const places = blockRoles(graph);
  const last = Math.max(0, ...[...places.values()].map(({ block }) => block));
  // One block alone is no pattern: its layers keep the names that they have.
  const recounts = last > 1 && [...places.keys()].every((index) => isCounted(wanted[index]));
  const isUnnamed = wanted.every((name) => name === undefined);
  /** What the converter calls each block. */
  const blocks = new Map<number, string>();
  for (const [index, { block }] of places) {
    const name = recounts ? undefined : wanted[index]?.block;
    if (name !== undefined) blocks.set(block, name);
  }
  for (const [index, { block, role }] of places) {
    if (recounts || isUnnamed) wanted[index] = { block: `block${block}`, own: role };
    else if (blocks.has(block)) wanted[index] ??= { block: blocks.get(block)!, own: role };
  }
}

const isCounted = (name: Name | undefined): boolean =>
  name === undefined || (name.block === undefined && counted.test(name.own));

/** The name in the tensors of an operator, if one of them speaks: `model/conv2d_3/Conv2D` is `conv2d_3`. */
function tensorsName(operator: TfliteOperator, { tensors }: Subgraph): Name | undefined {
  const naming = namings[operator.name];
  if (!naming) return undefined;
  const sources = weighted.has(operator.name)
    ? [operator.inputs[1], operator.outputs[0]]
    : [operator.outputs[0]];
  // The converter joins the names of everything it fused with semicolons.
  const paths = sources.flatMap((index) => tensors[index]?.name.split(";").slice(0, 16) ?? []);
  for (const path of paths) {
    const parts = path.split("/");
    while (parts.length > 1 && anonymous.has(parts.at(-1)!)) parts.pop();
    const name = shortName(parts);
    if (name.own !== "" && joined(name).length <= longestName && naming.pattern.test(parts.join("/")))
      return name;
  }
  return undefined;
}

/** `blocks/3/mobile_inverted_conv/depth_conv` is `depth_conv` in `block3`; a path without numbers is its last part. */
function shortName(parts: readonly string[]): Name {
  const number = parts.findLastIndex(
    (part, index) => index > 0 && index < parts.length - 1 && /^\d+$/.test(part),
  );
  const end = /^\d+$/.test(parts.at(-1)!) ? parts.slice(number + 1).slice(-2) : parts.slice(-1);
  const own = identifier(end.join("_"));
  if (number < 0) return partsOfName(own);
  const list = identifier(parts[number - 1]);
  const block = list === "" ? "block" : list.replace(/([a-z])s$/, "$1").replace(/\d$/, "$&_");
  return { block: `${block}${parts[number]}`, own };
}

/** `conv2d_3_pointwise` is `pointwise` in `conv2d_3`, `conv_dw_3` is `dw` in `conv_3`. */
function partsOfName(name: string): Name {
  const suffixed = /^([a-z]\w*?block_?\d+)_([a-z]\w*)$/.exec(name) ?? /^([a-z]\w*\d)_([a-z]\w*)$/.exec(name);
  if (suffixed) return { block: suffixed[1], own: suffixed[2] };
  const numbered = /^([a-z]\w*)_(dw|pw|depthwise|pointwise|expand|project)_(\d+)$/.exec(name);
  return numbered ? { block: `${numbered[1]}_${numbered[3]}`, own: numbered[2] } : { own: name };
}

/** Name of an input or output in the C API: without what converters put around it. */
export function edgeName(tensor: string, otherwise: string): string {
  const last = tensor
    .split("/")
    .at(-1)!
    .replace(/:\d+$/, "")
    .replace(/^serving_default_/, "")
    .replace(/_int8$/, "");
  return identifier(last).slice(0, longestName) || otherwise;
}
