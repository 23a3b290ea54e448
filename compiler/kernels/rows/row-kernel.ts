/** Kernels that compute a tensor row by row, so that segments of layers stream through a few rows of each. */

import type { Layer } from "../kernel.js";
import type { Address, Block, ConstantArray, Expr, Pointer } from "../../ir/loop.js";
import type { Encoding, LineGeometry } from "../../ir/encoding.js";
import type { OperatorKind } from "../../ops/attributes.js";
import type { Destination } from "../destination.js";
import type { Work } from "../work.js";

/** How rows lie between two stages: as in tensors, or in int16 lines with the window's borders. */
export type RowEncoding = Encoding | "lines";

/** The rows of input that rows of output need: output row y needs y * stride - before and the `size` - 1 after it. */
export interface RowWindow {
  readonly size: number;
  readonly stride: number;
  readonly before: number;
}

export interface RowKernel<K extends OperatorKind = OperatorKind> {
  readonly name: string;
  fits(layer: Layer<K>): boolean;
  window(layer: Layer<K>): RowWindow;
  /** How it reads the rows of its streamed input. A window of several rows that are not lines may lie in a ring: see `WindowRows`. */
  readonly reads: RowEncoding;
  readonly writes: readonly RowEncoding[];
  /**
   * When it reads what it computes from, so that results may take its place: all before the first result is written ("before"), or every
   * value before the result in its place ("along"; rows are as long then). Left out: at any time.
   */
  readonly reading?: "before" | "along";
  /**
   * With a window of several rows and a row of results at a time: the results may take the place of the lowest row under the window,
   * where that is as long. Of every channel all rows have been read then, and results are in the places of their own channel.
   */
  readonly replaces?: boolean;
  /** Of a stage that reads lines. */
  lines?(layer: Layer<K>): LineGeometry;
  /**
   * Of a stage that reads lines and may be a segment's first: brings a row of its input tensor into lines.
   * @param line the first channel's
   * @param channel int16 from a channel's line to the next channel's
   */
  unpack?(block: Block, layer: Layer<K>, pixels: Pointer, line: Address, channel: number): void;
  /**
   * Of a reduction over all rows: bytes of what it keeps while they arrive. Its stage then has `begin` and `finish`, `emit` adds rows (`rows`
   * are of its input), and the result is written at the end. A reduction is the last stage of its segment.
   */
  total?(layer: Layer<K>): number;
  /** Bytes of scratch of its own for `rows` rows of output at a time; what is in it is not kept from one emission to the next. */
  scratch(layer: Layer<K>, rows: number): number;
  /** What `scratch`'s pointer points at, at a word's address all the same. Default: int16. */
  readonly scratchElement?: "int8" | "int16";
  /**
   * @param prefix of the names of its constants
   * @param streamed which of its inputs arrives by rows; the others are whole tensors, or rows that wait in a ring
   */
  prepare(layer: Layer<K>, rows: number, prefix: string, streamed: number): RowStage;
  /** What the price of one emission of `rows` rows is a formula over. Left out, or undefined: there is none. */
  work?(layer: Layer<K>, rows: number, writes: RowEncoding): Work | undefined;
}

export interface RowTarget extends Destination {
  /** Elements from one row to the next. */
  readonly row: number;
}

/** The rows under a window, wherever they lie: one after the other in a tensor, or in a ring. */
export interface WindowRows {
  /**
   * Emits code for each of the window's rows `from` .. `to` - 1, of (rows - 1) * stride + size.
   * @param inside where the row exists: its first pixel
   * @param outside where it is above or below the image; left out where the kernel does nothing then
   */
  each(
    block: Block,
    from: number,
    to: number,
    inside: (block: Block, row: Expr, pixels: Pointer) => void,
    outside?: (block: Block, row: Expr) => void,
  ): void;
}

export interface RowStage {
  readonly constants: readonly ConstantArray[];
  readonly notes: readonly string[];
  /**
   * Computes the `rows` rows.
   * @param source the first row of input that they need: int8 rows one after the other, or lines (`lineRows` lines a channel)
   * @param window instead of `source`, of kernels with windows of several rows that do not read lines
   * @param others the same row of every further input, plain
   */
  emit(block: Block, rows: RowInputs): void;
  /** Of reductions: before the first row, and after the last. */
  begin?(block: Block, total: Pointer): void;
  finish?(block: Block, total: Pointer, target: RowTarget): void;
}

export interface RowInputs {
  readonly source: Pointer;
  readonly lineRows: number;
  readonly window?: WindowRows;
  readonly others: readonly Pointer[];
  readonly target: RowTarget;
  /** Of `scratchElement`, word-aligned; undefined where `scratch` is 0. */
  readonly scratch?: Pointer;
  /** int32, word-aligned; of reductions. */
  readonly total?: Pointer;
}
