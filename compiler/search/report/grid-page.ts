/** The page of stage 1. */

import { card, cards } from "../../7-report/html/cards.js";
import { documentOf } from "../../7-report/html/document.js";
import { element, type Markup } from "../../7-report/html/markup.js";
import { bar, scrolled, table, type Column } from "../../7-report/html/table.js";
import { grouped } from "../../7-report/html/words.js";
import { formatCount } from "../../limits/format.js";
import type { GridOutcome } from "../outcome.js";
import type { Axis } from "./axis.js";
import { comparison } from "./comparison.js";
import { distributions, macsAxis, NAMED, names } from "./distributions.js";
import { heatMap } from "./heat-map.js";
import { bestOf, gridChoices, spreadOf } from "./statistics.js";
import { searchStyle } from "./style.js";
import {
  brief,
  brokenText,
  counted,
  extentText,
  gridName,
  limitsText,
  millions,
  plannerText,
  shareText,
  verdictText,
} from "./words.js";

/**
 * @param outcomes of one space; those of both planners are compared
 * @returns the same page for the same outcomes
 */
export function gridHtml(outcomes: readonly GridOutcome[]): string {
  const networks = [...new Set(outcomes.map(({ network }) => network))].join(", ");
  const title = `${networks}: which sub-space`;
  const across = macsAxis(outcomes);
  const sections = outcomes.map((outcome, i) => section(outcome, outcomes, across, i));
  const [first] = outcomes;
  const lead =
    first === undefined
      ? "Nothing was searched."
      : `for ${first.board} ${limitsText(first.limits)}: the sub-space whose networks that fit have the most MACs in the mean`;
  const content = [
    element("h1", {}, title),
    element("p", { class: "lead" }, lead),
    comparison(outcomes),
    sections,
  ];
  return documentOf(title, searchStyle, element("main", {}, content));
}

function section(
  outcome: GridOutcome,
  outcomes: readonly GridOutcome[],
  across: Axis,
  index: number,
): Markup {
  const picture = distributions(outcome, across, `distributions-${index}`);
  const heat = heatMap(outcome, outcomes);
  const planner = plannerText[outcome.streaming];
  return element(
    "article",
    {},
    element("h2", { class: "planner" }, `${planner[0].toUpperCase()}${planner.slice(1)}`),
    element("p", { class: "said" }, verdictText(outcome)),
    element("p", { class: "lead" }, aboutText(outcome, outcomes[0])),
    figures(outcome),
    picture && [
      element("h3", {}, "Distributions of MACs"),
      element(
        "p",
        { class: "note" },
        `A curve for each sub-space: the further to the right, the larger are the networks that fit. The best ${NAMED} have names.`,
      ),
      names(outcome),
      element("div", { class: "wide" }, scrolled(`Distributions of MACs, ${planner}`, picture)),
    ],
    heat && [
      element("h3", {}, "Mean MACs over the grid"),
      element("p", { class: "note" }, "In millions, of networks that fit; below, the share that fits."),
      heat,
    ],
    element("h3", {}, "All sub-spaces"),
    subSpaceTable(outcome, outcomes),
  );
}

/** What the page's head does not say of it. */
function aboutText(outcome: GridOutcome, first: GridOutcome): string {
  const { network, board, limits } = outcome;
  const isSame = network === first.network && board === first.board && limits === first.limits;
  const subject = isSame ? "" : `${network} for ${board} ${limitsText(limits)}; `;
  return `${subject}${extentText(outcome)}`;
}

function figures(outcome: GridOutcome): Markup {
  const { subSpaces } = outcome;
  const best = bestOf(outcome);
  const drawn = subSpaces.reduce((sum, one) => sum + one.drawn, 0);
  const fits = subSpaces.reduce((sum, { macs }) => sum + macs.length, 0);
  const possible = subSpaces.filter(({ macs }) => macs.length > 0).length;
  const mean = best && spreadOf(best)!.mean;
  return cards(
    ...(best === undefined || mean === undefined
      ? [card("Best sub-space", "none", "no network that was drawn fits")]
      : [
          card("Best sub-space", brief(gridName(best.grid), 60), counted(best.drawn, "network") + " drawn"),
          card("Mean MACs of what fits", formatCount(Math.round(mean)), grouped(mean)),
          card("Fits there", shareText(best.macs.length, best.drawn), `${best.macs.length} of ${best.drawn}`),
        ]),
    card("Fits anywhere", shareText(fits, drawn), `${grouped(fits)} of ${grouped(drawn)} networks`),
    card("Sub-spaces with any", String(possible), `of ${subSpaces.length}`),
  );
}

function subSpaceTable(outcome: GridOutcome, outcomes: readonly GridOutcome[]): Markup {
  const choices = gridChoices(outcome);
  const inMillions = millions(outcomes);
  const best = bestOf(outcome);
  const columns: Column[] = [
    { head: "#", align: "right" },
    ...choices.map((name): Column => ({
      head: brief(name, 28),
      title: name.length > 28 ? brief(name, 200) : undefined,
    })),
    { head: "fits" },
    { head: "mean, M", align: "right", title: "mean MACs of what fits, millions" },
    { head: "median, M", align: "right" },
    { head: "90 % quantile, M", align: "right" },
    { head: "the others break first", title: "how many of them break which limit" },
  ];
  const rows = outcome.subSpaces.map((one, i) => {
    const spread = spreadOf(one);
    const share = element(
      "span",
      { class: "measure" },
      bar([{ share: one.macs.length / Math.max(one.drawn, 1), class: "bar-share" }]),
      element("span", {}, shareText(one.macs.length, one.drawn)),
    );
    return {
      class: one === best ? "is-peak" : undefined,
      cells: [
        i + 1,
        ...choices.map((name) => (name in one.grid ? brief(String(one.grid[name]), 200) : "-")),
        share,
        ...[spread?.mean, spread?.p50, spread?.p90].map((macs) =>
          macs === undefined ? "-" : inMillions(macs),
        ),
        brokenText(one),
      ],
    };
  });
  return table(
    `Sub-spaces of ${brief(outcome.network, 60)}, ${plannerText[outcome.streaming]}`,
    columns,
    rows,
  );
}
