/** Two grid choices as rows and columns: how many MACs fit in each combination. */

import { element, type Markup } from "../../7-report/html/markup.js";
import { scrolled } from "../../7-report/html/table.js";
import type { Choosable } from "../../../dsl/choices.js";
import type { GridOutcome, SubSpace } from "../outcome.js";
import { bestOf, extentOf, gridChoices, spreadOf } from "./statistics.js";
import { brief, gridName, millions, shareText } from "./words.js";

/** @returns undefined unless there are exactly two choices, each sub-space answers both, and something fits */
export function heatMap(outcome: GridOutcome, outcomes: readonly GridOutcome[]): Markup | undefined {
  const { subSpaces } = outcome;
  const choices = gridChoices(outcome);
  if (choices.length !== 2 || subSpaces.some(({ grid }) => Object.keys(grid).length !== 2)) return undefined;
  const best = bestOf(outcome);
  if (best === undefined) return undefined;
  const [down, across] = choices;
  const rows = valuesOf(subSpaces, down);
  const columns = valuesOf(subSpaces, across);
  const places = new Map(subSpaces.map((one) => [placeOf(one.grid[down], one.grid[across]), one]));
  const inMillions = millions(outcomes);
  const means = outcomes.flatMap((one) => one.subSpaces.map((each) => spreadOf(each)?.mean ?? 0));
  const [, most] = extentOf(means) ?? [0, 1];
  const cell = (one: SubSpace | undefined) =>
    one === undefined ? element("td", { class: "heat" }, "") : heat(one, one === best, most, inMillions);
  const caption = `Mean MACs of what fits, millions, and the share that fits: ${down} down, ${across} across`;
  const heads = columns.map((value) => element("th", { scope: "col" }, brief(String(value), 20)));
  const corner = element(
    "th",
    { scope: "col", class: "corner" },
    `${brief(down, 20)} ↓ ${brief(across, 20)} →`,
  );
  const body = rows.map((value) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, brief(String(value), 20)),
      columns.map((other) => cell(places.get(placeOf(value, other)))),
    ),
  );
  const table = element(
    "table",
    { class: "heat-map" },
    element("caption", {}, brief(caption, 300)),
    element("thead", {}, element("tr", {}, corner, heads)),
    element("tbody", {}, body),
  );
  return scrolled(brief(caption, 300), table);
}

function heat(one: SubSpace, isBest: boolean, most: number, inMillions: (macs: number) => string): Markup {
  const spread = spreadOf(one);
  const part = spread === undefined ? 0 : Math.round((100 * spread.mean) / Math.max(most, 1));
  return element(
    "td",
    {
      class: isBest ? "heat is-best" : "heat",
      style: part === 0 ? undefined : `--heat:${part}%`,
      title: brief(gridName(one.grid), 120),
    },
    spread === undefined ? "–" : inMillions(spread.mean),
    element("small", {}, shareText(one.macs.length, one.drawn)),
    isBest ? element("span", { class: "tag" }, "best") : undefined,
  );
}

const placeOf = (row: Choosable, column: Choosable): string => JSON.stringify([row, column]);

/** Numbers by size, then the rest by its text: outcomes do not say how the model file has them. */
function valuesOf(subSpaces: readonly SubSpace[], name: string): Choosable[] {
  const values = [...new Set(subSpaces.map(({ grid }) => grid[name]))];
  const numbers = values.filter((one) => typeof one === "number").sort((a, b) => a - b);
  const others = values.filter((one) => typeof one !== "number");
  return [...numbers, ...others.sort((a, b) => (String(a) < String(b) ? -1 : 1))];
}
