/** Rows divided by their Euclidean length: the reciprocal of the length once a row, as a multiplier and a shift. */

import { elements } from "../ir/graph.js";
import { Block, Pointer } from "../ir/loop.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel } from "./kernel.js";

export const normalizeRows: Kernel<"l2Normalize"> = {
  name: "l2 normalize",
  fits: () => true,
  inPlace: () => [0],
  lower({ inputs, output }) {
    const size = output.shape[output.shape.length - 1];
    const { zeroPoint } = quantizationOf(inputs[0]);
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    block.for("row", 0, elements(output.shape) / size, 1, (row, body) => {
      const from = body.point("from", x.plus(row.times(size)));
      const to = body.point("to", y.plus(row.times(size)));
      const sum = body.variable("sum", 0);
      body.for("i", 0, size, 1, (i, loop) => {
        const value = loop.let("value", from.at(i).minus(zeroPoint));
        loop.set(sum, sum.plus(value.times(value)));
      });
      const multiplier = body.let("multiplier", call(m7.inverseSquareRoot, sum));
      // 12 bits of the multiplier, less 7 that the result has below the point; each two zeros of the sum take one back.
      const zeros = call(m7.clz, sum).minus(1).shiftRight(1);
      const shift = body.let("shift", call(m7.min, zeros, 12).minus(12 - 7));
      body.for("i", 0, size, 1, (i, loop) => {
        const value = from.at(i).minus(zeroPoint);
        loop.store(to, i, call(m7.ssat8, call(m7.requantize, value, multiplier, shift)));
      });
    });
    return {
      parameters: [x, y],
      constants: [],
      body: block.statements,
      notes: [`sum <= ${size} * 255^2 < 2^31; multiplier * 2^(shift - 7) / 2^31 is 1 / sqrt(sum).`],
    };
  },
};
