/** Names of layers, as a person would give them: the converter's own where they say something, else by the layer's part in the network. */

import type { Subgraph, TfliteOperator } from "./model.js";

interface Naming {
  /** What a tensor's name must contain to be taken for this operator's. */
  readonly pattern: RegExp;
  readonly fallback: string;
}

const namings: Readonly<Record<string, Naming>> = {
  CONV_2D: { pattern: /conv/i, fallback: "conv" },
  DEPTHWISE_CONV_2D: { pattern: /conv|depth/i, fallback: "dw" },
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
    "Conv2D depthwise BiasAdd MatMul Relu Relu6 FusedBatchNormV3 BatchNorm bn conv weight weights depthwise_weights kernel read " +
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

/** A name for every operator, in their order. */
export function layerNames(graph: Subgraph): string[] {
  const given = graph.operators.map((operator) => tensorsName(operator, graph));
  const heavy = given.filter((_, index) => weighted.has(graph.operators[index].name));
  // A few speaking names among made-up ones would only confuse: all layers with weights have their own, or none.
  const speaks = heavy.every((name) => name !== undefined) && new Set(heavy).size === heavy.length;
  const roles = speaks ? new Map<number, string>() : blockRoles(graph);
  const names = new UniqueNames();
  const counts = new Map<string, number>();
  return graph.operators.map((operator, index) => {
    const wanted = speaks ? given[index] : roles.get(index);
    if (wanted !== undefined) return names.take(wanted);
    const kind = namings[operator.name]?.fallback ?? identifier(operator.name);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return names.take(`${kind}_${counts.get(kind)}`);
  });
}

/** The name in the tensors of an operator, if one of them speaks: `model/conv2d_3/Conv2D` is `conv2d_3`. */
function tensorsName(operator: TfliteOperator, { tensors }: Subgraph): string | undefined {
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
    const name = identifier(shortPath(parts));
    if (name !== "" && name.length <= longestName && naming.pattern.test(parts.join("/"))) return name;
  }
  return undefined;
}

/** `blocks/3/mobile_inverted_conv/depth_conv` is `blocks/3/depth_conv`; a path without numbers is its last part. */
function shortPath(parts: readonly string[]): string {
  const number = parts.findLastIndex((part) => /^\d+$/.test(part));
  const context = number > 0 ? parts.slice(number - 1, number + 1) : [];
  return (number === parts.length - 1 ? context : [...context, parts.at(-1)!]).join("_");
}

/**
 * Names by their part in blocks around depthwise convolutions: `expand_3` -> `dw_3` -> `project_3` (`pointwise_3` where nothing expands)
 * -> `add_3`. By index of the operator; those outside of blocks have none.
 */
function blockRoles({ tensors, operators }: Subgraph): Map<number, string> {
  const producers = new Map(operators.map((operator) => [operator.outputs[0], operator]));
  const consumers = new Map<number, TfliteOperator[]>();
  for (const operator of operators) {
    for (const input of operator.inputs)
      consumers.set(input, [...(consumers.get(input) ?? []).slice(-2), operator]);
  }
  const past = (operator: TfliteOperator | undefined): TfliteOperator | undefined =>
    operator?.name === "PAD" ? producers.get(operator.inputs[0]) : operator;
  const only = (tensor: number): TfliteOperator | undefined => {
    const users = consumers.get(tensor) ?? [];
    return users.length !== 1
      ? undefined
      : users[0].name === "PAD"
        ? consumers.get(users[0].outputs[0])?.[0]
        : users[0];
  };
  const isPointwise = (operator: TfliteOperator | undefined): operator is TfliteOperator => {
    const [, height, width] = tensors[operator?.inputs[1] ?? -1]?.shape ?? [];
    return operator?.name === "CONV_2D" && height === 1 && width === 1;
  };
  const roles = new Map<number, string>();
  let block = 0;
  for (const depthwise of operators.filter((operator) => operator.name === "DEPTHWISE_CONV_2D")) {
    block++;
    const before = past(producers.get(depthwise.inputs[0]));
    const expands = isPointwise(before) && !roles.has(before.index);
    if (expands) roles.set(before.index, `expand_${block}`);
    roles.set(depthwise.index, `dw_${block}`);
    const after = only(depthwise.outputs[0]);
    if (!isPointwise(after)) continue;
    roles.set(after.index, `${expands ? "project" : "pointwise"}_${block}`);
    const sum = only(after.outputs[0]);
    if (sum?.name === "ADD") roles.set(sum.index, `add_${block}`);
  }
  return roles;
}

/** true: the layer of this name is the first of a block, in networks whose layers are named by their part in one. */
export function startsBlock(name: string): boolean {
  return /^expand_\d+$/.test(name);
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
