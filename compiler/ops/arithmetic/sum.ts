/**
 * The factors of ADD, SUB and SQUARED_DIFFERENCE: both inputs are brought to one scale with some bits below the point, combined,
 * and scaled down.
 */

import type { Quantization } from "../../ir/graph.js";
import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  type QuantizedMultiplier,
} from "./fixed-point.js";

/** Bits that (q - zeroPoint) is shifted left by first; |q - zeroPoint| <= 255, so this stays below 2^28. */
export const sumShift = 20;

/** The same before a difference is squared: |difference| <= 255 * 2^7, whose square stays below 2^30. */
export const squareShift = 7;

export interface CommonScale {
  readonly left: QuantizedMultiplier;
  readonly right: QuantizedMultiplier;
  /** What one unit of the common scale stands for, times 2^shift. */
  readonly unit: number;
}

/** left, right <= 1/2, so that the sum of both is in the range that each had. */
function commonScale(left: Quantization, right: Quantization): CommonScale {
  const [a, b] = [Math.fround(left.scale), Math.fround(right.scale)];
  const unit = 2 * Math.max(a, b);
  return { left: quantizeMultiplier(a / unit), right: quantizeMultiplier(b / unit), unit };
}

export interface SumMultipliers {
  readonly left: QuantizedMultiplier;
  readonly right: QuantizedMultiplier;
  readonly output: QuantizedMultiplier;
}

/** output = twice the larger scale / (2^20 * output scale). */
export function sumMultipliers(
  left: Quantization,
  right: Quantization,
  output: Quantization,
): SumMultipliers {
  const common = commonScale(left, right);
  return {
    ...common,
    output: quantizeMultiplier(common.unit / (2 ** sumShift * Math.fround(output.scale))),
  };
}

/** output = the square of twice the larger scale / (2^14 * output scale). */
export function squareMultipliers(
  left: Quantization,
  right: Quantization,
  output: Quantization,
): SumMultipliers {
  const common = commonScale(left, right);
  const scale = 2 ** (2 * squareShift) * Math.fround(output.scale);
  return { ...common, output: quantizeMultiplier((common.unit * common.unit) / scale) };
}

/** Both operands at the common scale, from int8. */
export function scaledSides(left: Quantization, right: Quantization): ((q: number) => number)[] {
  const common = commonScale(left, right);
  return [
    (q) => multiplyByQuantizedMultiplier((q - left.zeroPoint) << sumShift, common.left),
    (q) => multiplyByQuantizedMultiplier((q - right.zeroPoint) << sumShift, common.right),
  ];
}

/** left + sign * right, in int8. */
export function sumOf(
  sign: 1 | -1,
): (left: Quantization, right: Quantization, output: Quantization) => (a: number, b: number) => number {
  return (left, right, output) => {
    const multipliers = sumMultipliers(left, right, output);
    const [scaledLeft, scaledRight] = scaledSides(left, right);
    return (a, b) => {
      const sum = scaledLeft(a) + sign * scaledRight(b);
      return multiplyByQuantizedMultiplier(sum, multipliers.output) + output.zeroPoint;
    };
  };
}

/** Whether sums and differences rise and fall with their operands: their sums, at most 2^28, are not shifted out of int32. */
export function sumRises(left: Quantization, right: Quantization, output: Quantization): boolean {
  return sumMultipliers(left, right, output).output.shift <= 2;
}

/** (left - right)^2, in int8. */
export function squaredDifferenceOf(left: Quantization, right: Quantization, output: Quantization) {
  const multipliers = squareMultipliers(left, right, output);
  return (a: number, b: number): number => {
    const scaledA = multiplyByQuantizedMultiplier((a - left.zeroPoint) << squareShift, multipliers.left);
    const scaledB = multiplyByQuantizedMultiplier((b - right.zeroPoint) << squareShift, multipliers.right);
    const square = (scaledA - scaledB) ** 2;
    return multiplyByQuantizedMultiplier(square, multipliers.output) + output.zeroPoint;
  };
}
