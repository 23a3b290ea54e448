/** The front of memory and time as a table and as JSON. */

import type { Lowered } from "../ir/lowered.js";
import { arenaBytes } from "../ir/plan.js";
import { formatCount, formatTime } from "../limits/format.js";
import { alignColumns } from "./table.js";

/** What a point of the front is judged by. */
export interface ParetoPoint {
  /** Bytes of all arenas, and the least that any placement of the plan's buffers needs. */
  readonly sram: number;
  readonly lowerBound: number;
  /** Predicted on the board. */
  readonly cycles: number;
  readonly seconds: number;
  /** Estimated, constants and code. */
  readonly flash: number;
  /** Layers that run row by row with others, of all. */
  readonly streamed: number;
  readonly layers: number;
}

export function paretoPoint(net: Lowered): ParetoPoint {
  const { cycles, seconds, constantBytes, codeBytes } = net.totals;
  const segments = net.steps.filter(({ operations }) => operations.length > 1);
  return {
    sram: arenaBytes(net),
    lowerBound: net.arena.lowerBound + (net.fast?.bytes ?? 0),
    cycles,
    seconds,
    flash: constantBytes + codeBytes,
    streamed: segments.reduce((sum, { operations }) => sum + operations.length, 0),
    layers: net.operations.length,
  };
}

/** @param points fastest first */
export function paretoText(points: readonly ParetoPoint[]): string {
  const header = ["SRAM", "lower bound", "gap", "cycles", "", "latency", "flash", "layers by rows"];
  const [fastest] = points;
  const rows = points.map(({ sram, lowerBound, cycles, seconds, flash, streamed, layers }) => [
    grouped(sram),
    grouped(lowerBound),
    `${((100 * (sram - lowerBound)) / Math.max(1, lowerBound)).toFixed(1)} %`,
    formatCount(Math.round(cycles), "fixed"),
    `+${((100 * (cycles - fastest.cycles)) / Math.max(1, fastest.cycles)).toFixed(1)} %`,
    formatTime(seconds),
    grouped(flash),
    `${streamed} of ${layers}`,
  ]);
  const alignments = header.map(() => "right" as const);
  return `${alignColumns([header, ...rows], alignments).join("\n")}\n`;
}

const grouped = (value: number): string => Math.round(value).toLocaleString("en-US");
