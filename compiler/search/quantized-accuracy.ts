/** How often a network is right once its weights and activations are int8: what its user will have. */

import { reportJson } from "../7-report/index.js";
import { compile, outputFiles } from "../index.js";
import type { Lowered } from "../ir/lowered.js";
import { elementCount, type Callable, type TensorArray, type Tensors } from "../run/callable.js";
import { quantized } from "../run/real-values.js";

/**
 * Runs the network on all samples, byte for byte as the board would: with the host's C compiler where there is one, else here.
 * @param network its model file, which names weights and calibration samples, or what `compile` made of it; with one input
 * @param inputs samples one after the other, as the network was trained on them
 * @param labels the class of each sample: index of the largest element of the first output, or what that says where it has one element
 * @returns top-1, per cent
 * @throws Rejected what `compile` has to say
 */
export async function quantizedAccuracy(
  network: string | Lowered,
  inputs: Float32Array,
  labels: ArrayLike<number>,
): Promise<number> {
  const net = typeof network === "string" ? await compile(network, { ignoreLimits: true }) : network;
  const callable = reportJson(net) as Callable;
  const [input] = callable.inputs;
  const size = elementCount(input);
  if (callable.inputs.length !== 1 || inputs.length !== size * labels.length || labels.length === 0)
    throw new Error(`${inputs.length} numbers are not ${labels.length} samples for ${net.name}`);
  const cases = Array.from({ length: labels.length }, (_, index): Tensors => {
    const sample = inputs.slice(index * size, (index + 1) * size);
    return [input.dtype === "float32" ? sample : quantized(sample, input)];
  });
  const results = await runAll(net, callable, cases);
  const right = results.filter(([scores], index) => classOf(scores) === labels[index]).length;
  return (100 * right) / labels.length;
}

/** Samples have nothing to do with each other: a network with state starts anew with each. */
async function runAll(net: Lowered, callable: Callable, cases: readonly Tensors[]): Promise<TensorArray[][]> {
  const { hasNativeCompiler, runNative } = await import("../run/native.js");
  if (hasNativeCompiler()) return runNative(outputFiles(net), callable, cases, { resetsEachCase: true });
  const { prepare } = await import("../run/javascript.js");
  const { run, reset } = prepare(net);
  return cases.map((tensors) => {
    reset();
    return run(tensors);
  });
}

/** Among equals the lower class, as numpy.argmax has it. */
function classOf(scores: TensorArray): number {
  if (scores.length === 1) return scores[0];
  let best = 0;
  for (let index = 1; index < scores.length; index++) if (scores[index] > scores[best]) best = index;
  return best;
}
