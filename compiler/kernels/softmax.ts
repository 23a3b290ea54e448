/** Softmax by a table of exponentials: int8 inputs have at most 256 distances from the maximum. Exact to TFLite's fixed point. */

import { elements } from "../ir/graph.js";
import { Block, Pointer, int } from "../ir/loop.js";
import { sumBits } from "../ops/arithmetic/exponential.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import { exponentialTable, sumRow } from "./exponential-table.js";
import type { Kernel } from "./kernel.js";

export const softmaxByTable: Kernel<"softmax"> = {
  name: "softmax table",
  fits: () => true,
  inPlace: () => [0],
  lower({ operation, inputs, output }) {
    const size = output.shape[output.shape.length - 1];
    const table = exponentialTable(quantizationOf(inputs[0]), operation.attributes.beta);
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    block.for("row", 0, elements(output.shape) / size, 1, (row, body) => {
      const from = body.point("from", x.plus(row.times(size)));
      const to = body.point("to", y.plus(row.times(size)));
      const { most, sum } = sumRow(body, from, size, table);
      const reciprocal = body.let("reciprocal", call(m7.softmaxReciprocal, sum));
      const shift = body.let("shift", int(sumBits + 31 - 8).minus(call(m7.clz, sum)));
      body.for("i", 0, size, 1, (i, loop) => {
        const distance = loop.let("distance", most.minus(from.at(i)));
        const share = call(m7.srdhm, reciprocal, table.at(distance));
        loop.store(to, i, call(m7.ssat8, call(m7.roundingShiftRight, share, shift).minus(128)));
      });
    });
    return {
      parameters: [x, y],
      constants: [table.constant],
      body: block.statements,
      notes: [
        "exponentials: exp of every distance from the row's maximum, Q0.31; sum in Q12.19, at least 2^19.",
      ],
    };
  },
};
