/** The int16 lines under a stage's window: filled as rows arrive, moved up when its results are computed. */

import type { Address, Block, Expr, Pointer } from "../../ir/loop.js";
import type { LineGeometry } from "../../ir/encoding.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import { fillLines, moveLines } from "./lines.js";
import type { RowWindow } from "./row-kernel.js";
import { remainder } from "./places.js";

export interface StageLines {
  readonly pointer: Pointer;
  readonly geometry: LineGeometry;
  readonly window: RowWindow;
  /** Lines of each channel, and results at a time. */
  readonly rows: number;
  readonly results: number;
  /** Results in all. */
  readonly height: number;
  /** Of the tensor that they hold. */
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
}

/** int16 from a channel's lines to the next channel's. */
export const channelStep = ({ rows, geometry }: StageLines): number => rows * geometry.length;

/** Rows that they move up by. */
const stepOf = ({ results, window }: StageLines): number => results * window.stride;

/** Rows of the tensor that lie under some window. */
export function rowsRead({ height, window, image }: Pick<StageLines, "height" | "window" | "image">): number {
  return Math.min(image.height, (height - 1) * window.stride + window.size - window.before);
}

/** All zero points: the borders stay so, and the first lines are the rows above the image. */
export function clearLines(block: Block, lines: StageLines): void {
  fillLines(block, lines.pointer, lines.image.channels * channelStep(lines), lines.geometry.zeroPoint);
}

/** The first channel's line for a row of the tensor, when it arrives: what is above has moved up as far as it will have by then. */
export function lineOf(lines: StageLines, row: Expr): Address {
  const { rows, window, geometry, pointer } = lines;
  const slot = row.plus(window.before);
  const step = stepOf(lines);
  if (rowsRead(lines) + window.before <= rows) return pointer.plus(slot.times(geometry.length));
  const later = remainder(slot.minus(rows - step), step).plus(rows - step);
  // The lowest `step` lines are the only ones that change after the first results.
  const place = step === 1 ? call(m7.min, slot, rows - 1) : slot.compare("<", rows).select(slot, later);
  return pointer.plus(place.times(geometry.length));
}

/** Zero points below the image, where the windows of the results from row `first` on reach there. */
export function clearBelow(block: Block, lines: StageLines, first: Expr): void {
  const { window, rows, results, height, image, geometry, pointer } = lines;
  const lowest = (height - results) * window.stride - window.before + rows;
  if (lowest <= image.height) return;
  const beside = first.times(window.stride).minus(window.before + image.height);
  // The line behind the image's last row.
  const from = call(m7.max, beside.times(-1), 0);
  block.for("below", from, rows, 1, (line, body) =>
    body.for("channel", 0, image.channels, 1, (channel, inner) => {
      const at = channel.times(rows).plus(line).times(geometry.length).plus(geometry.left);
      inner.do(m7.fill16, pointer.plus(at), geometry.zeroPoint, image.width);
    }),
  );
}

/** After the results from row `first` on. */
export function slideLines(block: Block, lines: StageLines, first: Expr): void {
  const { rows, results, height, image, geometry, pointer } = lines;
  const step = stepOf(lines);
  const kept = rows - step;
  if (kept <= 0 || height <= results) return;
  block.if(first.compare("<", height - results), (then) =>
    moveLines(then, pointer, {
      channels: image.channels,
      stride: channelStep(lines),
      from: step * geometry.length,
      count: kept * geometry.length,
    }),
  );
}
