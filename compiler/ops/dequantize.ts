import { dequantizeToFloats } from "../kernels/float-edges.js";
import type { Operator } from "./operator.js";
import { int8Input, resultType } from "./rules/options.js";
import { int8Data, quantizationOf } from "./arithmetic/quantization.js";

/** int8 to float32: scale * (q - zero point). */
export const dequantize: Operator<"dequantize"> = {
  kind: "dequantize",
  tflite: "DEQUANTIZE",

  resolve: (context) => ({ attributes: {}, output: resultType(context, int8Input(context), "float32") }),

  quantization: () => "none",

  macs: () => 0,

  float: (_operation, [data]) => data,

  /** The product is exact in double (24 and 9 bits), so that float32 rounds once. */
  reference(_operation, [data], [input]) {
    const { scale, zeroPoint } = quantizationOf(input);
    return Float32Array.from(int8Data(data), (value) => scale * (value - zeroPoint));
  },

  kernels: [dequantizeToFloats],
};
