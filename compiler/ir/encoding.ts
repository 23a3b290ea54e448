/**
 * How a tensor of int8 lies in memory. Producers store what consumers want, so that nothing is repacked. This is the one
 * place that says what an encoding means; kernels write and read them, the planner chooses, tests decode them.
 */

import type { TensorType } from "./graph.js";

/**
 * plain: NHWC, the values. biased: NHWC with 128 added to every even channel, which are then bytes 0 .. 255: words of four
 * channels multiply without being unpacked on both sides (the half-unpacked product).
 */
export type Encoding = "plain" | "biased";

/** Both take a byte an element. A tensor of an odd number of channels has no even and odd bytes in its words: never biased. */
export function canBeBiased({ shape, dtype }: TensorType): boolean {
  return dtype === "int8" && shape.length > 0 && shape[shape.length - 1] % 4 === 0;
}

/** A tensor's bytes in the encoding, from its values; and back: the conversion is its own inverse. */
export function encoded(values: Int8Array, { shape }: TensorType, encoding: Encoding): Int8Array {
  if (encoding === "plain") return values;
  const channels = shape[shape.length - 1];
  return values.map((value, i) => ((i % channels) % 2 === 0 ? value ^ -128 : value));
}

/** int16 lines of a segment, [channel][row][column], each with its borders: what depthwise kernels read pairs of neighbours from. */
export interface LineGeometry {
  /** int16 from one line to the next; even. */
  readonly length: number;
  /** Position of column 0: the left border, rounded up so that windows start on words. */
  readonly left: number;
  /** Value of the borders. */
  readonly zeroPoint: number;
}

/** Bytes of `rows` lines of every channel. */
export function lineBytes({ length }: LineGeometry, channels: number, rows: number): number {
  return 2 * channels * rows * length;
}
