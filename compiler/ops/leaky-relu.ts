import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  type QuantizedMultiplier,
} from "./arithmetic/fixed-point.js";
import { activationMultiplier } from "./arithmetic/rescale.js";
import { show } from "./rules/options.js";
import { unaryOperator } from "./rules/unary.js";

const { fround } = Math;

/** x where it is positive, else alpha * x. */
export const leakyRelu = unaryOperator<"leakyRelu">({
  kind: "leakyRelu",
  tflite: "LEAKY_RELU",

  attributes(context) {
    const { alpha = 0.01 } = context.node.attributes;
    if (typeof alpha !== "number" || !Number.isFinite(fround(alpha)))
      context.fail("alpha", `alpha is ${show(alpha)}`, "a number, the slope below 0");
    return { alpha: fround(alpha) };
  },

  real: (x, { alpha }) => (x > 0 ? x : x * alpha),

  exact(input, output, { alpha }) {
    const above = activationMultiplier(input, output);
    const below = signedMultiplier(fround(fround(input.scale * alpha) / output.scale));
    return (steps) => multiplyByQuantizedMultiplier(steps, steps >= 0 ? above : below);
  },
});

function signedMultiplier(real: number): QuantizedMultiplier {
  const { multiplier, shift } = quantizeMultiplier(Math.abs(real));
  return { multiplier: real < 0 ? -multiplier : multiplier, shift };
}
