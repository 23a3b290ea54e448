/**
 * Stage 2: shapes, dtypes, weights and quantisation of a network, and what it is built for.
 *
 *     Net ─ nodes (shape rules of compiler/ops, constants from weights files, given quantisation)
 *         ─ surroundings (board, limits) ─ calibration samples → Checked
 *
 * Faults are collected over the whole network, then the stage stops.
 */

import type { Net, Node } from "../../dsl/graph.js";
import { Diagnostics, type Diagnostic } from "../diagnostics/diagnostic.js";
import type { TensorFile } from "../files/tensor-file.js";
import type { Checked } from "../ir/graph.js";
import { readCalibration } from "./calibration.js";
import { isHeaderOfC } from "../targets/c-names.js";
import { identifiers } from "./identifiers.js";
import { resolveNodes, type Nodes } from "./nodes.js";
import { boardOf, limitsOf, type Wishes } from "./surroundings.js";
import { tensorsOf, tensorsOfFiles } from "./tensors.js";

export interface CheckOptions extends Wishes {
  /** Of an imported network: used in place of the files that its references name. */
  readonly tensors?: TensorFile;
  /** Of an imported network: by the name of a node, the index of the model's operator that it came from. */
  readonly origins?: ReadonlyMap<string, number>;
  /** false: calibration files are not even opened. */
  readonly loadCalibration: boolean;
  /** Is told what is odd, where nothing is wrong. */
  warn?(warnings: readonly Diagnostic[]): void;
}

export function check(net: Net, options: CheckOptions): Checked {
  const diagnostics = new Diagnostics();
  const tensors = options.tensors ? tensorsOf(options.tensors) : tensorsOfFiles(options.file);
  const nodes = resolveNodes(net, tensors, options, diagnostics);
  if (isHeaderOfC(net.name)) {
    diagnostics.report("MCU2031", net.site?.attributes.name ?? { file: options.file }, { name: net.name });
  }
  checkAllMatter(net, options.file, diagnostics);
  checkOutputsVary(net, options.file, diagnostics);
  const board = diagnostics.attempt(() => boardOf(net, options));
  const limits = diagnostics.attempt(() => limitsOf(net, board, options));
  const inputsKnown = nodes.inputs.length === net.nodes.filter(isInput).length;
  const calibration =
    options.loadCalibration && inputsKnown
      ? diagnostics.attempt(() => readCalibration(net, nodes.inputs, options.file))
      : undefined;
  diagnostics.stop();
  options.warn?.(diagnostics.all);
  return {
    name: net.name,
    site: net.site,
    values: nodes.values,
    operations: nodes.operations,
    inputs: nodes.inputs.map((input) => input.id),
    outputs: outputsOf(net, nodes),
    board: board!,
    limits: limits!,
    calibration,
  };
}

const isInput = (node: Node) => node.operator === "input";

function outputsOf(net: Net, nodes: Nodes): Checked["outputs"] {
  const nameOf = identifiers();
  return net.outputs.map(({ name, value }) => ({ name: nameOf(name), value: nodes.valueOf(value.node)! }));
}

/**
 * An input that no output needs would stay in the C interface: an error. Layers are left out later, which is worth a
 * word: one for each last layer of what leads nowhere.
 */
function checkAllMatter(net: Net, file: string, diagnostics: Diagnostics): void {
  const needed = new Set<Node>(net.outputs.map((output) => output.value.node));
  const read = new Set<Node>();
  for (const node of [...net.nodes].reverse()) {
    for (const input of node.inputs) {
      read.add(input.node);
      if (needed.has(node)) needed.add(input.node);
    }
  }
  // A call with several results matters if one of them does.
  const calls = new Set([...needed].map((node) => node.site));
  for (const node of net.nodes) {
    if (needed.has(node) || (node.site && calls.has(node.site) && !isInput(node))) continue;
    const at = node.site?.at ?? { file };
    if (isInput(node)) diagnostics.report("MCU2014", at, { input: node.name });
    else if (!read.has(node))
      diagnostics.report("MCU2030", at, { layer: node.name, operator: node.operator });
  }
}

/** Nothing is computed for a constant, so there would be no memory to find it in. */
function checkOutputsVary(net: Net, file: string, diagnostics: Diagnostics): void {
  const varies = new Set<Node>();
  for (const node of net.nodes)
    if (isInput(node) || node.inputs.some((input) => varies.has(input.node))) varies.add(node);
  for (const { name, value } of net.outputs) {
    if (!varies.has(value.node))
      diagnostics.report("MCU2024", value.node.site?.at ?? { file }, { output: name });
  }
}
