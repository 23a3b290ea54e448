/** Layers that remember: their state lasts from one run of the network to the next, until `<net>_reset()`. */

import type * as S from "../signatures.js";
import type { Tensor } from "../tensor.js";
import { record, type Out } from "./record.js";

/**
 * Long short-term memory over a sequence, [steps, features] -> [steps, units]: the output of every step. Weights are int8,
 * as TensorFlow Lite quantises them (`...w.lstm("name")`). Output and cell are kept from run to run.
 */
export function lstm(x: Tensor<2>, options: S.LstmOptions): Out<2> {
  return record("lstm", [x], options);
}

/**
 * Single-value decomposition filter, [features] -> [units], with ReLU: `rank` filters a unit, each one a weighting of the features
 * and one of its own last results. A run is one step. Weights are int8 and int16, as TensorFlow Lite quantises them
 * (`...w.svdf("name")`).
 */
export function svdf(x: Tensor<1>, options: S.SvdfOptions): Out<1> {
  return record("svdf", [x], options);
}
