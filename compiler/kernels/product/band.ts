/** Bands of an image: the rows that some rows of results see, with zero points where the padding is. */

import type { Sides, Two, Window } from "../../ops/attributes.js";
import type { Address, Block, Expr, Pointer } from "../../ir/loop.js";
import { int } from "../../ir/loop.js";

/** A layer's windows over an image. */
export interface Geometry {
  readonly image: Two;
  readonly channels: number;
  readonly results: Two;
  readonly window: Pick<Window, "kernel" | "stride"> & { readonly padding: Sides };
}

/** Columns of a band: those of all windows. */
export function bandWidth({ results, window: { kernel, stride } }: Geometry): number {
  return (results[1] - 1) * stride[1] + kernel[1];
}

/** Rows of the image that `rows` rows of results see. */
export function bandRows({ window: { kernel, stride } }: Geometry, rows: number): number {
  return (rows - 1) * stride[0] + kernel[0];
}

/** How rows of int8 are written to a band, and stretches of padding; places in values from the start of the band. */
export interface RowWriter {
  copy(block: Block, from: Pointer, to: Expr, values: number): void;
  pad(block: Block, to: Expr, values: number): void;
}

/** Rows of results a band: as many as `most`, or so few less that all bands have as many. */
export function rowsOfBand(rows: number, most: number): number {
  if (most >= rows) return rows;
  const bands = Math.ceil(rows / Math.max(1, most));
  const even = Math.ceil(rows / bands);
  for (let size = most; size > Math.max(1, most / 2); size--) if (rows % size === 0) return size;
  return even;
}

/**
 * Writes the band of results from row `first` on.
 * @param rows of the band
 * @param kept rows that are there already, at the start, in all bands but the first
 * @param pitch values from one row of the band to the next
 */
export function writeBand(
  block: Block,
  geometry: Geometry,
  input: Pointer,
  first: Expr,
  rows: Expr | number,
  kept: number,
  pitch: number,
  writer: RowWriter,
): void {
  const { image, channels, window } = geometry;
  const { padding, stride } = window;
  const top = block.let("top", first.times(stride[0]).minus(padding.top));
  const known = kept === 0 ? 0 : block.let("known", first.compare(">", 0).select(kept, 0));
  block.for("line", known, rows, 1, (line, body) => {
    const at = body.let("at", line.times(pitch));
    const row = body.let("y", top.plus(line));
    const inside = (then: Block) =>
      writeRow(then, geometry, input.plus(row.times(image[1] * channels)), at, writer);
    const never = padding.top === 0 && bandRows(geometry, geometry.results[0]) <= image[0];
    if (never) return inside(body);
    const exists = row.compare(">=", int(0)).also(row.compare("<", image[0]));
    body.if(exists, inside, (outside) => padRow(outside, geometry, at, writer));
  });
}

/** A row of a band from a row of the image, with zero points beside it. @param at values from the start of the band */
export function writeRow(
  block: Block,
  geometry: Geometry,
  source: Address,
  at: Expr,
  writer: RowWriter,
): void {
  const { image, channels, window } = geometry;
  const { padding } = window;
  const width = bandWidth(geometry);
  const columns = Math.max(0, Math.min(image[1], width - padding.left));
  const left = Math.min(padding.left, width);
  const right = width - left - columns;
  if (left > 0) writer.pad(block, at, left * channels);
  const from = block.point("source", source);
  if (columns > 0) writer.copy(block, from, at.plus(left * channels), columns * channels);
  if (right > 0) writer.pad(block, at.plus((left + columns) * channels), right * channels);
}

/** A row of a band outside of the image. */
export function padRow(block: Block, geometry: Geometry, at: Expr, writer: RowWriter): void {
  writer.pad(block, at, bandWidth(geometry) * geometry.channels);
}
