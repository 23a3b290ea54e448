/** Operations that differ from another in their padding alone, as those of stripes do: what is known of its weights and sums holds for them. */

import type { Operation } from "../ir/graph.js";

const originals = new WeakMap<Operation, Operation>();

/** A copy with other attributes of padding. */
export function withPadding(operation: Operation, padding: object): Operation {
  const attributes = { ...operation.attributes, padding };
  const copy = { ...operation, attributes } as Operation;
  originals.set(copy, originalOf(operation));
  return copy;
}

/** What to remember facts by that depend on everything but padding and the image's size. */
export function originalOf(operation: Operation): Operation {
  return originals.get(operation) ?? operation;
}
