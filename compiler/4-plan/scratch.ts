/** Slack is speed: what is free below the peak while a step runs is offered to its kernel as scratch. The peak never grows for it. */

import type { Buffer, Step } from "../ir/plan.js";
import type { Board } from "../targets/board.js";
import { roundUp } from "./bound.js";
import type { Division } from "./division.js";
import { usefulScratch } from "./region.js";

/**
 * The buffers, each scratch as large as its kernel can use and the free memory allows, moved to the largest gap if it
 * grows. In the fast arena the room is all free: nothing else is there.
 */
export function growScratch(
  steps: readonly Step[],
  { buffers, main, fast }: Division,
  board: Board,
): Buffer[] {
  const grown = [...buffers];
  steps.forEach((step) => {
    if (step.scratch === undefined) return;
    const scratch = grown[step.scratch];
    const { most } = step.kernel.scratch(step.inPlace);
    const useful = Math.min(most, usefulScratch(board, scratch.memory));
    if (useful <= scratch.bytes) return;
    const gap = fast && scratch.memory === fast.memory ? { offset: 0, bytes: fast.room } : gapOf(scratch);
    const bytes = Math.min(useful, gap.bytes);
    if (bytes > scratch.bytes) grown[step.scratch] = { ...scratch, offset: gap.offset, bytes };
  });
  return grown;

  function gapOf({ id, align, memory, first, last }: Buffer): Gap {
    const isBeside = (other: Buffer) =>
      other.id !== id && other.memory === memory && other.first <= last && first <= other.last;
    return largestGap(grown.filter(isBeside), main.bytes, align);
  }
}

interface Gap {
  readonly offset: number;
  readonly bytes: number;
}

function largestGap(live: readonly Buffer[], arena: number, align: number): Gap {
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
