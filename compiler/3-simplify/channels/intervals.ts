/** What values the channels of every tensor take. */

import type { Graph, Operation, Value } from "../../ir/graph.js";
import { allValues } from "../../ops/arithmetic/intervals.js";
import { channelsOf, type Intervals } from "../../ops/channels.js";
import { operatorOf } from "../../ops/index.js";
import { withFactors } from "../../ops/representable.js";

/** Tensors of one dimension may have millions: nothing is known of those. */
const mostChannels = 2 ** 16;

/** For every value; undefined where it is not int8, or has too many channels. In one pass, since operations are in order. */
export function channelIntervals(graph: Graph): readonly (Intervals | undefined)[] {
  const intervals = graph.values.map(ownIntervals);
  for (const operation of graph.operations) {
    if (intervals[operation.output])
      intervals[operation.output] = resultIntervals(operation, graph, intervals);
  }
  return intervals;
}

/** Of a constant, the values it has; of others, all. */
function ownIntervals(value: Value): Intervals | undefined {
  const channels = channelsOf(value);
  if (value.dtype !== "int8" || channels > mostChannels) return undefined;
  const data = value.constant?.data;
  if (!data) return allValues(channels);
  const [low, high] = [new Int8Array(channels).fill(127), new Int8Array(channels).fill(-128)];
  data.forEach((one, i) => {
    low[i % channels] = Math.min(low[i % channels], one);
    high[i % channels] = Math.max(high[i % channels], one);
  });
  return { low, high };
}

function resultIntervals(
  operation: Operation,
  { values }: Graph,
  intervals: readonly (Intervals | undefined)[],
): Intervals {
  const output = values[operation.output];
  const known = operation.inputs.flatMap((id) => intervals[id] ?? []);
  const types = operation.inputs.map((id) => values[id]);
  const operator = operatorOf(operation);
  const compute = () => operator.intervals?.(operation, known, types, output);
  return (known.length === types.length && withFactors(operation, compute)) || allValues(channelsOf(output));
}
