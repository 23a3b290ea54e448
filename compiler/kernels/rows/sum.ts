/** Residual sums as the last stage of a segment. */

import { linear } from "../linear-sum.js";
import { overRun } from "../run.js";
import type { RowKernel } from "./row-kernel.js";

export const linearSumRows: RowKernel<"add"> = {
  name: "add linear",
  fits(layer) {
    const { inputs, output } = layer;
    const isSame = inputs.every(({ shape }) => shape.join() === output.shape.join());
    return isSame && output.shape.length === 3 && linear(layer, 1) !== undefined;
  },
  window: () => ({ size: 1, stride: 1, before: 0 }),
  reads: "plain",
  writes: ["plain"],
  scratch: () => 0,
  prepare(layer, rows, _prefix, streamed) {
    const run = linear(layer, 1)!;
    const [, width, channels] = layer.output.shape;
    return {
      constants: run.constants,
      notes: run.notes,
      emit(block, { source, others, target }) {
        const operands = [source, others[0]];
        if (streamed === 1) operands.reverse();
        const ends = [...operands, target.pointer];
        const pointers = ends.map((end, i) => block.point(["left", "right", "sum"][i], end.plus(0), true));
        overRun(block, pointers, rows * width * channels, run.turn, run.group(block, pointers));
      },
    };
  },
};
