/** Activations that TensorFlow Lite fuses into the operator before. */

import type { Activation } from "../../dsl/index.js";
import type { Call } from "./call.js";
import { activations } from "./schema.js";

const names: Readonly<Record<string, Activation>> = {
  NONE: "linear",
  RELU: "relu",
  RELU_N1_TO_1: "reluN1To1",
  RELU6: "relu6",
};

/** The option for a fused activation; nothing for none. */
export function fusedActivation(call: Call, code: number): { readonly activation?: Activation } {
  const name = activations[code] ?? `activation ${code}`;
  const activation = Object.hasOwn(names, name) ? names[name] : undefined;
  if (!activation) return call.fail(`the fused activation ${name}`, "none, RELU, RELU6 or RELU_N1_TO_1");
  return activation === "linear" ? {} : { activation };
}
