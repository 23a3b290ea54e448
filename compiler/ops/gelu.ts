import { complementaryError } from "./arithmetic/error-function.js";
import { show } from "./rules/options.js";
import { unaryOperator } from "./rules/unary.js";

const { fround, tanh } = Math;

/** x times the share of a standard normal distribution below x (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016). */
export const gelu = unaryOperator<"gelu">({
  kind: "gelu",
  tflite: "GELU",

  attributes(context) {
    const { approximate = false } = context.node.attributes;
    if (typeof approximate !== "boolean")
      context.fail("approximate", `approximate is ${show(approximate)}`, "true or false");
    return { approximate };
  },

  real: (x, { approximate }) => (approximate ? byTangent(x) : byErrorFunction(x)),
});

/** x / 2 * erfc(-x / sqrt(2)). */
function byErrorFunction(x: number): number {
  return fround(fround(0.5 * x) * fround(complementaryError(fround(x * fround(-Math.SQRT1_2)))));
}

/** x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))). */
function byTangent(x: number): number {
  const cubic = fround(fround(fround(fround(0.044715) * x) * x) * x);
  const inner = fround(fround(Math.sqrt(2 / Math.PI)) * fround(x + cubic));
  return fround(fround(0.5 * x) * fround(1 + fround(tanh(inner))));
}
