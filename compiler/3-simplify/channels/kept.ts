/** Which channels must be there. */

import type { Graph, Operation, ValueId } from "../../ir/graph.js";
import { channelsOf, type Intervals } from "../../ops/channels.js";
import { operatorOf } from "../../ops/index.js";
import { groupChannels, type ChannelGroups } from "./groups.js";

/** For every value the channels that are needed or kept for alignment, in ascending order; undefined: all. */
export type Kept = readonly (readonly number[] | undefined)[];

/**
 * The least set: it begins with what the network returns and what operations that cannot do with less read, and grows by what is read
 * to compute it. Leaving out the rest changes no other value, hence no interval: nothing more becomes constant by it.
 */
export function chooseChannels(graph: Graph, intervals: readonly (Intervals | undefined)[]): Kept {
  const groups = groupChannels(graph, (id) => intervals[id] !== undefined);
  const chosen = new Uint8Array(groups.count);
  const choice: Choice = { graph, intervals, groups, chosen };
  for (const id of [...graph.inputs, ...graph.outputs.map(({ value }) => value)]) takeAll(choice, id);
  for (const operation of graph.operations) takeFixed(choice, operation);
  do {
    while (takeRead(choice));
  } while (takeForAlignment(choice));
  return graph.values.map((_, id) => keptOf(choice, id));
}

interface Choice {
  readonly graph: Graph;
  readonly intervals: readonly (Intervals | undefined)[];
  readonly groups: ChannelGroups;
  /** 1s: groups that are there. They only become more. */
  readonly chosen: Uint8Array;
}

function takeAll({ graph, groups, intervals, chosen }: Choice, id: ValueId): void {
  const channels = intervals[id] ? channelsOf(graph.values[id]) : 1;
  for (let channel = 0; channel < channels; channel++) chosen[groups.of(id, channel)] = 1;
}

/** All channels of operations that need all, and of inputs that are neither tied to the result nor read selectively. */
function takeFixed(choice: Choice, operation: Operation): void {
  const links = choice.groups.linksOf(operation);
  if (!links) return [...operation.inputs, operation.output].forEach((id) => takeAll(choice, id));
  links.forEach((pairs, i) => {
    const isSelective = i === 0 && operatorOf(operation).channels?.reads;
    if (!pairs && !isSelective) takeAll(choice, operation.inputs[i]);
  });
}

/** What is read to compute the channels that are there. true: there are more now. */
function takeRead(choice: Choice): boolean {
  const { graph, groups, intervals, chosen } = choice;
  let grew = false;
  for (const operation of [...graph.operations].reverse()) {
    const reads = operatorOf(operation).channels?.reads;
    const links = groups.linksOf(operation);
    if (!reads || !links || links[0]) continue;
    const { inputs, output } = operation;
    const wanted = presence(choice, output);
    const read = reads(
      operation,
      graph.values[inputs[0]],
      graph.values[output],
      intervals[inputs[0]]!,
      wanted,
    );
    read.forEach((isRead, channel) => {
      const group = groups.of(inputs[0], channel);
      if (!isRead || chosen[group]) return;
      chosen[group] = 1;
      grew = true;
    });
  }
  return grew;
}

/** true: some tensor had too few channels for its alignment, and has more now. */
function takeForAlignment(choice: Choice): boolean {
  const { graph, groups, intervals, chosen } = choice;
  let grew = false;
  for (let id = graph.values.length - 1; id >= 0; id--) {
    if (!intervals[id]) continue;
    const channels = channelsOf(graph.values[id]);
    const step = alignmentOf(channels);
    const count = () => presence(choice, id).reduce((sum, one) => sum + one, 0);
    for (let left = count(), channel = 0; left === 0 || left % step !== 0; channel++) {
      if (chosen[groups.of(id, channel)]) continue;
      chosen[groups.of(id, channel)] = 1;
      left = count();
      grew = true;
    }
  }
  return grew;
}

/** Words and half-words are faster to load than bytes: numbers of channels stay multiples of 4, or even, where they are. */
function alignmentOf(channels: number): number {
  return channels % 4 === 0 ? 4 : channels % 2 === 0 ? 2 : 1;
}

/** 1s: channels of a value that are there. */
function presence({ graph, groups, chosen }: Choice, id: ValueId): Uint8Array {
  return Uint8Array.from(
    { length: channelsOf(graph.values[id]) },
    (_, channel) => chosen[groups.of(id, channel)],
  );
}

function keptOf(choice: Choice, id: ValueId): readonly number[] | undefined {
  if (!choice.intervals[id]) return undefined;
  const present = presence(choice, id);
  const kept = [...present.keys()].filter((channel) => present[channel] === 1);
  return kept.length === present.length ? undefined : kept;
}
