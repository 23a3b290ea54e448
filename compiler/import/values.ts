/** Tensors of a model as values of the network: sizes without the batch, and quantisation. */

import { reject } from "../diagnostics/diagnostic.js";
import type { Tensor } from "../../dsl/index.js";
import type { TfliteTensor } from "./model.js";

/** A value of the network being built, with its sizes as the DSL sees them. */
export interface Value {
  readonly tensor: Tensor<any, any>;
  readonly shape: readonly number[];
}

/** Scale and zero point of an int8 activation. */
export interface Step {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A tensor's sizes without the batch, where there is one: the leading 1 of a tensor with more dimensions. */
export function withoutBatch(shape: readonly number[]): readonly number[] {
  return hasBatch(shape) ? shape.slice(1) : shape;
}

export function hasBatch(shape: readonly number[]): boolean {
  return shape.length > 1 && shape[0] === 1;
}

/** The quantisation of an int8 or uint8 activation; rejects with MCU3036 where it is not one scale and one zero point. */
export function stepOf(tensor: TfliteTensor, file: string): Step {
  const { name, quantization: given, at } = tensor;
  const fail = (what: string, expected: string): never =>
    reject("MCU3036", { file, offset: at }, { tensor: name, what, expected });
  if (!given || given.isCustom) return fail(`is ${tensor.dtype} without scale and zero point`, "both");
  if (given.scales.length !== 1 || given.zeroPoints.length !== 1) {
    return fail(
      `has ${given.scales.length} scales and ${given.zeroPoints.length} zero points`,
      "one of each",
    );
  }
  const [scale, zeroPoint] = [given.scales[0], given.zeroPoints[0]];
  if (!(scale > 0 && scale < Infinity)) fail(`has the scale ${scale}`, "a finite number above 0");
  const least = tensor.dtype === "uint8" ? 0 : -128;
  if (!(zeroPoint >= least && zeroPoint <= least + 255))
    fail(`has the zero point ${zeroPoint}`, `${least} to ${least + 255}`);
  return { scale, zeroPoint };
}

export function print(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
