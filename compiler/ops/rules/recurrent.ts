/** Constants of recurrent layers, which exist quantised only: there is no calibration of what they keep. */

import type { TensorReference } from "../../../dsl/weights.js";
import type { Constant } from "../../ir/graph.js";
import type { ConstantLayout, ResolveContext } from "../operator.js";

type Asker = Pick<ResolveContext, "constant" | "fail">;

/** int8 weights; they must exist. @param shape -1 where any size will do */
export function int8Constant(
  context: Asker,
  attribute: string,
  reference: TensorReference | undefined,
  shape: readonly number[],
  layout: ConstantLayout,
): Constant {
  const found = reference && context.constant(attribute, reference, shape, layout);
  if (!found) return context.fail(attribute, `there are no ${attribute}`, "int8 weights");
  if (found.dtype === "int8") return found;
  return context.fail(
    attribute,
    `${attribute} are ${found.dtype}`,
    "int8 weights with their scales",
    "train and convert the layer with TensorFlow Lite: its state is not calibrated here",
  );
}

/** A single scale, float32 and above 0. */
export function scaleConstant(
  context: Asker,
  attribute: string,
  reference: TensorReference | undefined,
): number {
  const found = reference && context.constant(attribute, reference, [1], "vector");
  const [scale] = found?.data ?? [];
  if (found?.dtype === "float32" && scale > 0) return scale;
  return context.fail(attribute, `${attribute} is ${scale ?? "missing"}`, "a scale above 0");
}
