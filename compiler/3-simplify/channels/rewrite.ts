/** The graph on the channels that are kept. */

import type { Graph, Operation, Value, ValueId } from "../../ir/graph.js";
import { channelsOf, type Intervals } from "../../ops/channels.js";
import { operatorOf } from "../../ops/index.js";
import type { Kept } from "./kept.js";

export function keepChannels<G extends Graph>(
  graph: G,
  intervals: readonly (Intervals | undefined)[],
  kept: Kept,
): G {
  return {
    ...graph,
    values: graph.values.map((value, id) => narrowValue(value, kept[id])),
    operations: graph.operations.map((operation) => narrowOperation(operation, graph, intervals, kept)),
  };
}

function narrowValue(value: Value, kept: readonly number[] | undefined): Value {
  if (!kept) return value;
  const { constant } = value;
  const shape = [...value.shape.slice(0, -1), kept.length];
  if (!constant?.data) return { ...value, shape };
  const [all, channels] = [constant.data, channelsOf(value)];
  const data = new Int8Array((all.length / channels) * kept.length);
  for (let i = 0; i < data.length; i++)
    data[i] = all[Math.floor(i / kept.length) * channels + kept[i % kept.length]];
  return { ...value, shape, constant: { ...constant, shape, data } };
}

function narrowOperation(
  operation: Operation,
  { values }: Graph,
  intervals: readonly (Intervals | undefined)[],
  kept: Kept,
): Operation {
  const [{ inputs, output }, rule] = [operation, operatorOf(operation).channels];
  if (!rule?.keep || (!kept[inputs[0]] && !kept[output])) return operation;
  const channels = (id: ValueId) => kept[id] ?? Array.from({ length: channelsOf(values[id]) }, (_, i) => i);
  const left = { input: channels(inputs[0]), output: channels(output) };
  const attributes = rule.keep(operation, values[inputs[0]], values[output], intervals[inputs[0]]!, left);
  return { ...operation, attributes };
}
