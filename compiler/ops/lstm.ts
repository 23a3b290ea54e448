import { lstmSteps } from "../kernels/lstm.js";
import { sigmoid16, saturate16, tanh16 } from "./arithmetic/sixteen-bit.js";
import { int32Bias, int8Values } from "./arithmetic/constants.js";
import {
  clamp,
  multiplyByQuantizedMultiplier,
  roundingDivideByPowerOfTwo,
} from "./arithmetic/fixed-point.js";
import { gateMultipliers, gates, hiddenMultiplier } from "./arithmetic/recurrent.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import type { OperatorAttributes } from "./attributes.js";
import type { Operator, ResolveContext, Typed } from "./operator.js";
import { int8Input, resultType, show } from "./rules/options.js";
import { int8Constant, scaleConstant } from "./rules/recurrent.js";

type Attributes = OperatorAttributes["lstm"];

/** Long short-term memory over [steps, features] -> [steps, units]; TFLite's integer form with int8 activations and an int16 cell. */
export const lstm: Operator<"lstm"> = {
  kind: "lstm",
  tflite: "UNIDIRECTIONAL_SEQUENCE_LSTM",

  resolve(context) {
    const { weights, recurrentWeights, bias } = context.node.attributes;
    const [steps, features] = int8Input(context, 2);
    const inputWeights = int8Constant(context, "weights", weights, [-1, features], "dense");
    const [rows] = inputWeights.shape;
    if (rows % gates.length !== 0)
      context.fail("weights", `the weights have ${rows} rows`, "four gates of as many units each");
    const units = rows / gates.length;
    const attributes = {
      inputWeights,
      recurrentWeights: int8Constant(context, "recurrentWeights", recurrentWeights, [rows, units], "dense"),
      bias: bias ? context.constant("bias", bias, [rows], "vector") : undefined,
      ...resolveCell(context),
    };
    return { attributes, output: resultType(context, [steps, units]) };
  },

  quantization: () => "calibrated",

  macs({ attributes: { inputWeights, recurrentWeights } }, [{ shape }]) {
    const [rows, features] = inputWeights.shape;
    return shape[0] * rows * (features + recurrentWeights.shape[1]);
  },

  /** The last output, and the cell. */
  state({ attributes }, _inputs, output) {
    const shape = [attributes.recurrentWeights.shape[1]];
    return [
      { shape, dtype: "int8", initial: quantizationOf(output).zeroPoint },
      { shape, dtype: "int16", initial: 0 },
    ];
  },

  reference({ attributes }, [data], [input], output, [hidden, cell] = []) {
    const x = int8Data(data);
    const [steps, units] = output.shape;
    const { cellExponent, cellLimit } = attributes;
    const { zeroPoint } = quantizationOf(output);
    const multiplier = hiddenMultiplier(output);
    const result = new Int8Array(steps * units);
    for (let step = 0; step < steps; step++) {
      const features = x.subarray((step * x.length) / steps, ((step + 1) * x.length) / steps);
      const sums = gateSums(attributes, features, int8Data(hidden), input, output);
      for (let unit = 0; unit < units; unit++) {
        const [inputGate, forget, update, outputGate] = gates.map((_, gate) => sums[gate * units + unit]);
        const kept = roundingDivideByPowerOfTwo(sigmoid16(forget) * cell[unit], 15);
        const added = sigmoid16(inputGate) * tanh16(update, 3);
        const next = saturate16(kept + roundingDivideByPowerOfTwo(added, 30 + cellExponent));
        cell[unit] = clamp(next, -cellLimit, cellLimit);
        const shown = sigmoid16(outputGate) * tanh16(cell[unit], 15 + cellExponent);
        const scaled = multiplyByQuantizedMultiplier(shown, multiplier) + zeroPoint;
        result[step * units + unit] = clamp(scaled, -128, 127);
      }
      hidden.set(result.subarray(step * units, (step + 1) * units));
    }
    return result;
  },

  kernels: [lstmSteps],
};

/** The scale of the cell is a power of two, -15 to -9, so that its tanh takes it as it is; the limit is in its steps. */
function resolveCell(context: ResolveContext<"lstm">): { cellExponent: number; cellLimit: number } {
  const { cellScale, cellClip } = context.node.attributes;
  const scale = scaleConstant(context, "cellScale", cellScale);
  const cellExponent = Math.log2(scale);
  if (!Number.isInteger(cellExponent) || cellExponent < -15 || cellExponent > -9)
    context.fail("cellScale", `the cell's scale is ${scale}`, "a power of two from 2^-15 to 2^-9");
  if (cellClip === undefined || cellClip === 0) return { cellExponent, cellLimit: 2 ** 15 };
  if (typeof cellClip !== "number" || !(cellClip > 0))
    context.fail("cellClip", `cellClip is ${show(cellClip)}`, "a number above 0");
  const cellLimit = Math.trunc(Math.min(Math.fround(cellClip) / scale, 2 ** 15 - 1));
  return { cellExponent, cellLimit };
}

/** [gate][unit], Q3: what the features and the last output add up to, each limited to int16. */
function gateSums(
  attributes: Attributes,
  features: Int8Array,
  hidden: Int8Array,
  input: Typed,
  output: Typed,
): Int16Array {
  const { inputWeights, recurrentWeights, bias } = attributes;
  const rows = inputWeights.shape[0];
  const offset = int32Bias(bias, rows);
  const { fromInput, fromHidden } = gateMultipliers(attributes, input, output);
  const [w, r] = [int8Values(inputWeights), int8Values(recurrentWeights)];
  const [zero, hiddenZero] = [quantizationOf(input).zeroPoint, quantizationOf(output).zeroPoint];
  return Int16Array.from(offset, (start, row) => {
    const own = start + dot(w, row, features, zero);
    const past = dot(r, row, hidden, hiddenZero);
    const first = saturate16(multiplyByQuantizedMultiplier(own | 0, fromInput[row]));
    return saturate16(multiplyByQuantizedMultiplier(past | 0, fromHidden[row]) + first);
  });
}

function dot(weights: Int8Array, row: number, x: Int8Array, zeroPoint: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += weights[row * x.length + i] * (x[i] - zeroPoint);
  return sum;
}
