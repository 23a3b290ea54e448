/**
 * 4-plan: with which kernel and when each layer runs, and where each tensor lives. Kernels, then order, then sharing (views, in place), then lifetimes, then
 * offsets; what stays free below the peak is offered to kernels as scratch. Every plan is checked by verify.ts.
 */

import type { Simplified } from "../ir/graph.js";
import type { Buffer, Planned, Step } from "../ir/plan.js";
import { chooseKernels } from "./choose.js";
import { orderUnits } from "./order.js";
import { liveBytes, lowerBound, placeBuffers } from "./placement.js";
import { chooseRegion } from "./region.js";
import { growScratch } from "./scratch.js";
import { shareStorage } from "./storage.js";
import { verifyPlan } from "./verify.js";

/** Alignment of the arena: doubles and word loads. */
const ARENA_ALIGN = 8;

export function plan(net: Simplified): Planned {
  const order = orderUnits(net, chooseKernels(net));
  const { steps, buffers, storage } = shareStorage(net, order);
  const { offsets, bytes } = placeBuffers(buffers);
  const placed: Buffer[] = buffers.map((buffer, id) => ({ ...buffer, id, offset: offsets[id] }));
  const grown = growScratch(steps, placed, bytes);
  const planned: Planned = {
    ...net,
    steps: steps as readonly Step[],
    buffers: grown,
    storage,
    arena: {
      bytes: (bytes + ARENA_ALIGN - 1) & -ARENA_ALIGN,
      lowerBound: lowerBound(buffers, steps.length),
      peakStep: peakStep(buffers, steps.length),
      memory: chooseRegion(net.board, bytes),
      align: ARENA_ALIGN,
    },
  };
  verifyPlan(planned);
  return planned;
}

/** The step at which most bytes are live, with the scratch that it cannot do without. */
function peakStep(buffers: readonly Omit<Buffer, "offset">[], steps: number): number {
  const live = liveBytes(buffers, steps);
  return live.indexOf(Math.max(...live));
}
