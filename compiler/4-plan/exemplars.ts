/**
 * Layers that stand for all others that differ from them in numbers alone: weights, scales, zero points. A search of architectures
 * asks for the same shapes thousands of times, and what it wants to know hardly depends on the numbers.
 */

import type { Operation, Simplified } from "../ir/graph.js";
import type { Layer } from "../kernels/kernel.js";
import { layerOf } from "./units.js";

/** Everything about a layer but its numbers. */
export function shapeOf({ operation, inputs, output }: Layer): string {
  const types = [...inputs, output].map(({ shape, dtype, constant }) => [
    dtype,
    shape,
    constant !== undefined,
  ]);
  const withoutData = (key: string, value: unknown) =>
    key === "data" || key === "scales" ? undefined : value;
  return JSON.stringify([operation.kind, types, operation.attributes], withoutData);
}

/** Of all networks. */
const exemplars = new Map<string, Layer>();

/** The first layer of its shape that was asked for. */
export function exemplarOf(net: Pick<Simplified, "values">, operation: Operation): Layer {
  const layer = layerOf(net, operation);
  const shape = shapeOf(layer);
  const known = exemplars.get(shape);
  if (known) return known;
  exemplars.set(shape, layer);
  return layer;
}
