/** Channels that operations tie to each other are left out together, or not at all. */

import type { Graph, Operation, ValueId } from "../../ir/graph.js";
import { channelsOf, type ChannelPair } from "../../ops/channels.js";
import { operatorOf } from "../../ops/index.js";

/** An operation's inputs as `ChannelRule.links` sees them; undefined where no channel of them can go. */
export type Links = readonly (readonly ChannelPair[] | undefined)[] | undefined;

export interface ChannelGroups {
  /** The group of a channel. */
  of(value: ValueId, channel: number): number;
  readonly count: number;
  linksOf(operation: Operation): Links;
}

/** @param isOpen whether channels of a value can be left out at all */
export function groupChannels(graph: Graph, isOpen: (value: ValueId) => boolean): ChannelGroups {
  const starts = new Int32Array(graph.values.length + 1);
  graph.values.forEach((value, id) => (starts[id + 1] = starts[id] + (isOpen(id) ? channelsOf(value) : 1)));
  const count = starts[graph.values.length];
  const parents = Int32Array.from({ length: count }, (_, i) => i);
  const root = (node: number): number => {
    while (parents[node] !== node) node = parents[node] = parents[parents[node]];
    return node;
  };
  // A value that is not open is one group.
  const of = (value: ValueId, channel: number) => root(starts[value] + (isOpen(value) ? channel : 0));
  const links = new Map(graph.operations.map((operation) => [operation, linksOf(operation, graph, isOpen)]));
  for (const [{ inputs, output }, own] of links) {
    own?.forEach((pairs, i) => {
      for (const [from, to] of pairs ?? []) parents[of(inputs[i], from)] = of(output, to);
    });
  }
  return { of, count, linksOf: (operation) => links.get(operation) };
}

function linksOf(operation: Operation, { values }: Graph, isOpen: (value: ValueId) => boolean): Links {
  const ends = [...operation.inputs, operation.output];
  if (!ends.every(isOpen)) return undefined;
  const types = operation.inputs.map((id) => values[id]);
  return operatorOf(operation).channels?.links(operation, types, values[operation.output]);
}
