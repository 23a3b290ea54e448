/** The page of stage 2. */

import { card, cards } from "../../7-report/html/cards.js";
import { documentOf } from "../../7-report/html/document.js";
import { element, type Markup } from "../../7-report/html/markup.js";
import { grouped, percent } from "../../7-report/html/words.js";
import { formatBytes, formatCount, formatEnergy, formatTime } from "../../limits/format.js";
import type { Limits, Quantity } from "../../limits/limits.js";
import { parseLimits } from "../../limits/parse-limits.js";
import type { EvolutionOutcome } from "../outcome.js";
import { frontTable } from "./front-table.js";
import { progress } from "./progress.js";
import { aspects, scatter } from "./scatter.js";
import { searchStyle } from "./style.js";
import { brief, counted, limitsText, measuredText, nameOf } from "./words.js";

/** What is known of the winner beside the search. */
export interface WinnerExtra {
  /** Of the network with int8 weights and activations, per cent. */
  readonly quantizedAccuracy?: number;
}

/** @returns the same page for the same outcome */
export function evolutionHtml(outcome: EvolutionOutcome, extra: WinnerExtra = {}): string {
  const { network, board, front, generations, measure } = outcome;
  const limits = limitsOf(outcome);
  const title = `${network}: the best networks that fit`;
  const lead = `for ${board} ${limitsText(outcome.limits)}; seed ${outcome.seed}`;
  const last = generations[generations.length - 1];
  const counts =
    last === undefined
      ? "Nothing was scored yet."
      : `${counted(last.scored, "network")} scored and ${last.rejected} rejected that do not fit, in ${timeText(generations.length - 1)}.`;
  const said =
    front.length === 0
      ? "No network fits."
      : `The winner has ${nameOf(measure)} ${measuredText(front[0].score, measure)}.`;
  const content = [
    element("h1", {}, title),
    element("p", { class: "lead" }, lead),
    element("p", { class: "said" }, `${said} ${counts}`),
    figures(outcome, limits, extra),
    scatters(outcome, limits),
    progress(outcome),
    front.length === 0
      ? undefined
      : element(
          "section",
          { class: "front" },
          element("h2", {}, "Front"),
          element(
            "p",
            { class: "note" },
            "Of each of these: no network that was scored is at least as good in score, latency, SRAM and flash, and better in one of them. The best score comes first: the winner.",
          ),
          frontTable(outcome),
        ),
  ];
  return documentOf(title, searchStyle, element("main", {}, content));
}

const timeText = (generations: number): string =>
  generations < 1
    ? "the first population"
    : `${counted(generations, "generation")} after the first population`;

/** As the outcome has them; none where they cannot be read: a report is no place to reject them. */
function limitsOf({ limits }: EvolutionOutcome): Limits {
  try {
    return parseLimits(limits);
  } catch {
    return [];
  }
}

function figures(outcome: EvolutionOutcome, limits: Limits, { quantizedAccuracy }: WinnerExtra): Markup {
  const { front, measure, generations } = outcome;
  const last = generations[generations.length - 1];
  const search = [
    card("Scored", grouped(last?.scored ?? 0), `${grouped(last?.rejected ?? 0)} rejected: they do not fit`),
    card("Front", String(front.length), "unbeaten in score and costs"),
  ];
  if (front.length === 0) return cards(card("Winner", "none", "no network fits"), ...search);
  const [{ cost, score, generation }] = front;
  const within = (quantity: Quantity, used: number, otherwise: string) => {
    const limit = limits.find((one) => one.quantity === quantity && one.region === undefined);
    return limit === undefined ? otherwise : `${percent(used, limit.atMost)} of ${brief(limit.text, 24)}`;
  };
  return cards(
    card(
      `Winner's ${brief(nameOf(measure), 40)}`,
      measuredText(score, measure),
      `of generation ${generation}`,
    ),
    ...(quantizedAccuracy === undefined
      ? []
      : [card("Accuracy after quantisation", `${quantizedAccuracy.toFixed(2)} %`, "int8, the winner")]),
    card("MACs", formatCount(cost.macs), within("macs", cost.macs, grouped(cost.macs))),
    card("Latency", formatTime(cost.seconds), within("latency", cost.seconds, "predicted")),
    card("SRAM", formatBytes(cost.sram), within("sram", cost.sram, `${grouped(cost.sram)} B`)),
    card("Flash", formatBytes(cost.flash), within("flash", cost.flash, `${grouped(cost.flash)} B`)),
    card("Parameters", formatCount(cost.parameters), grouped(cost.parameters)),
    ...(cost.joules === undefined
      ? []
      : [card("Energy", formatEnergy(cost.joules), within("energy", cost.joules, "of one inference"))]),
    ...search,
  );
}

function scatters(outcome: EvolutionOutcome, limits: Limits): Markup | undefined {
  const pictures = aspects.flatMap((aspect) => {
    const picture = scatter(outcome, aspect, limits);
    return picture === undefined ? [] : [element("figure", {}, picture)];
  });
  if (pictures.length === 0) return undefined;
  return element(
    "section",
    {},
    element("h2", {}, "Scores and costs"),
    element(
      "p",
      { class: "note" },
      "Grey: all networks that were scored. Blue: the front; filled and connected are those that nobody beats in score and this cost alone, hollow ones are better in another. Red: the limit.",
    ),
    element("div", { class: "scatters" }, pictures),
  );
}
