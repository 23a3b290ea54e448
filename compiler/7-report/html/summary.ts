/** The head of a network's page: what it needs, and how much of its limits that is. */

import { arenasOf } from "../../ir/plan.js";
import type { Lowered } from "../../ir/lowered.js";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatEnergy,
  formatQuantity,
  formatTime,
} from "../../limits/format.js";
import type { Limit } from "../../limits/limits.js";
import { limitName } from "../../limits/parse-limits.js";
import { usageOf } from "../../limits/usage.js";
import { channelsText } from "../channels.js";
import { card, cards } from "./cards.js";
import { element, type Child, type Markup } from "./markup.js";
import type { Subject } from "./subject.js";
import { bar, table, type Column } from "./table.js";
import { exactBytes, grouped, percent } from "./words.js";

export function summary({ net }: Subject): Markup[] {
  const { board, totals, arena } = net;
  const count = net.lowered.length;
  const channels = channelsText(net);
  const lead = `for ${board.name} (${board.core}, ${formatClock(board.clockHz)}): ${count} step${count === 1 ? "" : "s"}`;
  const joules = usageOf(net, { quantity: "energy" });
  const figures = [
    ...arenasOf(net).map((one) =>
      card(
        `${one === arena ? "Arena" : "Scratch"} in ${one.memory}`,
        exactBytes(one.bytes),
        one === arena ? boundText(arena) : "one step's at a time",
      ),
    ),
    card("Stack", exactBytes(totals.stackBytes), "estimate"),
    card(
      "Flash",
      exactBytes(totals.constantBytes + totals.codeBytes),
      `constants ${formatBytes(totals.constantBytes)}, code ${formatBytes(totals.codeBytes)} (estimate)`,
    ),
    card("MACs", formatCount(totals.macs), grouped(totals.macs)),
    card(
      "Predicted time",
      formatTime(totals.seconds),
      `${grouped(totals.cycles)} cycles, ${grouped(totals.coreCycles)} of the core`,
    ),
    ...(joules === undefined ? [] : [card("Energy", formatEnergy(joules), board.activePower!.source)]),
  ];
  const notes = [
    ...(channels === undefined ? [] : [channels]),
    ...(net.nominal ? ["Sizes and costs only: weights and quantisation are settled by a build."] : []),
  ];
  return [
    element("p", { class: "lead" }, lead),
    cards(...figures),
    ...notes.map((note) => element("p", { class: "note" }, note)),
    usageTable(net),
  ];
}

function boundText({ bytes, lowerBound }: Lowered["arena"]): string {
  if (bytes <= lowerBound) return "the lower bound: no placement needs less";
  return `${percent(bytes - lowerBound, lowerBound)} above the lower bound of ${exactBytes(lowerBound)}`;
}

const columns: Column[] = [
  { head: "limit or memory" },
  { head: "used" },
  { head: "of it", align: "right" },
  { head: "holds", align: "right" },
];

/** Limits first, then what the board has of each memory. */
function usageTable(net: Lowered): Markup {
  const memories = arenasOf(net).flatMap(({ memory, bytes }) => {
    const region = net.board.regions.find(({ name }) => name === memory);
    return region === undefined
      ? []
      : [
          usageRow(
            `${memory}: ${formatBytes(region.bytes)}`,
            formatBytes(bytes),
            bytes,
            region.bytes,
            verdict(bytes <= region.bytes, ["fits", "does not fit"]),
          ),
        ];
  });
  return table(`Limits and memories of ${net.name}`, columns, [
    ...net.limits.map((limit) => limitRow(net, limit)),
    ...memories,
  ]);
}

function limitRow(net: Lowered, limit: Limit) {
  const used = usageOf(net, limit);
  const text = `${limitName(limit)} ≤ ${limit.text}`;
  if (used === undefined)
    return { cells: [text, "not known: the board file does not state its power", "-", verdict(false)] };
  return usageRow(
    text,
    formatQuantity[limit.quantity](used),
    used,
    limit.atMost,
    verdict(used <= limit.atMost),
  );
}

function usageRow(name: string, figure: string, used: number, atMost: number, last: Child) {
  const share = used / Math.max(atMost, Number.MIN_VALUE);
  const measure = element(
    "span",
    { class: "measure wide" },
    bar([{ share, class: used <= atMost ? "bar-cycles" : "bar-over" }]),
    element("span", {}, figure),
  );
  return { cells: [name, measure, percent(used, atMost), last] };
}

const verdict = (holds: boolean, [yes, no] = ["met", "not met"]): Markup =>
  element("span", { class: holds ? "tag met" : "tag over" }, holds ? `✓ ${yes}` : `✗ ${no}`);
