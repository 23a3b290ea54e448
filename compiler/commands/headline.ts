/** A network in a few lines: what `check` and `build` print. */

import { channelsText } from "../7-report/index.js";
import type { Lowered } from "../ir/lowered.js";
import { limitText } from "../limits/parse-limits.js";

export function headline(net: Lowered): string {
  const { macs, seconds, constantBytes, codeBytes, stackBytes } = net.totals;
  const { bytes, lowerBound, memory, peakStep } = net.arena;
  const peak = net.lowered[peakStep]?.name ?? "-";
  const channels = channelsText(net);
  const above = bytes === lowerBound ? "the lower bound" : `lower bound ${grouped(lowerBound)}`;
  const fast = net.fast ? `; scratch ${grouped(net.fast.bytes)} bytes in ${net.fast.memory}` : "";
  return [
    `${net.name} for ${net.board.name}: ${layerCount(net)}, ${grouped(macs)} MACs`,
    `  sram     ${grouped(bytes)} bytes in ${memory} (${above}), peak at ${peak}${fast}; stack about ${grouped(stackBytes)}`,
    `  flash    ${grouped(constantBytes)} bytes of weights, code about ${grouped(codeBytes)}`,
    ...(channels === undefined ? [] : [`  channels ${channels}`]),
    `  latency  ${milliseconds(seconds)} predicted at ${net.board.clockHz / 1e6} MHz`,
    ...net.limits.map((limit) => `  limit    ${limitText(limit)}: kept`),
  ].join("\n");
}

const layerCount = ({ operations: { length } }: Lowered): string =>
  `${length} layer${length === 1 ? "" : "s"}`;

/** 1234567 -> "1,234,567" */
export const grouped = (value: number): string => Math.round(value).toLocaleString("en-US");

const milliseconds = (seconds: number): string => `${(seconds * 1000).toPrecision(3)} ms`;
