/** What is known of the channels of the network's tensors. */

import type { ChannelFacts } from "../ir/graph.js";
import type { Lowered } from "../ir/lowered.js";
import { formatCount } from "../limits/format.js";

export interface ReportedChannels {
  /** Of the results of layers with weights, as the model has them. */
  readonly total: number;
  /** Channels that have one value, whatever the network's inputs. */
  readonly constant: number;
  /** Channels left out: constant ones, and ones that nothing depends on. */
  readonly removed: number;
  /** Multiply-accumulates of the network with all of them. */
  readonly macsBefore: number;
  /** The tensors that have some of either. */
  readonly tensors: ChannelFacts["tensors"];
}

/** undefined: no channel is constant, and none left out; or nothing is known, of a network that is only checked. */
export function reportChannels({ channels }: Pick<Lowered, "channels">): ReportedChannels | undefined {
  if (!channels) return undefined;
  const sum = (what: "channels" | "constant" | "removed") =>
    channels.tensors.reduce((total, tensor) => total + tensor[what], 0);
  const tensors = channels.tensors.filter(({ constant, removed }) => constant + removed > 0);
  if (tensors.length === 0) return undefined;
  const [total, constant, removed] = [sum("channels"), sum("constant"), sum("removed")];
  return { total, constant, removed, macsBefore: channels.macsBefore, tensors };
}

/** `1715 of 2738 channels constant: removed 1696, MACs 7.49 M -> 3.77 M`; undefined as above. */
export function channelsText(net: Pick<Lowered, "channels" | "totals">): string | undefined {
  const report = reportChannels(net);
  if (!report) return undefined;
  const { total, constant, removed, macsBefore } = report;
  const found = `${constant} of ${total} channels constant`;
  if (removed === 0) return `${found}, too few to leave any out`;
  const [before, after] = [macsBefore, net.totals.macs].map((macs) => formatCount(macs));
  return `${found}: removed ${removed}, MACs ${before} -> ${after}`;
}
