/** Prints one node as the call of the DSL that makes it again. */

import type { Node } from "../../dsl/graph.js";
import type { OperatorName } from "../../dsl/signatures.js";
import { isPrefixed, prefixedText, Source } from "./source-text.js";

export interface PrintedCall {
  /** Name to import. */
  readonly function: string;
  /** A function of the model file that the call uses. */
  readonly helper?: Helper;
  print(inputs: readonly string[]): string;
}

export interface Helper {
  readonly name: string;
  readonly text: string;
  readonly imports: readonly string[];
}

type Attributes = Readonly<Record<string, any>>;

/** Parameters that are not in the options, in order. */
const positional: Partial<Record<OperatorName, readonly string[]>> = {
  broadcastTo: ["shape"],
  constant: ["tensor"],
  depthToSpace: ["blockSize"],
  expandDims: ["axis"],
  gather: ["indices"],
  reshape: ["shape"],
  resizeBilinear: ["size"],
  resizeNearest: ["size"],
  spaceToDepth: ["blockSize"],
  tile: ["repeats"],
  transpose: ["permutation"],
};

const evenBorder: Helper = {
  name: "border",
  imports: ["pad", "type Tensor"],
  text: `/** Zeros around an image, \`size\` on every side. */
function border(x: Tensor<3>, size: number): Tensor<3> {
  return pad(x, { paddings: [[size, size], [size, size], [0, 0]] });
}`,
};

const unevenBorder: Helper = {
  name: "unevenBorder",
  imports: ["pad", "type Tensor"],
  text: `type Sides = readonly [before: number, after: number];

/** Zeros around an image, as many as given above and below, left and right. */
function unevenBorder(x: Tensor<3>, vertical: Sides, horizontal: Sides): Tensor<3> {
  return pad(x, { paddings: [vertical, horizontal, [0, 0]] });
}`,
};

export function printCall(node: Node): PrintedCall {
  const { operator, attributes } = node as { operator: OperatorName; attributes: Attributes };
  if (operator === "input") {
    const { shape, ...options } = attributes;
    return plainCall("input", () => [literal(node.name), literal(shape), ...optionsText(options)]);
  }
  const short = shorthand(operator, attributes);
  if (short) return plainCall(short.function, (inputs) => [...inputs, ...optionsText(short.options)]);
  if (isBorder(operator, attributes)) return borderCall(attributes.paddings);
  if (operator === "concatenate")
    return plainCall(operator, (inputs) => [`[${inputs.join(", ")}]`, ...optionsText(attributes)]);
  if (operator === "slice") return sliceCall(attributes);
  const parameters = positional[operator] ?? [];
  const natural = operator === "constant" && attributes.name === attributes.tensor.name ? ["name"] : [];
  const options = Object.fromEntries(
    Object.entries(attributes).filter(([name]) => ![...parameters, ...natural].includes(name)),
  );
  const values = parameters.map((name) => literal(attributes[name]));
  return plainCall(operator, (inputs) => [...inputs, ...values, ...optionsText(options, operator)]);
}

function plainCall(name: string, parts: (inputs: readonly string[]) => readonly string[]): PrintedCall {
  return { function: name, print: (inputs) => `${name}(${parts(inputs).join(", ")})` };
}

/** `slice` gives sizes, `stridedSlice` ends. */
function sliceCall({ begin, size, end, ...options }: Attributes): PrintedCall {
  const places = [literal(begin), literal(size ?? end)];
  const name = size ? "slice" : "stridedSlice";
  return plainCall(name, ([x]) => [x, ...places, ...optionsText(options)]);
}

/** The functions that the DSL records as another operator: they leave the name they would give. */
function shorthand(
  operator: OperatorName,
  attributes: Attributes,
): { function: string; options: Attributes } | undefined {
  const { name, axes, shape, keepDimensions, ...options } = attributes;
  const given = (own: string): boolean => name === (options.quantization?.name ?? own);
  if (
    operator === "mean" &&
    literal(axes) === "[0, 1]" &&
    keepDimensions === undefined &&
    given("globalAveragePool")
  ) {
    return { function: "globalAveragePool", options };
  }
  if (operator === "reshape" && literal(shape) === "[-1]" && given("flatten"))
    return { function: "flatten", options };
  return undefined;
}

function isBorder(operator: OperatorName, { paddings, ...others }: Attributes): boolean {
  return (
    operator === "pad" &&
    paddings.length === 3 &&
    literal(paddings[2]) === "[0, 0]" &&
    Object.keys(others).length === 0
  );
}

function borderCall([vertical, horizontal]: readonly (readonly [number, number])[]): PrintedCall {
  const isEven = new Set([...vertical, ...horizontal]).size === 1;
  const helper = isEven ? evenBorder : unevenBorder;
  const sizes = isEven ? `${vertical[0]}` : `${literal(vertical)}, ${literal(horizontal)}`;
  return { function: "pad", helper, print: ([x]) => `${helper.name}(${x}, ${sizes})` };
}

/** The function of `Weights` that gives an operator's; the others' is `conv`. */
const weightGroups: Partial<Record<OperatorName, string>> = {
  conv2dTranspose: "convTranspose",
  dense: "dense",
  lstm: "lstm",
  svdf: "svdf",
};

/** The options argument, or nothing where there are none. */
function optionsText(attributes: Attributes, operator?: OperatorName): readonly string[] {
  const { weights, bias, quantization, ...others } = attributes;
  const reference = weights?.name ?? quantization?.name;
  const method = weights ? (weightGroups[operator!] ?? "conv") : "quantization";
  const own = weights ? weights.name.replace(/\.weight$/, "") : reference;
  const from = reference === undefined ? [] : [`w.${method}(${literal(own)})`];
  const plain = reference === undefined && quantization ? { quantization, ...others } : others;
  const fields = Object.entries(plain)
    .filter(([, value]) => value?.kind !== "tensor")
    .map(([name, value]) => field(name, literal(value)));
  if (fields.length === 0) return from;
  return [`{ ${[...from.map((one) => `...${one}`), ...fields].join(", ")} }`];
}

const field = (name: string, text: string): string => (name === text ? name : `${name}: ${text}`);

/** A value as source text; its numbers read back as they are. */
function literal(value: unknown): string {
  if (value instanceof Source) return value.text;
  if (typeof value === "string" && isPrefixed(value)) return prefixedText(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if ("kind" in value && value.kind === "tensor" && "name" in value)
    return `w.tensor(${literal(value.name)})`;
  return `{ ${Object.entries(value)
    .map(([name, one]) => `${name}: ${literal(one)}`)
    .join(", ")} }`;
}
