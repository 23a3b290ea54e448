/** Log softmax by a table of exponentials, as softmax; the logarithm of the sum once a row. Exact to TFLite's fixed point. */

import { elements } from "../ir/graph.js";
import { Block, Pointer } from "../ir/loop.js";
import { farBelow, softmaxParameters } from "../ops/arithmetic/exponential.js";
import { sixteenthBits } from "../ops/arithmetic/logarithm.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import { exponentialTable, sumRow } from "./exponential-table.js";
import type { Kernel } from "./kernel.js";

export const logSoftmaxRows: Kernel<"logSoftmax"> = {
  name: "log softmax table",
  fits: () => true,
  inPlace: () => [0],
  lower({ inputs, output }) {
    const size = output.shape[output.shape.length - 1];
    const { multiplier, shift, least } = softmaxParameters(quantizationOf(inputs[0]), 1);
    const table = exponentialTable(quantizationOf(inputs[0]), 1);
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    block.for("row", 0, elements(output.shape) / size, 1, (row, body) => {
      const from = body.point("from", x.plus(row.times(size)));
      const to = body.point("to", y.plus(row.times(size)));
      const { most, sum } = sumRow(body, from, size, table);
      const logarithm = body.let("logarithm", call(m7.logarithm, sum));
      body.for("i", 0, size, 1, (i, loop) => {
        const difference = loop.let("difference", from.at(i).minus(most));
        const near = (then: Block) => {
          const scaled = call(m7.max, call(m7.requantize, difference, multiplier, shift), farBelow);
          const steps = call(m7.roundingShiftRight, scaled.minus(logarithm), sixteenthBits);
          then.store(to, i, call(m7.ssat8, steps.plus(127)));
        };
        if (least <= -255) near(loop);
        else loop.if(difference.compare(">=", least), near, (far) => far.store(to, i, -128));
      });
    });
    return {
      parameters: [x, y],
      constants: [table.constant],
      body: block.statements,
      notes: [
        "exponentials: exp of every distance from the row's maximum, Q0.31; sum in Q12.19, its logarithm in Q5.26.",
      ],
    };
  },
};
