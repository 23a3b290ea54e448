import { changeSignRows, quantizeRows, tableRows } from "../kernels/rows/element-wise.js";
import { table } from "../kernels/element-wise.js";
import { changeSign, quantizeFloats } from "../kernels/edges.js";
import { elements } from "../ir/graph.js";
import type { Operator, ResolveContext } from "./operator.js";
import { resultType, show } from "./rules/options.js";
import { channelwise } from "./channels.js";
import { throughTable } from "./arithmetic/intervals.js";
import { int8Data, quantizeReals } from "./arithmetic/quantization.js";
import { requantizeMultiplier, rescale } from "./arithmetic/rescale.js";
import { asType, signedData, signedQuantization } from "./arithmetic/unsigned.js";

/** float32, int8 or uint8 to int8 or uint8 of a scale of its own. */
export const quantize: Operator<"quantize"> = {
  kind: "quantize",
  tflite: "QUANTIZE",

  resolve(context) {
    const [{ shape, dtype: from }] = context.inputs;
    if (from !== "float32" && from !== "int8" && from !== "uint8")
      context.fail(undefined, `input ${context.inputName(0)} is ${from}`, "float32, int8 or uint8");
    return { attributes: {}, output: resultType(context, shape, resultDType(context)) };
  },

  quantization: () => "calibrated",

  macs: () => 0,

  float: (_operation, [data]) => data,

  reference(_operation, [data], [input], output) {
    const to = signedQuantization(output);
    if (data instanceof Float32Array) return asType(quantizeReals(data, to, elements(output.shape)), output);
    const from = signedQuantization(input);
    const scaled = rescale(signedData(data), from, to, requantizeMultiplier(from, to), [-128, 127]);
    return asType(scaled, output);
  },

  intervals(operation, [data], types, output) {
    const every = Int8Array.from({ length: 256 }, (_, i) => i - 128);
    const one = { ...output, shape: [256] };
    return throughTable(data, int8Data(quantize.reference(operation, [every], types, one)));
  },

  channels: channelwise,

  kernels: [quantizeFloats, changeSign, table("requantize table")],
  rowKernels: [quantizeRows, changeSignRows, tableRows("requantize table")],
};

/** uint8 stands at the edges only, where its scale is known: there is no calibration for it. */
function resultDType(context: ResolveContext<"quantize">): "int8" | "uint8" {
  const { dtype = "int8", quantization } = context.node.attributes;
  if (dtype !== "int8" && dtype !== "uint8")
    return context.fail("dtype", `dtype is ${show(dtype)}`, '"int8" or "uint8"');
  if (dtype === "uint8" && quantization === undefined)
    context.fail("dtype", "a uint8 result has no quantisation", "quantization: { scale, zeroPoint }");
  return dtype;
}
