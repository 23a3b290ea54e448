import { maximumOverAxes } from "../kernels/reduction.js";
import type { Operator } from "./operator.js";
import { extreme } from "./rules/extreme.js";

/** The largest element over some dimensions. */
export const reduceMax: Operator<"reduceMax"> = {
  kind: "reduceMax",
  tflite: "REDUCE_MAX",
  ...extreme<"reduceMax">(Math.max),
  kernels: [maximumOverAxes],
};
