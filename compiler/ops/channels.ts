/**
 * What may be asked of an operator about channels, the last dimension of a tensor (a single number has one): which values they take,
 * and how the operation looks on tensors with fewer of them.
 */

import type { Operation } from "../ir/graph.js";
import type { OperatorAttributes, OperatorKind } from "./attributes.js";
import type { Typed } from "./operator.js";

/** The least and the largest int8 value of each channel, whatever the network's inputs. Equal: the channel is constant. */
export interface Intervals {
  readonly low: Int8Array;
  readonly high: Int8Array;
}

/** A channel of an input and one of the result of which both are left out, or none. */
export type ChannelPair = readonly [input: number, output: number];

/** The channels left of an operation's first input and of its result, in ascending order. */
export interface KeptChannels {
  readonly input: readonly number[];
  readonly output: readonly number[];
}

export interface ChannelRule<K extends OperatorKind = OperatorKind> {
  /**
   * For each input: its channels and those of the result that go together. undefined: the input's channels are not tied to the
   * result's, `reads` says which it needs. undefined for all: no channel of any input or of the result can be left out.
   */
  links(
    operation: Operation<K>,
    inputs: readonly Typed[],
    output: Typed,
  ): readonly (readonly ChannelPair[] | undefined)[] | undefined;
  /**
   * The channels of the first input, which is not linked, that must be there to compute the result's channels in `wanted` (1s).
   * A constant channel need not be there if `keep` makes up for it. Left out: all.
   */
  reads?(
    operation: Operation<K>,
    type: Typed,
    output: Typed,
    input: Intervals,
    wanted: Uint8Array,
  ): Uint8Array;
  /** The attributes on fewer channels. The types and `input` are those of all channels. Left out: they stay as they are. */
  keep?(
    operation: Operation<K>,
    type: Typed,
    output: Typed,
    input: Intervals,
    kept: KeptChannels,
  ): OperatorAttributes[K];
}

export function channelsOf({ shape }: Pick<Typed, "shape">): number {
  return shape.at(-1) ?? 1;
}

/** Every channel stands or falls with the channel of the same number. Of inputs with another number of channels all are needed. */
export const channelwise: Pick<ChannelRule, "links"> = {
  links: (_operation, inputs, output) =>
    inputs.map((input) =>
      channelsOf(input) === channelsOf(output) ? pairsOf(channelsOf(output)) : undefined,
    ),
};

function pairsOf(channels: number): ChannelPair[] {
  return Array.from({ length: channels }, (_, channel) => [channel, channel] as const);
}
