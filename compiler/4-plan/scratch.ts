/** Slack is speed: what is free below the peak while a step runs is offered to its kernel as scratch. The peak never grows for it. */

import type { Buffer, Step } from "../ir/plan.js";
import { roundUp } from "./placement.js";

/** The buffers, each scratch as large as its kernel can use and the free memory allows, moved to the largest gap if it grows. */
export function growScratch(steps: readonly Step[], buffers: readonly Buffer[], arena: number): Buffer[] {
  const grown = [...buffers];
  steps.forEach((step, index) => {
    if (step.scratch === undefined) return;
    const scratch = grown[step.scratch];
    const most = step.kernel.scratch(step.inPlace).most;
    if (most <= scratch.bytes) return;
    const gap = largestGap(
      grown.filter(({ id, first, last }) => id !== scratch.id && first <= index && index <= last),
      arena,
      scratch.align,
    );
    const bytes = Math.min(most, gap.bytes);
    if (bytes > scratch.bytes) grown[step.scratch] = { ...scratch, offset: gap.offset, bytes };
  });
  return grown;
}

function largestGap(
  live: readonly Buffer[],
  arena: number,
  align: number,
): { offset: number; bytes: number } {
  let best = { offset: 0, bytes: 0 };
  let at = 0;
  const consider = (end: number) => {
    if (end - at > best.bytes) best = { offset: at, bytes: end - at };
  };
  for (const { offset, bytes } of [...live].sort((a, b) => a.offset - b.offset)) {
    consider(offset);
    at = Math.max(at, roundUp(offset + bytes, align));
  }
  consider(arena);
  return best;
}
