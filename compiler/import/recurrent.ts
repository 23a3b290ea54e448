/** Translators of layers with state: LSTM and SVDF in TensorFlow Lite's integer forms. */

import { lstm, svdf } from "../../dsl/index.js";
import { elementsOf } from "../files/typed-array.js";
import type { Call } from "./call.js";
import { shortestFloat32 } from "./float32.js";
import type { TfliteTensor } from "./model.js";
import { activations, optionsTables } from "./schema.js";
import { print, type Value } from "./values.js";

/** Inputs of UNIDIRECTIONAL_SEQUENCE_LSTM: four gates in the order input, forget, cell, output. */
const lstmInputs = {
  weights: [1, 2, 3, 4],
  recurrentWeights: [5, 6, 7, 8],
  bias: [12, 13, 14, 15],
  hidden: 18,
  cell: 19,
} as const;

const unsupportedLstmInputs: Readonly<Record<string, readonly number[]>> = {
  "peephole connections": [9, 10, 11],
  "a projection": [16, 17],
  "layer normalisation": [20, 21, 22, 23],
};

export function translateLstm(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const full = call.inputTensor(0)!.shape;
  const fields = call.options(optionsTables.sequenceLstm);
  if (full.length !== 3 || full[0] !== 1 || fields.timeMajor !== 0)
    call.fail(`an input of ${print(full)}${fields.timeMajor ? ", time first" : ""}`, "[1, steps, features]");
  for (const [what, inputs] of Object.entries(unsupportedLstmInputs)) {
    if (inputs.some((input) => call.inputTensor(input))) call.fail(what, "a plain LSTM");
  }
  if (activations[fields.activation] !== "TANH") call.fail("another activation than TANH", "TANH");
  if (!(fields.cellClip >= 0)) call.fail(`cell_clip ${fields.cellClip}`, "0 or above");
  const features = shape[1];
  const units = call.constant(lstmInputs.weights[1], "weights", ["int8"]).shape[0];
  storeGates(call, "weight", lstmInputs.weights, units, features);
  storeGates(call, "recurrent_weight", lstmInputs.recurrentWeights, units, units);
  const bias = lstmInputs.bias.map((input) => call.constant(input, "bias", ["int32"]));
  if (bias.some((one) => print(one.shape) !== `[${units}]`))
    call.fail("biases of another size", `[${units}]`);
  call.store("bias", "I32", [4 * units], Int32Array.from(bias.flatMap((one) => [...int32Of(one)])));
  call.store("cell_scale", "F32", [1], Float32Array.of(lstmScales(call)));
  call.storeQuantization("int8");
  const options = {
    ...call.weights.lstm(call.name),
    ...(fields.cellClip === 0 ? {} : { cellClip: shortestFloat32(fields.cellClip) }),
  };
  return { tensor: lstm(tensor, options), shape: [shape[0], units] };
}

/** The cell's scale, after a check of all others: the last output, the result and what is between them have one quantisation. */
function lstmScales(call: Call): number {
  const hidden = call.variable(lstmInputs.hidden, "output state", ["int8"]);
  const between = call.intermediate(4);
  for (const [what, tensor] of Object.entries({ "output state": hidden, "hidden state": between })) {
    if (!tensor) call.fail(`it has no ${what}`, "its quantisation");
    const { scale, zeroPoint } = call.step(tensor);
    if (!call.hasStep({ scale, zeroPoint }))
      call.fail(`its ${what} has another quantisation than its result`, "the same");
  }
  return call.scale(call.variable(lstmInputs.cell, "cell state", ["int16"]));
}

/** One matrix of the four gates' rows, each row with its gate's scale. */
function storeGates(
  call: Call,
  name: string,
  inputs: readonly number[],
  units: number,
  columns: number,
): void {
  const tensors = inputs.map((input) => call.constant(input, "weights of four gates", ["int8"]));
  if (tensors.some(({ shape }) => print(shape) !== `[${units}, ${columns}]`))
    call.fail(`weights of ${print(tensors[0].shape)}`, `[${units}, ${columns}]`);
  const values = Int8Array.from(tensors.flatMap(({ data }) => [...new Int8Array(data!.bytes)]));
  const scales = Float32Array.from(tensors.flatMap((tensor) => Array(units).fill(call.scale(tensor))));
  call.store(name, "I8", [4 * units, columns], values);
  call.store(`${name}_scale`, "F32", [4 * units], scales);
}

export function translateSvdf(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const { rank, activation } = call.options(optionsTables.svdf);
  if (shape.length !== 1) call.fail(`an input of ${print(call.inputTensor(0)!.shape)}`, "[1, features]");
  // The reference's integer form takes no other, and leaves it to the result's zero point.
  if (activations[activation] !== "RELU")
    call.fail(`the activation ${activations[activation] ?? activation}`, "RELU");
  const weights = call.constant(1, "weights", ["int8"]);
  const time = call.constant(2, "weights over time", ["int16"]);
  const [filters, features] = weights.shape;
  if (weights.shape.length !== 2 || features !== shape[0])
    call.fail(`its weights are ${print(weights.shape)}`, `[filters, ${shape[0]}]`);
  if (time.shape.length !== 2 || time.shape[0] !== filters || time.shape[1] < 1)
    call.fail(`its weights over time are ${print(time.shape)}`, `[${filters}, memory]`);
  if (rank < 1 || filters % rank !== 0) call.fail(`rank ${rank} of ${filters} filters`, "a divisor");
  const units = filters / rank;
  const bias = call.inputTensor(3) && call.constant(3, "bias", ["int32"]);
  if (bias && print(bias.shape) !== `[${units}]`) call.fail(`its bias is ${print(bias.shape)}`, `[${units}]`);
  call.store("weight", "I8", weights.shape, new Int8Array(weights.data!.bytes));
  call.store("weight_scale", "F32", [1], Float32Array.of(call.scale(weights)));
  call.store("time_weight", "I16", time.shape, int16Of(time));
  call.store("time_weight_scale", "F32", [1], Float32Array.of(call.scale(time)));
  if (bias) call.store("bias", "I32", [units], int32Of(bias));
  const state = call.variable(4, "state", ["int16"]);
  call.store("state_scale", "F32", [1], Float32Array.of(call.scale(state)));
  call.storeQuantization("int8");
  const options = { ...call.weights.svdf(call.name), ...(rank === 1 ? {} : { rank }) };
  return { tensor: svdf(tensor, options), shape: [units] };
}

const int32Of = ({ data }: TfliteTensor) => elementsOf(Int32Array, data!.bytes, 0, data!.bytes.length / 4);
const int16Of = ({ data }: TfliteTensor) => elementsOf(Int16Array, data!.bytes, 0, data!.bytes.length / 2);
