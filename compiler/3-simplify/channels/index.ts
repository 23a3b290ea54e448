/**
 * Channels that are the same in every inference, and channels that nothing depends on, are left out: what a constant one contributes
 * goes into the bias of the layers that read it. Exact, to the bit, for every input.
 *
 *     intervals of all channels, forwards → the channels needed, backwards → the graph on those
 */

import { int8Weights, type ChannelFacts, type Graph } from "../../ir/graph.js";
import type { Intervals } from "../../ops/channels.js";
import { channelsOf } from "../../ops/channels.js";
import { operatorOf } from "../../ops/index.js";
import { isWeighted } from "../layers.js";
import { channelIntervals } from "./intervals.js";
import { chooseChannels, type Kept } from "./kept.js";
import { keepChannels } from "./rewrite.js";

/** @param graph quantised; no accumulator leaves int32 (accumulators.ts) */
export function dropChannels<G extends Graph>(graph: G): { readonly graph: G; readonly facts: ChannelFacts } {
  const intervals = channelIntervals(graph);
  const kept = chooseChannels(graph, intervals);
  const narrowed = keepChannels(graph, intervals, kept);
  return { graph: narrowed, facts: factsOf(graph, intervals, kept) };
}

/** Of the results of layers with weights: other tensors have channels of those. */
function factsOf(graph: Graph, intervals: readonly (Intervals | undefined)[], kept: Kept): ChannelFacts {
  const tensors = graph.operations.filter(isWeighted).map(({ output }) => {
    const { name } = graph.values[output];
    const channels = channelsOf(graph.values[output]);
    const { low, high } = intervals[output] ?? { low: new Int8Array(), high: new Int8Array() };
    const constant = low.reduce((sum, least, channel) => sum + (least === high[channel] ? 1 : 0), 0);
    return { name, channels, constant, removed: channels - (kept[output]?.length ?? channels) };
  });
  return { tensors, macsBefore: macsOf(graph), weightsBefore: int8Weights(graph.operations) };
}

function macsOf({ operations, values }: Graph): number {
  return operations.reduce((sum, operation) => {
    const inputs = operation.inputs.map((id) => values[id]);
    return sum + operatorOf(operation).macs(operation, inputs, values[operation.output]);
  }, 0);
}
