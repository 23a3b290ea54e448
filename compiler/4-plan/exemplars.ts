/**
 * Layers that stand for all others that are the same but for their names and places. A search of architectures asks for the same
 * shapes thousands of times. Placeholders (3-simplify/nominal.ts) follow from shape and quantisation; other numbers are told apart,
 * so that what is found out about a layer does not depend on which others there have been.
 */

import { isPattern } from "../3-simplify/nominal.js";
import type { Constant, Operation, Simplified, Value } from "../ir/graph.js";
import type { Layer } from "../kernels/kernel.js";
import { layerOf } from "./units.js";

/** Everything about a layer but its numbers. */
export function shapeOf({ operation, inputs, output }: Layer): string {
  const attributes = operation.attributes as unknown as Readonly<Record<string, unknown>>;
  let text: string = operation.kind;
  for (const value of inputs) text += typeText(value);
  text += typeText(output);
  for (const name in attributes) text += attributeText(name, attributes[name]);
  return text;
}

const typeText = ({ shape, dtype, constant }: Value): string =>
  ` ${dtype}${constant ? "=" : ":"}${shape.join()}`;

function attributeText(name: string, attribute: unknown): string {
  if (typeof attribute !== "object" || attribute === null) return ` ${name}=${String(attribute)}`;
  if (Array.isArray(attribute)) return ` ${name}=${JSON.stringify(attribute)}`;
  if (!("dtype" in attribute)) return ` ${name}=${JSON.stringify(attribute)}`;
  const { dtype, shape } = attribute as Constant;
  return ` ${name}=${dtype}:${shape.join()}`;
}

/** Everything about a layer: what is in its shape, quantisation, and which of its inputs are one. */
export function identityOf(layer: Layer): string {
  const { operation, inputs, output } = layer;
  let text = shapeOf(layer);
  for (const { quantization, constant } of [...inputs, output])
    text += ` ${quantization?.scale},${quantization?.zeroPoint}${constant ? numbersOf(constant) : ""}`;
  if (inputs.length > 1) text += ` ${operation.inputs.map((id) => operation.inputs.indexOf(id)).join()}`;
  const attributes = operation.attributes as unknown as Readonly<Record<string, unknown>>;
  for (const name in attributes) {
    const attribute = attributes[name];
    if (typeof attribute === "object" && attribute !== null && "dtype" in attribute)
      text += numbersOf(attribute as Constant);
  }
  return text;
}

/** Constants that are no placeholders are told apart by a number each. */
const numbers = new WeakMap<object, number>();
let count = 0;

function numbersOf(constant: Constant): string {
  const { data } = constant;
  if (!data || isPattern(constant)) return "";
  let number = numbers.get(data);
  if (number === undefined) numbers.set(data, (number = count++));
  return ` #${number}`;
}

/** Of all networks, by identity; all are forgotten when there are too many. */
const exemplars = new Map<string, Layer>();
const MOST_EXEMPLARS = 20_000;

/** The first layer like this one that was asked for. */
export function exemplarOf(net: Pick<Simplified, "values">, operation: Operation): Layer {
  const layer = layerOf(net, operation);
  const identity = identityOf(layer);
  const known = exemplars.get(identity);
  if (known) return known;
  if (exemplars.size >= MOST_EXEMPLARS) exemplars.clear();
  exemplars.set(identity, layer);
  return layer;
}
