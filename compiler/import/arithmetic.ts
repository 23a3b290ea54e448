/** Translators of dense layers, and of changes of quantisation and type. */

import { dense, dequantize, flatten, quantize, reshape } from "../../dsl/index.js";
import type { Call } from "./call.js";
import { optionsTables } from "./schema.js";
import { fusedActivation } from "./fused-activation.js";
import { print, type Value } from "./values.js";

/** FULLY_CONNECTED takes its input as rows of as many elements as the weights have columns, whatever its shape. */
export function translateFullyConnected(call: Call): Value {
  const input = call.value(0);
  const weights = call.constant(1, "weights", ["int8"]);
  if (weights.shape.length !== 2) call.fail(`its weights are ${print(weights.shape)}`, "[out, in]");
  const [units, columns] = weights.shape;
  const fields = call.options(optionsTables.fullyConnected);
  if (fields.weightsFormat !== 0) call.fail(`weights in format ${fields.weightsFormat}`, "0, the plain one");
  const { tensor, shape } = rowsOf(call, input, columns);
  call.storeWeights(weights, weights.shape, units, 0);
  const options = { ...call.weights.dense(call.name), ...fusedActivation(call, fields.activation) };
  return { tensor: dense(tensor, options), shape: [...shape.slice(0, -1), units] };
}

function rowsOf(call: Call, input: Value, columns: number): Value {
  if (input.shape.at(-1) === columns) return input;
  const elements = input.shape.reduce((product, size) => product * size, 1);
  const rows = elements / columns;
  if (!Number.isInteger(rows) || rows < 1)
    call.fail(`weights of ${columns} columns on an input of ${print(input.shape)}`, "a divisor of its size");
  if (rows === 1) return { tensor: flatten(input.tensor), shape: [columns] };
  return { tensor: reshape(input.tensor, [rows, columns]), shape: [rows, columns] };
}

export function translateQuantize(call: Call): Value {
  const { tensor, shape } = call.value(0, ["float32", "int8", "uint8"]);
  const dtype = call.output.dtype === "uint8" ? ({ dtype: "uint8" } as const) : {};
  return { tensor: quantize(tensor, { ...dtype, ...call.quantization("int8", "uint8") }), shape };
}

export function translateDequantize(call: Call): Value {
  const { tensor, shape } = call.value(0, ["int8", "uint8"]);
  call.checkOutput("float32");
  return { tensor: dequantize(tensor), shape };
}
