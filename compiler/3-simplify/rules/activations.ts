/** Activations go into the layer before them. */

import type { Activation } from "../../../dsl/tensor.js";
import { operatorOf } from "../../ops/index.js";
import type { Rule } from "../fixpoint.js";
import { absorb, endsOf } from "../fuse.js";
import { sameQuantization } from "../../ops/arithmetic/quantization.js";

/** conv → relu: the activation becomes the conv's own. In int8 its limits are the same where the quantisation is. */
export const activationIntoProducer: Rule = {
  name: "activation into producer",
  at: ["relu", "relu6", "reluN1To1"],
  rewrite(operation, wired) {
    const { id, input, output } = endsOf(operation, wired);
    const layer = wired.producer(id);
    if (!layer || !("activation" in layer.attributes) || !wired.usedOnce(id)) return undefined;
    // Where the layer passes its input's quantisation on, or has one of its own, the activation's must not differ from it.
    const bound = input.quantization !== undefined || operatorOf(layer).quantization(layer) === "input";
    if (bound && !sameQuantization(input.quantization, output.quantization)) return undefined;
    const activation = bothActivations(layer.attributes.activation, operation.kind as Alone);
    return activation && absorb(layer, operation, { ...layer.attributes, activation }, wired);
  },
};

type Alone = "relu" | "relu6" | "reluN1To1";

/** The activation that does both; undefined where there is no name for it. */
function bothActivations(first: Activation, second: Alone): Activation | undefined {
  if (first === "linear" || first === second) return second;
  if (first === "reluN1To1" || second === "reluN1To1") return undefined;
  return "relu6";
}
