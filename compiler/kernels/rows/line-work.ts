/** What a segment has to do for its int16 lines besides computing, in numbers: prices are formulas over them. */

import type { Flows } from "./flow.js";
import type { Layout } from "./layout.js";
import { moveTurns } from "./lines.js";
import { rowsRead } from "./segment-lines.js";

export interface LineWork {
  /** Moving up, in all: words, turns of loops, channels' lines. */
  readonly moved: { readonly words: number; readonly turns: number; readonly channels: number };
  /** Rows that arrive as int8: values, channels' rows, and how many stages widen some. */
  readonly unpacked: { readonly values: number; readonly channels: number; readonly stages: number };
  /** Words that are filled at the start. */
  readonly cleared: number;
}

export function lineWorkOf(flows: Flows, { schedule: { timings }, stages }: Layout): LineWork {
  const moved = { words: 0, turns: 0, channels: 0 };
  const unpacked = { values: 0, channels: 0, stages: 0 };
  let cleared = 0;
  for (const [stage, { lines: geometry, window, image }] of flows.stages.entries()) {
    if (!geometry) continue;
    const { rows: results, count } = timings[stage + 1];
    const rows = stages[stage].lines!.rows!;
    cleared += (rows * geometry.length * image.channels) / 2;
    const kept = Math.max(0, rows - results * window.stride);
    if (kept > 0 && count > 1) {
      const runs = (count - 1) * image.channels;
      const words = (kept * geometry.length) / 2;
      moved.words += runs * words;
      moved.turns += runs * moveTurns(words);
      moved.channels += runs;
    }
    if (
      !flows.flows.some(
        ({ readers, encoding }) =>
          encoding && readers.some((one) => one.stage === stage && one.form === "lines"),
      )
    )
      continue;
    const arriving = rowsRead({ window, image, height: results * count });
    unpacked.values += arriving * image.width * image.channels;
    unpacked.channels += arriving * image.channels;
    unpacked.stages++;
  }
  return { moved, unpacked, cleared };
}
