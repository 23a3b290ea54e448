/** Options and coordinates of resizing. */

import type { ResizeOptions } from "../../../dsl/signatures.js";
import type { Resize } from "../attributes.js";
import type { TensorType } from "../../ir/graph.js";
import { int8Input, resultType, show, wholeNumber, type Asker } from "./options.js";

export function resolveResize(
  context: Asker,
  options: ResizeOptions,
): { readonly attributes: Resize; readonly output: TensorType } {
  const [, , channels] = int8Input(context, 3);
  const { size, alignCorners = false, halfPixelCenters = false } = options;
  if (!Array.isArray(size) || size.length !== 2 || !size.every((one) => wholeNumber(one, 1)))
    return context.fail("size", `size is ${show(size)}`, "[height, width], whole numbers from 1");
  if (alignCorners && halfPixelCenters) {
    const expected = "at most one of alignCorners and halfPixelCenters";
    context.fail("halfPixelCenters", "both corners and pixels' centres are to be aligned", expected);
  }
  const attributes = { alignCorners: alignCorners === true, halfPixelCenters: halfPixelCenters === true };
  return { attributes, output: resultType(context, [size[0], size[1], channels]) };
}

/** TFLite's GetNearestNeighbor: for every position of the result, the input's that is nearest; in float32. */
export function nearest(from: number, to: number, { alignCorners, halfPixelCenters }: Resize): number[] {
  const f = Math.fround;
  const scale = alignCorners && to > 1 ? f(f(from - 1) / f(to - 1)) : f(f(from) / f(to));
  const offset = halfPixelCenters ? 0.5 : 0;
  return Array.from({ length: to }, (_, i) => {
    const position = f(f(i + offset) * scale);
    // Positions are not negative: away from zero is up.
    const index = alignCorners ? Math.floor(position + 0.5) : Math.floor(position);
    return Math.min(index, from - 1);
  });
}

/** How RESIZE_BILINEAR steps through one direction of the input, in 1/1024 of a pixel: position i is i * scale + offset, kept inside. */
export interface Stepping {
  readonly scale: number;
  readonly offset: number;
  /** The last pixel. Positions below 0 or above it stand for the edge: TFLite weighs the same pixel twice there. */
  readonly last: number;
}

export function stepping(from: number, to: number, { alignCorners, halfPixelCenters }: Resize): Stepping {
  const [spans, steps] = alignCorners && to > 1 ? [from - 1, to - 1] : [from, to];
  const scale = Math.floor((1024 * spans + Math.floor(steps / 2)) / steps);
  return { scale, offset: halfPixelCenters ? Math.floor(scale / 2) - 512 : 0, last: 1024 * (from - 1) };
}

/** The position, kept inside. */
export function clampedPosition({ scale, offset, last }: Stepping, index: number): number {
  return Math.max(0, Math.min(last, index * scale + offset));
}
