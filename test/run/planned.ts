/** Random networks, planned, with inputs and the outputs of the reference semantics. */

import { check } from "../../compiler/2-check/index.js";
import { simplify } from "../../compiler/3-simplify/index.js";
import { plan } from "../../compiler/4-plan/index.js";
import type { CompileOptions } from "../../compiler/index.js";
import type { Value } from "../../compiler/ir/graph.js";
import { elements } from "../../compiler/ir/graph.js";
import type { Planned } from "../../compiler/ir/plan.js";
import { evaluate, initialState } from "../../compiler/ops/evaluate.js";
import type { TypedArray } from "../../compiler/run/arrays.js";
import { randomNetwork } from "../../scripts/random-networks/network.js";
import type { Random } from "../../scripts/random.js";

export interface PlannedNetwork {
  readonly net: Planned;
  readonly random: Random;
  /** Consecutive calls. */
  readonly cases: readonly (readonly TypedArray[])[];
  readonly expected: readonly (readonly TypedArray[])[];
}

/** @param streams probability of a network of layers that can run row by row */
export function plannedNetwork(
  seed: number,
  index: number,
  streams: number,
  streaming?: CompileOptions["streaming"],
): PlannedNetwork {
  const { net: drawn, tensors, random } = randomNetwork(seed, index, { streams });
  const checked = check(drawn, { file: "net.ts", tensors, board: "mps2-an500", loadCalibration: false });
  const net = plan(simplify(checked, { calibrate: true }), { streaming });
  const cases = [0, 1].map(() => net.inputs.map((id) => dataFor(net.values[id], random)));
  const state = initialState(net);
  const expected = cases.map((inputs) => {
    const data = evaluate(net, new Map(net.inputs.map((id, i) => [id, inputs[i]])), state);
    return net.outputs.map(({ value }) => data.get(value) as TypedArray);
  });
  return { net, random, cases, expected };
}

function dataFor({ shape, dtype }: Value, random: Random): Int8Array | Uint8Array | Float32Array {
  const length = elements(shape);
  if (dtype === "float32") return Float32Array.from({ length }, () => (random.next() - 0.5) * 8);
  const bytes = Uint8Array.from({ length }, () => random.int(0, 255));
  return dtype === "uint8" ? bytes : new Int8Array(bytes.buffer);
}
