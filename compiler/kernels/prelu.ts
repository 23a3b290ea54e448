/** PRELU: one factor for values from 0 on, another for their products with alpha below. */

import { int } from "../ir/loop.js";
import { preluMultipliers } from "../ops/arithmetic/prelu.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { kernel, type Combination } from "./binary.js";
import type { Layer } from "./kernel.js";
import { outputRange, twoRoundings } from "./requantization.js";

export const elementWisePrelu = kernel<"prelu">("prelu", twoFactors);

export function twoFactors({ inputs, output }: Layer<"prelu">): Combination {
  const [from, slope] = inputs.map(quantizationOf);
  const multipliers = preluMultipliers(from, slope, quantizationOf(output));
  const range = outputRange(output, "linear");
  const above = twoRoundings([multipliers.above], [255], range);
  const below = twoRoundings([multipliers.below], [255 * 255], range);
  return {
    left: (q) => q.minus(from.zeroPoint),
    right: (q) => q.minus(slope.zeroPoint),
    both: (x, alpha) =>
      x.compare(">=", 0).select(above.apply(x, int(0)), below.apply(x.times(alpha), int(0))),
    constants: [],
    notes: [`from 0 on ${above.note}`, `below 0 ${below.note}`],
  };
}
