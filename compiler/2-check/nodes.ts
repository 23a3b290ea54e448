/** The nodes of a network, in order, as operations over values of known shape and dtype. */

import type { Net, Node, NodeOutput } from "../../dsl/graph.js";
import { reject, Rejected, type Diagnostics, type Related } from "../diagnostics/diagnostic.js";
import type { Constant, Operation, Value, ValueId } from "../ir/graph.js";
import type { OperatorKind } from "../ops/attributes.js";
import { operators } from "../ops/index.js";
import type { Operator } from "../ops/operator.js";
import type { NamedInput } from "./calibration.js";
import { contextOf } from "./context.js";
import { identifiers } from "./identifiers.js";
import { resolveConstant } from "./operands.js";
import { givenQuantization, resultQuantization } from "./quantization.js";
import { shapeText } from "../diagnostics/shape-text.js";
import type { Tensors } from "./tensors.js";

export interface Nodes {
  readonly values: readonly Value[];
  readonly operations: readonly Operation[];
  readonly inputs: readonly NamedInput[];
  /** The value a node computes; undefined where a diagnostic was reported for the node or one it depends on. */
  valueOf(node: Node): ValueId | undefined;
}

/** Where the network is from: the file, and the operator of a `.tflite` that a node stands for. */
interface Model {
  readonly file: string;
  readonly origins?: ReadonlyMap<string, number>;
}

/** Resolves every node; what is wrong with one is reported, and what depends on it is left out without another word. */
export function resolveNodes(net: Net, tensors: Tensors, model: Model, diagnostics: Diagnostics): Nodes {
  const values: Value[] = [];
  const operations: Operation[] = [];
  const inputs: NamedInput[] = [];
  const computed = new Map<Node, ValueId>();
  const nameOf = identifiers(net.name);
  for (const node of net.nodes) {
    const name = nameOf(node.name);
    const sources = node.inputs.map((input) => computed.get(input.node));
    if (!sources.every((id) => id !== undefined)) continue;
    const id = values.length;
    const resolved = diagnostics.attempt(() =>
      tellNode(node, model, () => resolveNode(node, name, sources, id, values, tensors)),
    );
    if (!resolved) continue;
    values.push(resolved.value);
    computed.set(node, id);
    if (resolved.operation) operations.push(resolved.operation);
    else if (!resolved.value.constant) inputs.push({ name: node.name, id, value: resolved.value });
  }
  return { values, operations, inputs, valueOf: (node) => computed.get(node) };
}

interface ResolvedNode {
  readonly value: Value;
  /** Absent for an input of the network and for a constant. */
  readonly operation?: Operation;
}

function resolveNode(
  node: Node,
  name: string,
  sources: readonly ValueId[],
  output: ValueId,
  values: readonly Value[],
  tensors: Tensors,
): ResolvedNode {
  if (node.operator === "input") return { value: resolveInput(node as Node<"input">, name, tensors) };
  if (node.operator === "constant")
    return { value: resolveConstant(node as Node<"constant">, name, tensors) };
  const operator = operators[node.operator] as unknown as Operator;
  const inputs = sources.map((id) => values[id]);
  const resolved = tellOrigins(node, inputs, () =>
    operator.resolve(contextOf<OperatorKind>(node, inputs, tensors)),
  );
  const attributes = withBiasScales(resolved.attributes, inputs[0], node);
  const { site } = node;
  const operation: Operation = { kind: node.operator, name, inputs: sources, output, attributes, site };
  const given = givenQuantization(node, tensors);
  const quantization = resultQuantization(operator.quantization(operation), given, inputs, node);
  return { value: { ...resolved.output, name, quantization, site }, operation };
}

function resolveInput(node: Node<"input">, name: string, tensors: Tensors): Value {
  const { shape, dtype = "int8", feed } = node.attributes;
  const { site } = node;
  const at = (attribute: string) => site?.attributes[attribute] ?? site?.at;
  const isSize = (size: unknown) =>
    Number.isInteger(size) && (size as number) > 0 && (size as number) <= 2 ** 20;
  if (
    !Array.isArray(shape) ||
    shape.length > 6 ||
    !shape.every(isSize) ||
    shape.reduce((a, b) => a * b, 1) > 2 ** 28
  ) {
    const found = Array.isArray(shape) ? shapeText(shape) : String(shape);
    const expected =
      "at most 6 whole sizes greater than 0, without the batch, such as [height, width, channels]";
    reject("MCU2015", at("shape"), { what: `its shape is ${found}`, expected });
  }
  if (dtype !== "int8" && dtype !== "uint8" && dtype !== "float32") {
    reject("MCU2015", at("dtype"), {
      what: `its dtype is ${String(dtype)}`,
      expected: '"int8", "uint8" or "float32"',
    });
  }
  const given = givenQuantization(node, tensors);
  if (dtype === "uint8" && !given) {
    reject("MCU2015", at("dtype"), {
      what: "it is uint8 without a quantisation",
      expected: "quantization: { scale, zeroPoint }, such as { scale: 1 / 255, zeroPoint: 0 } for pixels",
    });
  }
  if (feed !== undefined) {
    const whole = 'feed: "rows" on a shape of at least 2 dimensions, [rows, …], or no `feed`';
    const what =
      feed !== "rows"
        ? `its feed is ${JSON.stringify(feed)}`
        : `a shape of ${shapeText(shape)} has no rows to feed`;
    if (feed !== "rows" || shape.length < 2) reject("MCU2015", at("feed"), { what, expected: whole });
  }
  const rule = dtype === "float32" ? "none" : "calibrated";
  const value: Value = { name, shape: [...shape], dtype, ...(feed && { feed }), site };
  return { ...value, quantization: resultQuantization(rule, given, [value], node) };
}

/** Nodes of an imported network have no place in a text: their file, name and operator say where a fault is. */
function tellNode<T>(node: Node, { file, origins }: Model, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof Rejected) || node.site) throw error;
    const origin = origins?.get(node.name);
    const where = `"${node.name}"${origin === undefined ? "" : ` (operator ${origin})`}: `;
    throw new Rejected(
      error.diagnostics.map((one) => ({
        ...one,
        place: one.place ?? { file },
        message: where + one.message,
      })),
    );
  }
}

/** A fault of a node with several inputs is also told at the places that made them. */
function tellOrigins<T>(node: Node, inputs: readonly Value[], resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof Rejected) || node.inputs.length < 2) throw error;
    const origins = node.inputs.map((input, i) => origin(input, inputs[i]));
    throw new Rejected(error.diagnostics.map((one) => ({ ...one, related: [...one.related, ...origins] })));
  }
}

function origin(input: NodeOutput, { shape, site }: Value): Related {
  return { message: `"${input.node.name}" is ${shapeText(shape)}, made here`, place: site?.at };
}

/** An int32 bias counts in steps of input scale * weight scale; files do not repeat it. */
function withBiasScales<A extends object>(attributes: A, input: Value, node: Node): A {
  const { weights, bias } = attributes as { readonly weights?: Constant; readonly bias?: Constant };
  if (bias?.dtype !== "int32" || !weights?.scales) return attributes;
  const { quantization } = input;
  if (!quantization) {
    return reject("MCU2010", node.site?.attributes.bias ?? node.site?.at, { layer: node.name });
  }
  return {
    ...attributes,
    bias: { ...bias, scales: weights.scales.map((scale) => scale * quantization.scale) },
  };
}
