/** Long short-term memory: step after step, unit after unit, its four gates in a loop. */

import { Block, Pointer, type ConstantArray, type Expr } from "../ir/loop.js";
import { int32Bias, int8Values } from "../ops/arithmetic/constants.js";
import type { QuantizedMultiplier } from "../ops/arithmetic/fixed-point.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { gateMultipliers, gates, hiddenMultiplier } from "../ops/arithmetic/recurrent.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import { dotRow, scaled } from "./dot-row.js";
import type { Kernel, Layer } from "./kernel.js";
import { largest, perChannel } from "./requantization.js";
import { accumulators, type Accumulators } from "./weight-rows.js";

type Lstm = Layer<"lstm">;

export const lstmSteps: Kernel<"lstm"> = {
  name: "lstm",
  fits: () => true,
  scratch: () => ({ least: 2 * gates.length, most: 2 * gates.length }),
  lower(layer) {
    const { operation, output } = layer;
    const { recurrentWeights, inputWeights, cellExponent, cellLimit } = operation.attributes;
    const [steps, units] = output.shape;
    const features = inputWeights.shape[1];
    const sides = sidesOf(layer);
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const [hidden, cell] = [new Pointer("hidden", "int8", true), new Pointer("cell", "int16", true)];
    const gate = new Pointer("gates", "int16", true);
    const { zeroPoint } = quantizationOf(output);

    const block = new Block();
    block.for("t", 0, steps, 1, (t, step) => {
      const from = step.point("from", x.plus(t.times(features)));
      const to = step.point("to", y.plus(t.times(units)));
      step.for("unit", 0, units, 1, (unit, body) => {
        body.for("g", 0, gates.length, 1, (g, each) => {
          const row = each.let("row", g.times(units).plus(unit));
          const w = each.point("w", sides.input.weights.plus(row.times(features)));
          const r = each.point("r", sides.hidden.weights.plus(row.times(units)));
          const own = dotRow(each, "own", from, w, features, sides.input.start.at(row));
          const past = dotRow(each, "past", hidden, r, units, sides.hidden.start.at(row));
          const first = call(m7.ssat16, sides.input.scale(own, g, row));
          const sum = each.let("sum", call(m7.ssat16, sides.hidden.scale(past, g, row).plus(first)));
          const isCell = g.compare("==", gates.indexOf("cell"));
          each.if(
            isCell,
            (then) => then.store(gate, g, call(m7.tanh16, sum, 3)),
            (otherwise) => otherwise.store(gate, g, call(m7.sigmoid16, sum)),
          );
        });
        const product = (a: number, b: number) => gate.at(a).times(gate.at(b));
        const kept = call(m7.roundingShiftRight, gate.at(1).times(cell.at(unit)), 15);
        const added = call(m7.roundingShiftRight, product(0, 2), 30 + cellExponent);
        const limited = call(m7.ssat16, kept.plus(added));
        const next = body.let(
          "next",
          cellLimit >= 2 ** 15 ? limited : call(m7.max, call(m7.min, limited, cellLimit), -cellLimit),
        );
        body.store(cell, unit, next);
        const shown = gate.at(3).times(call(m7.tanh16, next, 15 + cellExponent));
        const result = scaled(shown, hiddenMultiplier(output), 2 ** 30 - 1);
        body.store(to, unit, call(m7.ssat8, result.plus(zeroPoint)));
      });
      step.do(m7.copy, hidden.plus(0), to.plus(0), units);
    });
    return {
      parameters: [x, y, hidden, cell, gate],
      constants: [...sides.input.constants, ...sides.hidden.constants],
      body: block.statements,
      notes: [
        `gates: ${gates.join(", ")}, from steps of 2^-12 to steps of 2^-15; cell: steps of 2^${cellExponent}.`,
        `recurrent weights: ${recurrentWeights.shape.join("x")}; hidden: the last output.`,
      ],
    };
  },
};

/** What both matrices need: rows, where their sums start (the zero point is in it), and the way to the gates' scale. */
function sidesOf({ operation: { attributes }, inputs, output }: Lstm) {
  const { inputWeights, recurrentWeights, bias } = attributes;
  const [rows] = inputWeights.shape;
  const { fromInput, fromHidden } = gateMultipliers(attributes, inputs[0], output);
  const own = accumulators(
    int8Values(inputWeights),
    int32Bias(bias, rows),
    inputWeights.shape[1],
    quantizationOf(inputs[0]).zeroPoint,
  );
  const past = accumulators(
    int8Values(recurrentWeights),
    new Int32Array(rows),
    recurrentWeights.shape[1],
    quantizationOf(output).zeroPoint,
  );
  return {
    input: sideOf("input", int8Values(inputWeights), own, fromInput),
    hidden: sideOf("recurrent", int8Values(recurrentWeights), past, fromHidden),
  };
}

function sideOf(
  name: string,
  weights: Int8Array,
  { start, bounds }: Accumulators,
  multipliers: readonly QuantizedMultiplier[],
) {
  const right = multipliers.every(({ shift }) => shift <= -1) && largest(bounds) < 2 ** 30;
  const instruction = right ? m7.requantizeRight : m7.requantize;
  // TFLite has one scale a gate; then so many entries do.
  const units = multipliers.length / gates.length;
  const perGate = multipliers.every((one, row) => {
    const first = multipliers[row - (row % units)];
    return one.multiplier === first.multiplier && one.shift === first.shift;
  });
  const entries = perGate ? gates.map((_, gate) => multipliers[gate * units]) : multipliers;
  const from = perChannel(`${name}_start`, "int32", start);
  const multiplier = perChannel(
    `${name}_multiplier`,
    "int32",
    entries.map((one) => one.multiplier),
  );
  const shift = perChannel(
    `${name}_shift`,
    "int8",
    entries.map((one) => (right ? -one.shift : one.shift)),
  );
  const array: ConstantArray = { name: `${name}_weights`, element: "int8", data: weights, align: 4 };
  return {
    weights: new Pointer(array.name, "int8", false),
    start: from,
    scale(sum: Expr, gate: Expr, row: Expr): Expr {
      const entry = perGate ? gate : row;
      return call(instruction, sum, multiplier.at(entry), shift.at(entry));
    },
    constants: [array, ...from.constants, ...multiplier.constants, ...shift.constants],
  };
}
