/** Integer sums must fit their int32 accumulators, whatever the input. */

import { Diagnostics } from "../diagnostics/diagnostic.js";
import type { Graph } from "../ir/graph.js";
import { channelOf, isWeighted, type WeightedOperation } from "./layers.js";

/**
 * Rejects with MCU2023 a layer in which |bias| + sum |weight| * 255 reaches 2^31: no sum of products, nor the bias with the
 * input's zero point folded in, is larger. Real networks are far below, but for dead channels, whose biases reach 2^30.
 */
export function checkAccumulators(graph: Graph): void {
  const diagnostics = new Diagnostics();
  for (const operation of graph.operations) {
    if (!isWeighted(operation)) continue;
    const bounds = magnitudes(operation);
    const channel = bounds.findIndex((bound) => bound >= 2 ** 31);
    if (channel < 0) continue;
    const { name, site } = operation;
    diagnostics.report("MCU2023", site?.at, { layer: name, channel, bound: bounds[channel] });
  }
  diagnostics.stop();
}

function magnitudes(operation: WeightedOperation): number[] {
  const { weights, bias } = operation.attributes;
  const { channels, of } = channelOf(operation);
  const bounds = Array.from({ length: channels }, (_, channel) =>
    Math.abs(Number(bias?.data?.[channel] ?? 0)),
  );
  weights.data?.forEach((weight, index) => (bounds[of(index)] += 255 * Math.abs(weight)));
  return bounds;
}
