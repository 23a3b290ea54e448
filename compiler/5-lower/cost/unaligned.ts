/** Words that are loaded from places between words: a rule of the core, not of its memory. */

import { isRegion, type Access, type Region } from "../cache/accesses.js";

/** Cycles that such a load takes more. */
const UNALIGNED = 3;
const WORD = 4;

/** Cycles of one call for all of them; arrays begin at words. */
export function unalignedCycles(root: Region, times = 1): number {
  return root.parts.reduce((sum, part) => {
    if (isRegion(part)) return sum + unalignedCycles(part, times * part.share * part.turns);
    return part.word ? sum + times * part.share * UNALIGNED * asideShare(part) : sum;
  }, 0);
}

/** How often the access is not at a word. */
export function asideShare({ start, steps, anywhere }: Pick<Access, "start" | "steps" | "anywhere">): number {
  if (anywhere) return 0;
  let unit = WORD;
  for (const [region, step] of steps) if (region.turns > 1) unit = commonUnit(unit, step);
  // Places are start + multiples of the unit: all, none, or one in WORD / unit of them at a word.
  return Math.round(start) % unit !== 0 ? 1 : 1 - unit / WORD;
}

function commonUnit(unit: number, step: number): number {
  let common = unit;
  while (common > 1 && Math.round(step) % common !== 0) common /= 2;
  return common;
}
