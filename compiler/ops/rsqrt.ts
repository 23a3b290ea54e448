import { multiplyByQuantizedMultiplier, quantizeMultiplier } from "./arithmetic/fixed-point.js";
import { inverseSquareRoot } from "./arithmetic/inverse-square-root.js";
import { unaryOperator } from "./rules/unary.js";

const { fround } = Math;

/** Bits below the point of the intermediate 1 / sqrt(steps). */
const fractionBits = 20;

/** 1 / square root. Of 0, and of negative values, where TFLite stops with an error, it is the largest int8. */
export const rsqrt = unaryOperator<"rsqrt">({
  kind: "rsqrt",
  tflite: "RSQRT",
  real: (x) => (x > 0 ? 1 / Math.sqrt(x) : 0),
  exact(input, output) {
    const { multiplier, shift } = quantizeMultiplier(
      1 / fround(fround(Math.sqrt(input.scale)) * output.scale),
    );
    const last = { multiplier, shift: Math.max(-31, shift - fractionBits) };
    return (steps) => {
      if (steps <= 0) return Infinity;
      const root = inverseSquareRoot(steps);
      const data = multiplyByQuantizedMultiplier(1, { ...root, shift: root.shift + fractionBits });
      return multiplyByQuantizedMultiplier(data, last);
    };
  },
});
