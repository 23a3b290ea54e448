/** Layers with weights, whatever their operator: what quantisation needs of them. */

import type { Constant, Operation } from "../ir/graph.js";
import { outputChannelAxis, type WeightedKind } from "../ops/attributes.js";

export type WeightedOperation = Operation<WeightedKind>;

export function isWeighted(operation: Operation): operation is WeightedOperation {
  return operation.kind in outputChannelAxis;
}

/** The output channel of each element of the weights. */
export function channelOf(operation: WeightedOperation): {
  readonly channels: number;
  of(index: number): number;
} {
  const axis = outputChannelAxis[operation.kind];
  const { shape } = operation.attributes.weights;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const channels = shape[axis];
  return { channels, of: (index) => Math.floor(index / inner) % channels };
}

/** All constants of an operation's attributes. */
export function constantsOf(operation: Operation): Constant[] {
  return Object.values(operation.attributes).filter(
    (attribute): attribute is Constant =>
      typeof attribute === "object" && attribute !== null && "dtype" in attribute,
  );
}
