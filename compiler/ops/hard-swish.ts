import { hardSwishSteps } from "./arithmetic/hard-swish.js";
import { unaryOperator } from "./rules/unary.js";

/** x * min(max(x + 3, 0), 6) / 6 (Howard et al., "Searching for MobileNetV3", ICCV 2019). */
export const hardSwish = unaryOperator<"hardSwish">({
  kind: "hardSwish",
  tflite: "HARD_SWISH",
  real: (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6,
  exact: hardSwishSteps,
});
