/** Translators of operators without a window: dense layers, sums, activations, quantisation. */

import { add, dense, dequantize, flatten, quantize, relu, relu6, reshape, softmax } from "../../dsl/index.js";
import type { CommonOptions, Tensor } from "../../dsl/index.js";
import { print, type Call, type Value } from "./call.js";
import { shortestFloat32 } from "./float32.js";
import { optionsTables } from "./schema.js";
import { fusedActivation } from "./windows.js";

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

export function translateAdd(call: Call): Value {
  const [a, b] = [call.value(0), call.value(1)];
  if (print(a.shape) !== print(b.shape)) {
    call.fail(
      `inputs of ${print(a.shape)} and ${print(b.shape)}`,
      "the same shape",
      "sums with broadcasting are not supported",
    );
  }
  const { activation } = call.options(optionsTables.add);
  const options = { ...call.quantization(), ...fusedActivation(call, activation) };
  return { tensor: add(a.tensor, b.tensor, options), shape: a.shape };
}

/** What TensorFlow Lite prescribes for an int8 softmax, and the DSL takes by itself. */
const softmaxStep = { scale: 1 / 256, zeroPoint: -128 };

export function translateSoftmax(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const { beta } = call.options(optionsTables.softmax);
  if (!Number.isFinite(beta) || beta <= 0) call.fail(`beta ${beta}`, "a finite number above 0");
  const options = {
    ...(beta === 1 ? {} : { beta: shortestFloat32(beta) }),
    ...call.quantizationUnless(softmaxStep),
  };
  return { tensor: softmax(tensor, options), shape };
}

function translateActivation(
  activation: (x: Tensor, options: CommonOptions) => Tensor,
): (call: Call) => Value {
  return (call) => {
    const { tensor, shape } = call.value(0);
    return { tensor: activation(tensor, call.quantization()), shape };
  };
}

export const translateRelu = translateActivation(relu);
export const translateRelu6 = translateActivation(relu6);

export function translateQuantize(call: Call): Value {
  const { tensor, shape } = call.value(0, ["float32", "int8"]);
  return { tensor: quantize(tensor, call.quantization()), shape };
}

export function translateDequantize(call: Call): Value {
  const { tensor, shape } = call.value(0);
  call.checkOutput("float32");
  return { tensor: dequantize(tensor), shape };
}
