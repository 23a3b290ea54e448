/** The largest or smallest element over some dimensions. int8 values are compared as they are: the quantisation stays. */

import { elements, type Operation } from "../../ir/graph.js";
import { int8Data } from "../arithmetic/quantization.js";
import type { Reduction } from "../attributes.js";
import type { ChannelRule } from "../channels.js";
import type { Operator, Typed } from "../operator.js";
import { overPositions, reducedResult, targets } from "./reduction.js";

type Extreme = "reduceMax" | "reduceMin";

/** @param compare Math.max or Math.min */
export function extreme<K extends Extreme>(
  compare: (a: number, b: number) => number,
): Omit<Operator<K>, "kind" | "tflite" | "kernels"> {
  function over<Data extends Float32Array | Int8Array>(
    operation: Operation<K>,
    data: Data,
    [input]: readonly Typed[],
    result: Data,
  ): Data {
    const { axes } = operation.attributes as Reduction;
    const started = new Uint8Array(result.length);
    targets(axes, input.shape).forEach((target, i) => {
      result[target] = started[target] ? compare(result[target], data[i]) : data[i];
      started[target] = 1;
    });
    return result;
  }
  return {
    resolve: reducedResult<K>,
    quantization: () => "input",
    macs: () => 0,
    float: (operation, [data], types, output) =>
      over(operation, data, types, new Float32Array(elements(output.shape))),
    reference: (operation, [data], types, output) =>
      over(operation, int8Data(data), types, new Int8Array(elements(output.shape))),
    intervals: (operation, [data], [input]) =>
      (operation.attributes as Reduction).axes.includes(input.shape.length - 1) ? undefined : data,
    channels: overPositions as ChannelRule<K>,
  };
}
