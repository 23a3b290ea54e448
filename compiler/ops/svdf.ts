import { filterOverTime } from "../kernels/svdf.js";
import type { Constant } from "../ir/graph.js";
import { int16Values, int32Bias, int8Values } from "./arithmetic/constants.js";
import { clamp, multiplyByQuantizedMultiplier } from "./arithmetic/fixed-point.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";
import { svdfMultipliers } from "./arithmetic/recurrent.js";
import type { Operator, ResolveContext } from "./operator.js";
import { count, int8Input, resultType } from "./rules/options.js";
import { int8Constant, scaleConstant } from "./rules/recurrent.js";

/** Single-value decomposition filter with state, [features] -> [units]. */
export const svdf: Operator<"svdf"> = {
  kind: "svdf",
  tflite: "SVDF",

  resolve(context) {
    const { weights, timeWeights, bias, stateScale, rank = 1 } = context.node.attributes;
    const [features] = int8Input(context, 1);
    const each = count(context, "rank", rank);
    const featureWeights = int8Constant(context, "weights", weights, [-1, features], "dense");
    const [filters] = featureWeights.shape;
    if (filters % each !== 0)
      context.fail("rank", `${filters} filters of rank ${each}`, "a divisor of their number");
    const units = filters / each;
    const scale = scaleConstant(context, "stateScale", stateScale);
    const attributes = {
      rank: each,
      featureWeights,
      timeWeights: overTime(context, timeWeights, filters),
      bias: bias ? context.constant("bias", bias, [units], "vector") : undefined,
      stateScale: scale,
    };
    return { attributes, output: resultType(context, [units]) };
  },

  quantization: () => "calibrated",

  macs({ attributes: { featureWeights, timeWeights } }) {
    return featureWeights.shape[0] * (featureWeights.shape[1] + timeWeights.shape[1]);
  },

  state: ({ attributes: { timeWeights } }) => [{ shape: timeWeights.shape, dtype: "int16", initial: 0 }],

  /** The oldest result of every filter goes, its newest comes; then their weighted sums, `rank` filters a unit. */
  reference({ attributes }, [data], [input], output, [state] = []) {
    const { rank, featureWeights, bias } = attributes;
    const [filters, features] = featureWeights.shape;
    const [x, w] = [int8Data(data), int8Values(featureWeights)];
    const time = int16Values(attributes.timeWeights);
    const memory = time.length / filters;
    const { feature, result } = svdfMultipliers(attributes, input, output);
    const { zeroPoint } = quantizationOf(input);
    const sums = Int32Array.from(int32Bias(bias, filters / rank));
    for (let filter = 0; filter < filters; filter++) {
      let sum = 0;
      for (let i = 0; i < features; i++) sum += w[filter * features + i] * (x[i] - zeroPoint);
      const first = filter * memory;
      state.copyWithin(first, first + 1, first + memory);
      state[first + memory - 1] = clamp(multiplyByQuantizedMultiplier(sum | 0, feature), -32768, 32767);
      const unit = Math.floor(filter / rank);
      for (let i = first; i < first + memory; i++) sums[unit] += Math.imul(state[i], time[i]);
    }
    const to = quantizationOf(output);
    return Int8Array.from(sums, (sum) =>
      clamp(multiplyByQuantizedMultiplier(sum, result) + to.zeroPoint, -128, 127),
    );
  },

  kernels: [filterOverTime],
};

function overTime(
  context: ResolveContext<"svdf">,
  reference: Parameters<ResolveContext["constant"]>[1] | undefined,
  filters: number,
): Constant {
  const found = reference && context.constant("timeWeights", reference, [filters, -1], "time");
  if (found?.data instanceof Int16Array && found.scales?.length === 1) return found;
  return context.fail(
    "timeWeights",
    "there are no int16 weights over time with one scale",
    "[filters, memory]",
  );
}
