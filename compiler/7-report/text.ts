/** The report on a terminal: a line per layer, then the totals and the limits. */

import { rowBytes } from "../ir/graph.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import type { Arena } from "../ir/plan.js";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatEnergy,
  formatQuantity,
  formatTime,
} from "../limits/format.js";
import type { Limit } from "../limits/limits.js";
import { limitName } from "../limits/parse-limits.js";
import { layerName, usageOf } from "../limits/usage.js";
import { channelsText } from "./channels.js";
import { operatorsOf } from "./json.js";
import { alignColumns, shorten, type Alignment } from "./table.js";

/** Imported layers have long names, in whose middle little is said. */
const nameWidth = 32;
const operatorWidth = 40;

export function reportText(net: Lowered): string {
  const { board } = net;
  const title = `${net.name} for ${board.name} (${board.core}, ${formatClock(board.clockHz)})`;
  const nominal = "Sizes and costs only: weights and quantisation are settled by `build`.";
  return [title, "", ...layerTable(net), "", ...totals(net), ...(net.nominal ? ["", nominal] : []), ""].join(
    "\n",
  );
}

function layerTable(net: Lowered): string[] {
  const header = ["layer", "operator", "output", "MACs", "weights", "live", "cycles", ""];
  const alignments: Alignment[] = ["left", "left", "left", "right", "right", "right", "right", "left"];
  const rows = net.lowered.map((step, i) => layerRow(net, step, i === net.arena.peakStep));
  return alignColumns([header, ...rows], alignments);
}

function layerRow(net: Lowered, step: LoweredStep, isPeak: boolean): string[] {
  const output = net.values[step.step.outputs[step.step.outputs.length - 1]];
  return [
    shorten(layerName(step), nameWidth),
    shorten(operatorText(step), operatorWidth),
    output.shape.join("x"),
    step.macs === 0 ? "-" : formatCount(step.macs, "fixed"),
    step.constantBytes === 0 ? "-" : formatBytes(step.constantBytes, "fixed"),
    formatBytes(step.liveBytes, "fixed"),
    formatCount(Math.round(step.cycles), "fixed"),
    isPeak ? "<- peak" : "",
  ];
}

/** The operator, then in parentheses the kinds that were folded into it. */
function operatorText(step: LoweredStep): string {
  const folded = step.step.operations.flatMap((operation) =>
    (operation.from ?? []).filter(({ name, kind }) => name !== operation.name || kind !== operation.kind),
  );
  const kinds = [...new Set(folded.map(({ kind }) => kind))];
  return kinds.length === 0 ? operatorsOf(step) : `${operatorsOf(step)} (${kinds.join(", ")})`;
}

function totals(net: Lowered): string[] {
  const { arena, fast, totals: sums, board } = net;
  const peak = net.lowered[arena.peakStep];
  const joules = usageOf(net, { quantity: "energy" });
  const channels = channelsText(net);
  const rows: [string, string][] = [
    ["SRAM", `${exactBytes(arena.bytes)} arena in ${arena.memory}, ${boundText(arena)}`],
    ...(peak === undefined ? [] : ([["", `peak at ${layerName(peak)}`]] satisfies [string, string][])),
    ...(fast === undefined ? [] : ([["", fastText(fast, arena)]] satisfies [string, string][])),
    ["", `${formatBytes(sums.stackBytes)} stack (estimate)`],
    ...net.inputs.flatMap((id): [string, string][] => {
      const { name, feed, shape } = net.values[id];
      return feed ? [["", `input ${name} is fed: ${shape[0]} rows of ${rowBytes(net.values[id])} B`]] : [];
    }),
    ["flash", flashText(sums)],
    ["MACs", formatCount(sums.macs)],
    ...(channels === undefined ? [] : ([["channels", channels]] satisfies [string, string][])),
    [
      "latency",
      `${formatTime(sums.seconds)} (predicted: ${formatCount(Math.round(sums.cycles))} cycles at ${formatClock(board.clockHz)}, ${formatCount(Math.round(sums.coreCycles))} of the core)`,
    ],
  ];
  if (joules !== undefined) rows.push(["energy", `${formatEnergy(joules)} (${board.activePower!.source})`]);
  const limits = alignColumns(
    net.limits.map((limit) => limitRow(net, limit)),
    ["left", "left", "left"],
  );
  return alignColumns(
    [...rows, ...limits.map((line, i) => [i === 0 ? "limits" : "", line])],
    ["left", "left"],
  );
}

function flashText({ constantBytes, codeBytes }: Lowered["totals"]): string {
  const parts = `weights ${formatBytes(constantBytes)}, code ${formatBytes(codeBytes)} (estimate)`;
  return `${formatBytes(constantBytes + codeBytes)}: ${parts}`;
}

const exactBytes = (bytes: number): string =>
  bytes < 1024 ? formatBytes(bytes) : `${formatBytes(bytes)} (${bytes} B)`;

function fastText(fast: Arena, main: Arena): string {
  return `${exactBytes(fast.bytes)} scratch in ${fast.memory}, ${exactBytes(main.bytes + fast.bytes)} in all`;
}

function boundText({ bytes, lowerBound }: Lowered["arena"]): string {
  if (bytes <= lowerBound) return "the lower bound: no placement needs less";
  const gap = ((bytes - lowerBound) / lowerBound) * 100;
  return `${gap.toFixed(1)} % above the lower bound of ${exactBytes(lowerBound)}`;
}

function limitRow(net: Lowered, limit: Limit): string[] {
  const used = usageOf(net, limit);
  const text = `${limitName(limit)} <= ${limit.text}`;
  if (used === undefined) return ["✗", text, "not known: the board file does not state its power"];
  const holds = used <= limit.atMost;
  const margin = formatQuantity[limit.quantity](Math.abs(limit.atMost - used));
  return [
    holds ? "✓" : "✗",
    text,
    `${formatQuantity[limit.quantity](used)}, ${margin} ${holds ? "to spare" : "too much"}`,
  ];
}
