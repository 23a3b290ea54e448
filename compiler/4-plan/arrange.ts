/** Order, sharing and places of units: a plan. */

import type { Simplified } from "../ir/graph.js";
import type { Arena, Buffer, Planned, Step } from "../ir/plan.js";
import { liveBytes, lowerBound, roundUp } from "./bound.js";
import { ARENA_ALIGN, divideBuffers, type Division } from "./division.js";
import { chooseEncodings } from "./encodings.js";
import { fedFirst } from "./feeds.js";
import { orderUnits } from "./order.js";
import { growScratch } from "./scratch.js";
import { shareStorage, type Sharing } from "./storage.js";
import type { Unit } from "./units.js";
import { verifyPlan } from "./verify.js";

/**
 * @param units what computes the net's operations, in a topological order
 * @param slack bytes that the main arena may grow by so that kernels get more scratch
 */
export function arrange(net: Simplified, units: readonly Unit[], slack = 0): Planned {
  const order = fedFirst(net, orderUnits(net, units));
  const { steps, storage, overlaps, division } = shareBest(net, order, slack);
  const { main } = division;
  const inMain = division.buffers.filter(({ memory }) => memory === main.memory);
  const grown = growScratch(steps, division, net.board);
  const planned: Planned = {
    ...net,
    steps: steps as readonly Step[],
    buffers: grown,
    storage,
    biased: chooseEncodings(net, units, steps),
    arena: {
      memory: main.memory,
      bytes: mainBytes(division, grown),
      lowerBound: main.bound,
      peakStep: peakStep(liveBytes(inMain, steps.length, overlaps)),
      align: ARENA_ALIGN,
    },
    fast: fastArena(division, grown),
  };
  verifyPlan(planned);
  return planned;
}

interface Divided extends Sharing {
  readonly division: Division;
}

/**
 * In place wherever it can be; where that makes the placement larger than what lives at once, perhaps not where a small result
 * would lie in the way of others for long.
 */
function shareBest(net: Simplified, order: readonly Unit[], slack: number): Divided {
  const divided = (sharing: Sharing) => ({ ...sharing, division: divideBuffers(net, sharing, slack) });
  const first = divided(shareStorage(net, order, true));
  const { buffers, steps, overlaps, division } = first;
  const inMain = buffers.filter((_, id) => division.buffers[id].memory === division.main.memory);
  if (division.main.bytes <= roundUp(lowerBound(inMain, steps.length, overlaps), ARENA_ALIGN)) return first;
  const other = shareStorage(net, order, false);
  if (other.steps.every(({ inPlace }, index) => inPlace === steps[index].inPlace)) return first;
  const second = divided(other);
  return second.division.main.bytes < division.main.bytes ? second : first;
}

/** Without slack that nobody took. */
function mainBytes({ main }: Division, buffers: readonly Buffer[]): number {
  const ends = buffers.filter(({ memory }) => memory === main.memory).map((one) => one.offset + one.bytes);
  return roundUp(Math.max(0, ...ends), ARENA_ALIGN);
}

/** As large as the largest scratch in it. */
function fastArena({ fast }: Division, buffers: readonly Buffer[]): Arena | undefined {
  if (!fast) return undefined;
  const { memory } = fast;
  const inside = buffers.filter((buffer) => buffer.memory === memory);
  const bytes = Math.max(...inside.map(({ bytes }) => bytes));
  return { bytes: roundUp(bytes, ARENA_ALIGN), memory, align: ARENA_ALIGN };
}

/** The step at which most bytes are live, with the scratch that it cannot do without. */
function peakStep(live: readonly number[]): number {
  return live.indexOf(Math.max(...live));
}
