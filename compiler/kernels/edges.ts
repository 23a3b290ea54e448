/** Where other types enter and leave an int8 network: float32 and uint8. */

import { elements, type Value } from "../ir/graph.js";
import { Binary, Block, Constant, Convert, Pointer } from "../ir/loop.js";
import { quantizationOf, sameQuantization } from "../ops/arithmetic/quantization.js";
import { exactReciprocal } from "../ops/arithmetic/reciprocal.js";
import { signedQuantization, signOffset } from "../ops/arithmetic/unsigned.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel } from "./kernel.js";
import { overRun } from "./run.js";

export const quantizeFloats: Kernel<"quantize"> = {
  name: "quantize",
  fits: ({ inputs }) => inputs[0].dtype === "float32",
  lower({ output }) {
    const [x, y] = [new Pointer("in", "float32", false), new Pointer("out", output.dtype, true)];
    const block = new Block();
    const notes = quantizeRun(block, output, x, y, elements(output.shape));
    return { parameters: [x, y], constants: [], body: block.statements, notes };
  },
};

/** Quantises `count` floats; returns notes. @param y of the result's type */
export function quantizeRun(
  block: Block,
  output: Value,
  x: Pointer,
  y: Pointer,
  count: number,
): readonly string[] {
  const { scale, zeroPoint } = signedQuantization(output);
  const reciprocal = output.dtype === "int8" ? exactReciprocal({ scale, zeroPoint }) : undefined;
  if (reciprocal) {
    const [divisor, high, low] = [scale, reciprocal.high, reciprocal.low].map(
      (one) => new Constant(one, "float32"),
    );
    block.do(m7.quantizeFloats, y.plus(0), x.plus(0), count, divisor, high, low, zeroPoint);
    return [
      "times the reciprocal, in two parts: it rounds as the division does at every step between results.",
      "NaN becomes the smallest value.",
    ];
  }
  block.for("i", 0, count, 1, (i, body) => {
    const q = call(m7.quantizeFloat, x.at(i), new Constant(scale, "float32"), zeroPoint);
    body.store(y, i, output.dtype === "uint8" ? q.plus(signOffset) : q);
  });
  return ["NaN becomes the smallest value."];
}

/** uint8 to int8 or back, of one scale and with zero points that move along. */
export const changeSign: Kernel<"quantize"> = {
  name: "quantize sign",
  fits({ inputs: [input], output }) {
    const bytes = [input.dtype, output.dtype].sort().join(" ") === "int8 uint8";
    if (!bytes) return false;
    const [from, to] = [signedQuantization(input), signedQuantization(output)];
    return sameQuantization(from, to);
  },
  inPlace: () => [0],
  lower({ output }) {
    // As bytes of either type: 128 more or less turns the highest bit.
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    turnSigns(block, x, y, elements(output.shape));
    return { parameters: [x, y], constants: [], body: block.statements, notes: [] };
  },
};

export function turnSigns(block: Block, x: Pointer, y: Pointer, count: number): void {
  const [from, to] = [x, y].map((pointer, i) => block.point(["from", "to"][i], pointer.plus(0), true));
  overRun(block, [from, to], count, 16, (hot, size) => {
    const words = size - (size % 4);
    for (let at = 0; at < words; at += 4)
      hot.do(m7.store4, to.plus(at), call(m7.load4, from.plus(at)).xor(0x80808080 | 0));
    for (let at = words; at < size; at++) hot.store(to, at, from.at(at).xor(-128));
  });
}

export const dequantizeToFloats: Kernel<"dequantize"> = {
  name: "dequantize",
  fits: () => true,
  lower({ inputs, output }) {
    const [x, y] = [new Pointer("in", inputs[0].dtype, false), new Pointer("out", "float32", true)];
    const block = new Block();
    dequantizeRun(block, inputs[0], x, y, elements(output.shape));
    return {
      parameters: [x, y],
      constants: [],
      body: block.statements,
      notes: ["real = scale * (q - zero point)"],
    };
  },
};

export function dequantizeRun(block: Block, input: Value, x: Pointer, y: Pointer, count: number): void {
  const { scale, zeroPoint } = quantizationOf(input);
  block.for("i", 0, count, 1, (i, body) => {
    const steps = new Convert("float32", x.at(i).minus(zeroPoint));
    body.store(y, i, new Binary("*", steps, new Constant(scale, "float32")));
  });
}
