/** The bias of a layer with weights. */

import type { TensorReference } from "../../../dsl/weights.js";
import type { Constant } from "../../ir/graph.js";
import type { ResolveContext } from "../operator.js";

/** The bias: [channels], of the dtype that goes with the weights; undefined where the layer has none. */
export function resolveBias(
  context: Pick<ResolveContext, "constant" | "untrained" | "fail">,
  bias: TensorReference | false | undefined,
  weights: Constant,
  channels: number,
): Constant | undefined {
  if (bias === false) return undefined;
  if (bias === undefined) return weights.data ? undefined : context.untrained([channels]);
  const found =
    context.constant("bias", bias, [channels], "vector") ??
    // A super-network that is not trained yet: it will have one, or the model says `bias: false`.
    (bias.elastic && !weights.data ? context.untrained([channels]) : undefined);
  if (!found?.data || !weights.data) return found;
  const expected = weights.dtype === "int8" ? "int32" : "float32";
  if (found.dtype !== expected) {
    context.fail(
      "bias",
      `the bias is ${found.dtype} and the weights are ${weights.dtype}`,
      `a bias of ${expected}`,
    );
  }
  return found;
}
