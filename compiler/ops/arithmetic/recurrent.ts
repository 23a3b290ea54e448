/** Factors between the scales of recurrent layers. */

import type { OperatorAttributes } from "../attributes.js";
import type { Typed } from "../operator.js";
import { quantizeMultiplier, type QuantizedMultiplier } from "./fixed-point.js";
import { quantizationOf } from "./quantization.js";

/** Gates in the order of the weights' rows. */
export const gates = ["input", "forget", "cell", "output"] as const;

/** Gates are Q3, as their sigmoid takes them: steps of 2^-12. */
const gateScale = 2 ** -12;

/** Of each row: from its sum of products to Q3. Products of scales are taken in float32, as TFLite's. */
export function gateMultipliers(
  { inputWeights, recurrentWeights }: OperatorAttributes["lstm"],
  input: Typed,
  output: Typed,
) {
  const rows = inputWeights.shape[0];
  const multipliers = (scales: readonly number[], { scale }: { readonly scale: number }) =>
    Array.from({ length: rows }, (_, row) => {
      const weight = Math.fround(scales.length === 1 ? scales[0] : scales[row]);
      return quantizeMultiplier(Math.fround(weight * scale) / gateScale);
    });
  return {
    fromInput: multipliers(inputWeights.scales!, quantizationOf(input)),
    fromHidden: multipliers(recurrentWeights.scales!, quantizationOf(output)),
  };
}

/** From the product of two Q0 to the output's scale. */
export function hiddenMultiplier(output: Typed): QuantizedMultiplier {
  return quantizeMultiplier(Math.fround(2 ** -30 / quantizationOf(output).scale));
}

/** From a filter's sum to its state, and from a unit's sum to the result: ratios in float32, as TFLite's. */
export function svdfMultipliers(
  { featureWeights, timeWeights, stateScale }: OperatorAttributes["svdf"],
  input: Typed,
  output: Typed,
): { feature: QuantizedMultiplier; result: QuantizedMultiplier } {
  const product = (a: number, b: number) => Math.fround(Math.fround(a) * Math.fround(b));
  const ratio = (a: number, b: number) => quantizeMultiplier(Math.fround(a / Math.fround(b)));
  return {
    feature: ratio(product(quantizationOf(input).scale, featureWeights.scales![0]), stateScale),
    result: ratio(product(stateScale, timeWeights.scales![0]), quantizationOf(output).scale),
  };
}
