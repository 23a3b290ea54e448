/** Dense layers: a row of activations against four rows of weights at a time. */

import { elements } from "../ir/graph.js";
import { Block, Pointer } from "../ir/loop.js";
import { int32Bias, int8Values } from "../ops/arithmetic/constants.js";
import { quantizeMultiplier } from "../ops/arithmetic/fixed-point.js";
import { quantizationOf, realMultipliers } from "../ops/arithmetic/quantization.js";
import { multiplyRows } from "./dot-block.js";
import type { Kernel } from "./kernel.js";
import { oneRounding, outputRange } from "./requantization.js";
import { accumulators, weightRows } from "./weight-rows.js";

const FILTERS = 4;

export const matrixVector: Kernel<"dense"> = {
  name: "dense 1x4",
  fits: () => true,
  lower({ operation, inputs, output }) {
    const { weights, bias, activation } = operation.attributes;
    const [channels, depth] = weights.shape;
    const input = quantizationOf(inputs[0]);
    const sums = accumulators(int8Values(weights), int32Bias(bias, channels), depth, input.zeroPoint);
    const factors = realMultipliers(weights, channels, input, quantizationOf(output));
    const range = outputRange(output, activation);
    const requantization = oneRounding(factors, factors.map(quantizeMultiplier), sums.bounds, range);
    const rows = weightRows(int8Values(weights), depth, false, sums, requantization);

    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    block.for("row", 0, elements(inputs[0].shape) / depth, 1, (row, body) => {
      const from = body.point("from", x.plus(row.times(depth)));
      const to = body.point("to", y.plus(row.times(channels)));
      const inputs = { pointer: from, count: 1, stride: depth };
      multiplyRows(body, inputs, { pointer: to, count: 1, stride: channels }, rows, depth, FILTERS);
    });
    return {
      parameters: [x, y],
      constants: rows.constants,
      body: block.statements,
      notes: [requantization.note],
    };
  },
};
