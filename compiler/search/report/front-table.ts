/** The front's members with their costs and their answers. */

import { element, render, type Child, type Markup } from "../../7-report/html/markup.js";
import { table, type Column } from "../../7-report/html/table.js";
import { grouped } from "../../7-report/html/words.js";
import { formatBytes, formatCount, formatEnergy, formatTime } from "../../limits/format.js";
import type { Answers, EvolutionOutcome, Scored } from "../outcome.js";
import { brief, counted, scoreText } from "./words.js";

/** Characters of the table, and of a row without its answers: a page is to be opened on a phone. */
const BUDGET = 350_000;
const ROW = 450;

export function frontTable({ front, measure }: EvolutionOutcome): Markup[] {
  const hasEnergy = front.some(({ cost }) => cost.joules !== undefined);
  const columns: Column[] = [
    { head: "#", align: "right" },
    { head: brief(measure, 40), align: "right" },
    { head: "latency", align: "right", title: "predicted" },
    { head: "SRAM", align: "right" },
    { head: "flash", align: "right" },
    ...(hasEnergy ? ([{ head: "energy", align: "right" }] satisfies Column[]) : []),
    { head: "MACs", align: "right" },
    { head: "parameters", align: "right", title: "as trained" },
    { head: "generation", align: "right" },
    { head: "answers" },
  ];
  const shown = withinBudget(front);
  const rows = shown.map(({ answers, cost, score, generation }, i) => ({
    class: i === 0 ? "is-peak" : undefined,
    cells: [
      i + 1,
      scoreText(score),
      formatTime(cost.seconds),
      exact(formatBytes(cost.sram), cost.sram),
      exact(formatBytes(cost.flash), cost.flash),
      ...(hasEnergy ? [cost.joules === undefined ? "-" : formatEnergy(cost.joules)] : []),
      exact(formatCount(cost.macs, "fixed"), cost.macs),
      exact(formatCount(cost.parameters, "fixed"), cost.parameters),
      generation,
      answerList(answers),
    ] satisfies Child[],
  }));
  const rest = front.length - shown.length;
  const note = `${counted(rest, "more network")} of the front ${rest === 1 ? "is" : "are"} left out here: with their answers the page would be too long. \`--json\` has all.`;
  return [
    table("Networks of the front", columns, rows),
    ...(rest > 0 ? [element("p", { class: "note" }, note)] : []),
  ];
}

/** With the exact figure under the pointer. */
const exact = (text: string, figure: number): Markup => element("span", { title: grouped(figure) }, text);

/** The first ones, as many as have room for all their answers; at least one. */
function withinBudget(front: readonly Scored[]): readonly Scored[] {
  let characters = 0;
  const count = front.findIndex(({ answers }) => {
    characters += ROW + render(answerList(answers)).length;
    return characters > BUDGET;
  });
  return count < 0 ? front : front.slice(0, Math.max(count, 1));
}

function answerList(answers: Answers): Markup {
  const entries = Object.entries(answers);
  const list = entries.map(([name, value]) => element("li", {}, answerText(name, value)));
  return element(
    "details",
    {},
    element("summary", {}, counted(entries.length, "answer")),
    element("ul", { class: "answers" }, list),
  );
}

const answerText = (name: string, value: Answers[string]): string =>
  `${brief(name, 120)}: ${brief(String(value), 80)}`;
