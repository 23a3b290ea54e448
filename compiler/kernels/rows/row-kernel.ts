/** Kernels that compute a tensor row by row, so that segments of layers stream through a few rows of each. */

import type { Layer } from "../kernel.js";
import type { Address, Block, ConstantArray, Pointer } from "../../ir/loop.js";
import type { Encoding, LineGeometry } from "../../ir/encoding.js";
import type { OperatorKind } from "../../ops/attributes.js";
import type { Destination } from "../destination.js";

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
  /** How it reads the rows of its streamed input. */
  readonly reads: RowEncoding;
  readonly writes: readonly RowEncoding[];
  /** Of a stage that reads lines. */
  lines?(layer: Layer<K>): LineGeometry;
  /**
   * Of a stage that reads lines and may be a segment's first: brings a row of its input tensor into lines.
   * @param line the first channel's
   * @param channel int16 from a channel's line to the next channel's
   */
  unpack?(block: Block, layer: Layer<K>, pixels: Pointer, line: Address, channel: number): void;
  /** Bytes of scratch of its own for `rows` rows of output at a time. */
  scratch(layer: Layer<K>, rows: number): number;
  /**
   * @param prefix of the names of its constants
   * @param streamed which of its inputs arrives by rows; the others are whole tensors
   */
  prepare(layer: Layer<K>, rows: number, prefix: string, streamed: number): RowStage;
}

export interface RowTarget extends Destination {
  /** Elements from one row to the next. */
  readonly row: number;
}

export interface RowStage {
  readonly constants: readonly ConstantArray[];
  readonly notes: readonly string[];
  /**
   * Computes the `rows` rows.
   * @param source the first row of input that they need: int8 rows one after the other, or lines (`lineRows` lines a channel)
   * @param others the same row of every further input, plain
   */
  emit(
    block: Block,
    rows: {
      readonly source: Pointer;
      readonly lineRows: number;
      readonly others: readonly Pointer[];
      readonly target: RowTarget;
      /** int16, word-aligned; undefined where `scratch` is 0. */
      readonly scratch?: Pointer;
    },
  ): void;
}
