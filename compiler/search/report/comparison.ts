/** How far streaming moves the choice: both planners' best sub-spaces against each other. */

import { element, type Markup } from "../../7-report/html/markup.js";
import { table, type Column } from "../../7-report/html/table.js";
import { assignmentOf, keyOf } from "../member.js";
import type { GridOutcome, SubSpace } from "../outcome.js";
import { bestOf, spreadOf } from "./statistics.js";
import { gridName, millions, plannerText, shareText } from "./words.js";

/** undefined unless there is one outcome of each planner. */
export function comparison(outcomes: readonly GridOutcome[]): Markup | undefined {
  const before = outcomes.filter(({ streaming }) => streaming === "off");
  const after = outcomes.filter(({ streaming }) => streaming === "chosen");
  if (before.length !== 1 || after.length !== 1) return undefined;
  const pair = [before[0], after[0]] as const;
  const bests = pair.map(bestOf);
  const inMillions = millions(pair);
  const meanOf = (one: SubSpace | undefined) => (one === undefined ? undefined : spreadOf(one)?.mean);
  const columns: Column[] = [
    { head: "planner" },
    { head: "best sub-space" },
    { head: "fits", align: "right" },
    { head: "mean, M", align: "right", title: "mean MACs of what fits, millions" },
    {
      head: "mean of the other's best, M",
      align: "right",
      title: "in the sub-space that the other planner has as its best",
    },
  ];
  const rows = pair.map((outcome, i) => {
    const best = bests[i];
    const mean = meanOf(best);
    const there = meanOf(sameIn(outcome, bests[1 - i]));
    return {
      cells: [
        plannerText[outcome.streaming],
        best === undefined ? "-" : gridName(best.grid),
        best === undefined ? shareText(0, 1) : shareText(best.macs.length, best.drawn),
        mean === undefined ? "-" : inMillions(mean),
        there === undefined ? (bests[1 - i] === undefined ? "-" : "nothing fits") : inMillions(there),
      ],
    };
  });
  return element(
    "section",
    {},
    element("h2", {}, "What streaming changes"),
    element("p", { class: "said" }, moveText(bests[0], bests[1], inMillions)),
    table("Best sub-spaces of both planners", columns, rows),
  );
}

function moveText(
  before: SubSpace | undefined,
  after: SubSpace | undefined,
  inMillions: (macs: number) => string,
): string {
  if (after === undefined && before === undefined) return "Nothing fits either way.";
  if (after === undefined) return "With streaming nothing fits.";
  const [name, mean] = [gridName(after.grid), spreadOf(after)!.mean];
  if (before === undefined)
    return `Layer by layer nothing fits; with streaming the best sub-space is ${name}: ${inMillions(mean)} M MACs in the mean.`;
  const [oldName, oldMean] = [gridName(before.grid), spreadOf(before)!.mean];
  const times = oldMean > 0 ? `, ${(mean / oldMean).toFixed(2)} times as many` : "";
  const figures = `from ${inMillions(oldMean)} M to ${inMillions(mean)} M MACs in the mean of what fits${times}`;
  return name === oldName
    ? `Streaming leaves the choice where it is, at ${name}: ${figures}.`
    : `Streaming moves the choice from ${oldName} to ${name}: ${figures}.`;
}

function sameIn({ subSpaces }: GridOutcome, other: SubSpace | undefined): SubSpace | undefined {
  if (other === undefined) return undefined;
  const key = keyOf(assignmentOf(other.grid));
  return subSpaces.find(({ grid }) => keyOf(assignmentOf(grid)) === key);
}
