/** Filters over features and time: filter by filter, whose state moves by one as it is read. */

import { Block, Pointer, type Expr } from "../ir/loop.js";
import { int16Values, int32Bias, int8Values } from "../ops/arithmetic/constants.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { svdfMultipliers } from "../ops/arithmetic/recurrent.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import { dotRow, scaled } from "./dot-row.js";
import type { Kernel } from "./kernel.js";
import { largest, perChannel } from "./requantization.js";
import { accumulators } from "./weight-rows.js";

export const filterOverTime: Kernel<"svdf"> = {
  name: "svdf",
  fits: () => true,
  lower({ operation: { attributes }, inputs, output }) {
    const { rank, featureWeights, timeWeights, bias } = attributes;
    const [filters, features] = featureWeights.shape;
    const memory = timeWeights.shape[1];
    const units = filters / rank;
    const { zeroPoint } = quantizationOf(inputs[0]);
    const sums = accumulators(int8Values(featureWeights), new Int32Array(filters), features, zeroPoint);
    const { feature, result } = svdfMultipliers(attributes, inputs[0], output);
    const time = int16Values(timeWeights);
    const bound = largestSum(time, int32Bias(bias, units));
    // Results out of int32 wrap, as the reference's do.
    const plus = (a: Expr, b: Expr) => (bound < 2 ** 31 ? a.plus(b) : call(m7.addWrapping, a, b));
    const start = perChannel("start", "int32", sums.start);
    const offset = perChannel("bias", "int32", [...int32Bias(bias, units)]);

    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const state = new Pointer("state", "int16", true);
    const [w, t] = [new Pointer("weights", "int8", false), new Pointer("time", "int16", false)];
    const block = new Block();
    block.for("unit", 0, units, 1, (unit, each) => {
      const acc = each.variable("acc", offset.at(unit));
      each.for("r", 0, rank, 1, (r, body) => {
        const filter = body.let("filter", unit.times(rank).plus(r));
        const row = body.point("row", w.plus(filter.times(features)));
        const past = body.point("past", state.plus(filter.times(memory)));
        const weight = body.point("weight", t.plus(filter.times(memory)));
        const sum = dotRow(body, "sum", x, row, features, start.at(filter));
        body.for("i", 0, memory - 1, 1, (i, shift) => {
          const value = shift.let("value", past.at(i.plus(1)));
          shift.store(past, i, value);
          shift.set(acc, plus(acc, value.times(weight.at(i))));
        });
        const newest = body.let("newest", call(m7.ssat16, scaled(sum, feature, largest(sums.bounds))));
        body.store(past, memory - 1, newest);
        body.set(acc, plus(acc, newest.times(weight.at(memory - 1))));
      });
      const scaledSum = scaled(acc, result, Math.min(bound, 2 ** 31));
      each.store(y, unit, call(m7.ssat8, scaledSum.plus(quantizationOf(output).zeroPoint)));
    });
    return {
      parameters: [x, y, state],
      constants: [
        { name: "weights", element: "int8", data: int8Values(featureWeights), align: 4 },
        { name: "time", element: "int16", data: time, align: 2 },
        ...start.constants,
        ...offset.constants,
      ],
      body: block.statements,
      notes: [`state: the last ${memory} results of ${filters} filters, oldest first; |acc| <= ${bound}.`],
    };
  },
};

/** |bias| + 2^15 * sum |w| of the worst unit. */
function largestSum(time: Int16Array, bias: Int32Array): number {
  const each = time.length / bias.length;
  return Math.max(
    ...Array.from(bias, (offset, unit) => {
      const own = time.subarray(unit * each, (unit + 1) * each);
      return Math.abs(offset) + 2 ** 15 * own.reduce((sum, weight) => sum + Math.abs(weight), 0);
    }),
  );
}
