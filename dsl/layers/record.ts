/** How the functions of this folder add a node. */

import { addNode, type NodeOutput } from "../graph.js";
import type { OperatorName, Signatures } from "../signatures.js";
import type { DType, Tensor } from "../tensor.js";

/** A result. */
export type Out<Rank extends number = any, Type extends DType = "int8"> = Tensor<Rank, Type>;

export function record<K extends OperatorName>(
  operator: K,
  inputs: readonly unknown[],
  attributes: Signatures[K],
): any {
  return addNode(operator, layerName(operator, attributes), inputs as NodeOutput[], attributes);
}

/** `name`, else the weights' own name without its last part, else the operator. */
export function layerName(operator: string, attributes: object): string {
  const { name, weights, scale, quantization } = attributes as Record<string, any>;
  if (name !== undefined) return name;
  const tensor = weights?.name ?? scale?.name;
  if (tensor !== undefined) return tensor.replace(/\.[^.]*$/, "");
  return quantization?.kind === "quantization" ? quantization.name : operator;
}
