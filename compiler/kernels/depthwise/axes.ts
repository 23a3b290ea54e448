/**
 * A depthwise layer as lines: one axis of the image runs along them, the other across. Either axis may, since a channel's plane can
 * be stored transposed; the emitters know only these two.
 */

import type { Layer } from "../kernel.js";

export type Depthwise = Layer<"depthwiseConv2d">;

export interface Axis {
  /** Pixels of the input. */
  readonly input: number;
  /** Pixels of the result. */
  readonly output: number;
  readonly taps: number;
  readonly stride: number;
  /** Padding before the first pixel. */
  readonly before: number;
  /** Elements from one pixel to the next, NHWC. */
  readonly inputStep: number;
  readonly outputStep: number;
}

export interface Axes {
  readonly along: Axis;
  readonly across: Axis;
  /** The lines run down the image's columns. */
  readonly transposed: boolean;
}

export function axesOf({ operation: { attributes }, inputs, output }: Depthwise, transposed: boolean): Axes {
  const { kernel, stride, padding } = attributes;
  const [height, width, channels] = inputs[0].shape;
  const axis = (dimension: 0 | 1, before: number): Axis => ({
    input: dimension === 0 ? height : width,
    output: output.shape[dimension],
    taps: kernel[dimension],
    stride: stride[dimension],
    before,
    inputStep: dimension === 0 ? width * channels : channels,
    outputStep: dimension === 0 ? output.shape[1] * channels : channels,
  });
  const [vertical, horizontal] = [axis(0, padding.top), axis(1, padding.left)];
  return transposed
    ? { along: vertical, across: horizontal, transposed }
    : { along: horizontal, across: vertical, transposed };
}

/** int16 of a line: what the windows cover, rounded up to words. */
export function lineLength({ output, stride, taps }: Axis): number {
  return ((output - 1) * stride + taps + 1) & ~1;
}

/** Lines that `rows` rows of the result need. */
export function linesFor({ stride, taps }: Axis, rows: number): number {
  return (rows - 1) * stride + taps;
}
