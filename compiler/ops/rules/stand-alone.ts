/** Activations that are layers of their own: a change of scale, within the activation's limits. */

import type { Activation } from "../../../dsl/tensor.js";
import { activationLimits, activationRange } from "../arithmetic/activation.js";
import { clamp, multiplyByQuantizedMultiplier } from "../arithmetic/fixed-point.js";
import { activationMultiplier } from "../arithmetic/rescale.js";
import type { UnaryFunction } from "./unary.js";

type Alone = "relu" | "relu6" | "reluN1To1";

/** What an activation does to one number. */
export function standAlone<K extends Alone & Activation>(
  activation: K,
): Pick<UnaryFunction<K>, "real" | "exact"> {
  const [least, most] = activationRange(activation);
  return {
    real: (x) => clamp(x, least, most),
    exact(input, output) {
      const multiplier = activationMultiplier(input, output);
      const [lowest, highest] = activationLimits(activation, output);
      return (steps) =>
        clamp(
          multiplyByQuantizedMultiplier(steps, multiplier),
          lowest - output.zeroPoint,
          highest - output.zeroPoint,
        );
    },
  };
}
