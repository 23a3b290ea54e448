/** Order, sharing and places of units: a plan. */

import type { Simplified } from "../ir/graph.js";
import type { Arena, Buffer, Planned, Step } from "../ir/plan.js";
import { ARENA_ALIGN, divideBuffers, type Division } from "./division.js";
import { chooseEncodings } from "./encodings.js";
import { orderUnits } from "./order.js";
import { liveBytes, lowerBound, roundUp } from "./placement.js";
import { growScratch } from "./scratch.js";
import { shareStorage } from "./storage.js";
import type { Unit } from "./units.js";
import { verifyPlan } from "./verify.js";

/**
 * @param units what computes the net's operations, in a topological order
 * @param slack bytes that the main arena may grow by so that kernels get more scratch
 */
export function arrange(net: Simplified, units: readonly Unit[], slack = 0): Planned {
  const order = orderUnits(net, units);
  const ways = [true, false].map((shrinks) => {
    const sharing = shareStorage(net, order, shrinks);
    return { ...sharing, division: divideBuffers(net, sharing.buffers, slack) };
  });
  const { steps, storage, division } = ways.reduce((best, one) => (mainOf(one) < mainOf(best) ? one : best));
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
      lowerBound: lowerBound(inMain, steps.length),
      peakStep: peakStep(inMain, steps.length),
      align: ARENA_ALIGN,
    },
    fast: fastArena(division, grown),
  };
  verifyPlan(planned);
  return planned;
}

const mainOf = ({ division }: { readonly division: Division }): number => division.main.bytes;

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
function peakStep(buffers: readonly Buffer[], steps: number): number {
  const live = liveBytes(buffers, steps);
  return live.indexOf(Math.max(...live));
}
