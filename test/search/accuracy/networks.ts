/** Small networks with random weights. */

import { check } from "../../../compiler/2-check/index.js";
import { elements, type Checked, type Constant } from "../../../compiler/ir/graph.js";
import * as dsl from "../../../dsl/index.js";
import { randomNumbers } from "../../ops/random.js";

const random = randomNumbers(6);
const normal = () => random() + random() + random() - 1.5;
export const reals = (length: number) => Float32Array.from({ length }, normal);

export function build(shapes: readonly (readonly number[])[], body: (...inputs: any[]) => any): Checked {
  const net = dsl.network("net", {}, () => body(...shapes.map((shape, i) => dsl.input(`x${i}`, shape))));
  return check(net, { file: "net.ts", loadCalibration: false });
}

/** Weights for what has sizes only; variances must be positive. */
export function trained(graph: Checked): Checked {
  const fill = ([name, value]: [string, any]) => {
    if (!Array.isArray(value?.shape) || value.dtype === undefined || value.data) return [name, value];
    const data = reals(elements(value.shape)).map((one) => (name === "variance" ? 0.5 + Math.abs(one) : one));
    const constant: Constant = { ...value, dtype: "float32", data, scales: undefined };
    return [name, constant];
  };
  const operations = graph.operations.map((one) => {
    const attributes = Object.fromEntries(Object.entries(one.attributes as object).map(fill));
    return { ...one, attributes } as typeof one;
  });
  return { ...graph, operations };
}
