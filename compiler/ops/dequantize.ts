import { dequantizeRows } from "../kernels/rows/element-wise.js";
import { dequantizeToFloats } from "../kernels/edges.js";
import type { Operator } from "./operator.js";
import { resultType } from "./rules/options.js";
import { quantizationOf } from "./arithmetic/quantization.js";

/** int8 or uint8 to float32: scale * (q - zero point). */
export const dequantize: Operator<"dequantize"> = {
  kind: "dequantize",
  tflite: "DEQUANTIZE",

  resolve(context) {
    const [{ shape, dtype }] = context.inputs;
    if (dtype !== "int8" && dtype !== "uint8")
      context.fail(undefined, `input ${context.inputName(0)} is ${dtype}`, "int8 or uint8");
    return { attributes: {}, output: resultType(context, shape, "float32") };
  },

  quantization: () => "none",

  macs: () => 0,

  float: (_operation, [data]) => data,

  /** The product is exact in double (24 and 9 bits), so that float32 rounds once. */
  reference(_operation, [data], [input]) {
    const { scale, zeroPoint } = quantizationOf(input);
    return Float32Array.from(data, (value) => scale * (value - zeroPoint));
  },

  kernels: [dequantizeToFloats],
  rowKernels: [dequantizeRows],
};
