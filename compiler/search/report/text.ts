/** The best sub-spaces on a terminal. */

import { alignColumns, type Alignment } from "../../7-report/table.js";
import { isRare, LEAST_SHARE } from "../grid/sub-spaces.js";
import type { GridOutcome } from "../outcome.js";
import { gridChoices, spreadOf } from "./statistics.js";
import {
  brief,
  brokenText,
  extentText,
  limitsText,
  millions,
  plannerText,
  shareText,
  verdictText,
} from "./words.js";

/** @param rows sub-spaces to show, the best first */
export function gridText(outcome: GridOutcome, rows = 10): string {
  const { network, board, limits, streaming, subSpaces } = outcome;
  const choices = gridChoices(outcome);
  const shown = subSpaces.slice(0, rows);
  const inMillions = millions([outcome]);
  const header = [...choices.map(cell), "fits", "mean", "p50", "p90", "broken by"];
  const lines = shown.map((one) => {
    const spread = spreadOf(one);
    const figures = [spread?.mean, spread?.p50, spread?.p90];
    return [
      ...choices.map((name) => cell(name in one.grid ? String(one.grid[name]) : "-")),
      shareText(one.macs.length, one.drawn),
      ...figures.map((macs) => (macs === undefined ? "-" : inMillions(macs))),
      brokenText(one),
    ];
  });
  const alignments = header.map((_, i): Alignment => (i === header.length - 1 ? "left" : "right"));
  const rest = subSpaces.length - shown.length;
  return [
    `${network} for ${board} ${limitsText(limits)}, ${plannerText[streaming]}`,
    extentText(outcome),
    verdictText(outcome),
    "",
    ...alignColumns([header, ...lines], alignments),
    "",
    `${rest > 0 ? `… and ${rest} more. ` : ""}Mean, median and 90 % quantile are millions of MACs of what fits.`,
    ...(subSpaces.some(isRare) ? [`Sub-spaces where less than ${100 * LEAST_SHARE} % fits come last.`] : []),
    "",
  ].join("\n");
}

/** Of a user's text: on one line, whatever is in it, since a terminal obeys control characters. */
const cell = (text: string): string => brief(text.replace(/\p{Cc}/gu, "\ufffd"), 24);
