/** float32 operands to int8, each by its own range where no quantisation is given. */

import type { Constant, Graph, Value } from "../ir/graph.js";
import { quantizationFor, quantizeReals } from "../ops/arithmetic/quantization.js";

/** The quantisation of all constants is known; those of float32 keep their real values, for calibration. */
export function chooseConstantRanges<G extends Graph>(graph: G): G {
  return { ...graph, values: graph.values.map(withRange) };
}

function withRange(value: Value): Value {
  const data = realData(value);
  if (!data || value.quantization) return value;
  const least = data.reduce((a, b) => Math.min(a, b));
  const most = data.reduce((a, b) => Math.max(a, b));
  return { ...value, quantization: quantizationFor([least, most]) };
}

/** All constants are integers. Their quantisation is known. */
export function quantizeConstants<G extends Graph>(graph: G): G {
  return { ...graph, values: graph.values.map(toIntegers) };
}

function toIntegers(value: Value): Value {
  const data = realData(value);
  const { quantization } = value;
  if (!data || !quantization) return value;
  const constant: Constant = {
    ...value.constant!,
    dtype: "int8",
    data: quantizeReals(data, quantization),
    scales: [quantization.scale],
  };
  return { ...value, constant };
}

/** The reals of a constant that is to be int8. */
function realData({ dtype, constant }: Value): Float32Array | undefined {
  return dtype === "int8" && constant?.data instanceof Float32Array ? constant.data : undefined;
}
