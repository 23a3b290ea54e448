/** How reports of the search put things. */

import { shorten } from "../../7-report/table.js";
import { formatCount } from "../../limits/format.js";
import type { Answers, GridOutcome, SubSpace } from "../outcome.js";
import { bestOf, extentOf, spreadOf } from "./statistics.js";

/** `width 0.5, resolution 144` */
export function gridName(grid: Answers): string {
  const parts = Object.entries(grid).map(([name, value]) => `${name} ${String(value)}`);
  return parts.length === 0 ? "the whole space" : parts.join(", ");
}

/** `87.0 %` */
export const shareText = (part: number, whole: number): string =>
  whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : "-";

/** `sram 130, flash 2`: the most first. */
export function brokenText({ broken }: Pick<SubSpace, "broken">): string {
  const counts = Object.entries(broken).filter(([, count]) => count > 0);
  counts.sort(([, a], [, b]) => b - a);
  return counts.map(([limit, count]) => `${limit} ${count}`).join(", ") || "-";
}

export const plannerText = {
  chosen: "streaming where it helps",
  off: "layer by layer",
} as const satisfies Record<GridOutcome["streaming"], string>;

/** MACs in millions, all of a report with the same number of decimals: three digits of the largest mean, at least one. */
export function millions(outcomes: readonly GridOutcome[]): (macs: number) => string {
  const means = outcomes.flatMap(({ subSpaces }) => subSpaces.map((one) => spreadOf(one)?.mean ?? 0));
  const [, most] = extentOf(means) ?? [0, 0];
  const decimals = most > 0 ? Math.min(Math.max(2 - Math.floor(Math.log10(most / 1e6)), 1), 6) : 1;
  return (macs) => (macs / 1e6).toFixed(decimals);
}

/** What an outcome says, in a sentence. */
export function verdictText(outcome: GridOutcome): string {
  const best = bestOf(outcome);
  if (best === undefined) return "No network that was drawn keeps the limits.";
  const mean = formatCount(Math.round(spreadOf(best)!.mean));
  const share = shareText(best.macs.length, best.drawn);
  return `Best sub-space: ${gridName(best.grid)}: ${mean} MACs in the mean of what fits, and ${share} fits.`;
}

/** `108 sub-spaces, 1000 networks each, seed 1` */
export function extentText({ subSpaces, samples, seed }: GridOutcome): string {
  return `${counted(subSpaces.length, "sub-space")}, ${counted(samples, "network")} each, seed ${seed}`;
}

/** `1 network`, `12 networks` */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

export const limitsText = (limits: string): string =>
  limits.trim() === "" ? "without limits" : `within ${limits.trim()}`;

/** Of `accuracy (%)`: `accuracy`. */
export const nameOf = (measure: string): string => measure.replace(/\s*\([^()]{1,12}\)\s*$/, "");

/** The unit of a measure: of `accuracy (%)` ` %`, of `loss` nothing. */
const unitOf = (measure: string): string => {
  const unit = /\(([^()]{1,12})\)\s*$/.exec(measure)?.[1];
  return unit === undefined ? "" : ` ${unit}`;
};

/** `87.25`: four digits, more before the point if there are. */
export function scoreText(score: number): string {
  const size = Math.abs(score);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return score.toExponential(3);
  return score.toFixed(size >= 100 ? 1 : size >= 1 ? 2 : 4);
}

/** `87.25 %` */
export const measuredText = (score: number, measure: string): string =>
  `${scoreText(score)}${unitOf(measure)}`;

/** Names and answers of users' files in pictures and heads of tables: as long as there is room for. */
export const brief = (text: string, characters = 36): string => shorten(text, characters);
