/**
 * Stage 2: shapes, dtypes, weights and quantisation of a network, and what it is built for.
 *
 *     Net ─ nodes (shape rules of compiler/ops, constants from weights files, given quantisation)
 *         ─ surroundings (board, limits) ─ calibration samples → Checked
 *
 * Faults are collected over the whole network, then the stage stops.
 */

import type { Net, Node } from "../../dsl/graph.js";
import { Diagnostics } from "../diagnostics/diagnostic.js";
import type { TensorFile } from "../files/tensor-file.js";
import type { Checked } from "../ir/graph.js";
import { readCalibration } from "./calibration.js";
import { identifiers } from "./identifiers.js";
import { resolveNodes, type Nodes } from "./nodes.js";
import { boardOf, limitsOf, type Wishes } from "./surroundings.js";
import { tensorsOf, tensorsOfFiles } from "./tensors.js";

export interface CheckOptions extends Wishes {
  /** Of an imported network: used in place of the files that its references name. */
  readonly tensors?: TensorFile;
  /** false: calibration files are not even opened. */
  readonly loadCalibration: boolean;
}

export function check(net: Net, options: CheckOptions): Checked {
  const diagnostics = new Diagnostics();
  const tensors = options.tensors ? tensorsOf(options.tensors) : tensorsOfFiles(options.file);
  const nodes = resolveNodes(net, tensors, diagnostics);
  checkInputsMatter(net, diagnostics);
  const board = diagnostics.attempt(() => boardOf(net, options));
  const limits = diagnostics.attempt(() => limitsOf(net, board));
  const inputsKnown = nodes.inputs.length === net.nodes.filter(isInput).length;
  const calibration =
    options.loadCalibration && inputsKnown
      ? diagnostics.attempt(() => readCalibration(net, nodes.inputs, options.file))
      : undefined;
  diagnostics.stop();
  return {
    name: net.name,
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

/** Layers that no output needs are dropped later, but an input that nobody reads would stay in the C interface. */
function checkInputsMatter(net: Net, diagnostics: Diagnostics): void {
  const needed = new Set<Node>(net.outputs.map((output) => output.value.node));
  for (const node of [...net.nodes].reverse()) {
    if (needed.has(node)) node.inputs.forEach((input) => needed.add(input.node));
  }
  for (const node of net.nodes) {
    if (isInput(node) && !needed.has(node))
      diagnostics.report("MCU2014", node.site?.at, { input: node.name });
  }
}
