/** Where a movement takes channels, whatever their positions in the other dimensions. */

import { channelsOf, type Intervals } from "../channels.js";
import type { Typed } from "../operator.js";
import { intervalsOf, type Interval } from "./intervals.js";
import type { Axis, Copy, Movement } from "./movement.js";

/** Elements of channel `from` of an input go to channel `to` of the result. */
export interface ChannelMove {
  readonly input: number;
  readonly from: number;
  readonly to: number;
}

/** More are not listed. */
const mostMoves = 2 ** 16;

/** All of them; undefined where they are too many. */
export function channelMoves(
  { copies }: Movement,
  inputs: readonly Typed[],
  output: Typed,
): readonly ChannelMove[] | undefined {
  let all: readonly ChannelMove[] = [];
  for (const copy of copies) {
    const [channels, results] = [channelsOf(inputs[copy.input]), channelsOf(output)];
    const axes = copy.axes.filter((axis) => !keepsChannel(axis, channels, results));
    if (all.length + axes.reduce((count, { size }) => count * size, 1) > mostMoves) return undefined;
    all = all.concat(movesOf(copy, axes, channels, results));
  }
  return all;
}

/** Steps along it lead to other positions of the same channels. */
function keepsChannel({ from, to }: Axis, channels: number, results: number): boolean {
  return (
    to % results === 0 && (typeof from === "number" ? [from] : from).every((one) => one % channels === 0)
  );
}

function movesOf(
  { input, start, target }: Copy,
  axes: readonly Axis[],
  channels: number,
  results: number,
): ChannelMove[] {
  let places: (readonly [from: number, to: number])[] = [[start, target]];
  for (const { size, from, to } of axes) {
    const steps = Array.from({ length: size }, (_, i) => (typeof from === "number" ? i * from : from[i]));
    places = places.flatMap(([first, second]) =>
      steps.map((step, i) => [first + step, second + i * to] as const),
    );
  }
  return places.map(([from, to]) => ({ input, from: from % channels, to: to % results }));
}

/** @param fill an int8 value that elements of any channel may have besides; undefined: none */
export function movedIntervals(
  moves: readonly ChannelMove[] | undefined,
  inputs: readonly Intervals[],
  channels: number,
  fill: number | undefined,
): Intervals | undefined {
  if (!moves) return undefined;
  const all = Array.from({ length: channels }, (): Interval =>
    fill === undefined ? [127, -128] : [fill, fill],
  );
  for (const { input, from, to } of moves) {
    const { low, high } = inputs[input];
    all[to] = [Math.min(all[to][0], low[from]), Math.max(all[to][1], high[from])];
  }
  return intervalsOf(channels, (channel) => all[channel]);
}
