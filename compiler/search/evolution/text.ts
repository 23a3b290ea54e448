/** The front of an evolution as a table for the terminal. */

import { alignColumns } from "../../7-report/table.js";
import { formatCount, formatTime } from "../../limits/format.js";
import type { EvolutionOutcome } from "../outcome.js";

/** @param most rows; the rest is counted */
export function evolutionText({ measure, generations, front }: EvolutionOutcome, most = 20): string {
  const header = [measure, "MACs", "parameters", "latency", "SRAM", "flash", "generation"];
  const rows = front
    .slice(0, most)
    .map(({ score, cost, generation }) => [
      score.toFixed(2),
      formatCount(cost.macs, "fixed"),
      grouped(cost.parameters),
      formatTime(cost.seconds),
      grouped(cost.sram),
      grouped(cost.flash),
      String(generation),
    ]);
  const alignments = header.map(() => "right" as const);
  const lines = alignColumns([header, ...rows], alignments);
  if (front.length > most) lines.push(`… and ${front.length - most} more on the front`);
  const [first, last] = [generations[0], generations[generations.length - 1]];
  const came = generations.length === 1 ? "" : ` (${first.best.toFixed(2)} in the first population)`;
  lines.push(
    "",
    `${grouped(last.scored)} ${last.scored === 1 ? "network" : "networks"} scored, ${grouped(last.rejected)} drawn that do not fit; best ${last.best.toFixed(2)}${came}`,
  );
  return `${lines.join("\n")}\n`;
}

const grouped = (value: number): string => Math.round(value).toLocaleString("en-US");
