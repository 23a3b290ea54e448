/** Where floats enter and leave: quantize and dequantize. */

import { elements } from "../ir/graph.js";
import { Binary, Block, Constant, Convert, Pointer } from "../ir/loop.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel } from "./kernel.js";

export const quantizeFloats: Kernel<"quantize"> = {
  name: "quantize",
  fits: ({ inputs }) => inputs[0].dtype === "float32",
  lower({ output }) {
    const { scale, zeroPoint } = quantizationOf(output);
    const [x, y] = [new Pointer("in", "float32", false), new Pointer("out", "int8", true)];
    const block = new Block();
    block.for("i", 0, elements(output.shape), 1, (i, body) => {
      body.store(y, i, call(m7.quantizeFloat, x.at(i), new Constant(scale, "float32"), zeroPoint));
    });
    return {
      parameters: [x, y],
      constants: [],
      body: block.statements,
      notes: ["NaN becomes the smallest value."],
    };
  },
};

export const dequantizeToFloats: Kernel<"dequantize"> = {
  name: "dequantize",
  fits: () => true,
  lower({ inputs, output }) {
    const { scale, zeroPoint } = quantizationOf(inputs[0]);
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "float32", true)];
    const block = new Block();
    block.for("i", 0, elements(output.shape), 1, (i, body) => {
      const steps = new Convert("float32", x.at(i).minus(zeroPoint));
      body.store(y, i, new Binary("*", steps, new Constant(scale, "float32")));
    });
    return {
      parameters: [x, y],
      constants: [],
      body: block.statements,
      notes: ["real = scale * (q - zero point)"],
    };
  },
};
