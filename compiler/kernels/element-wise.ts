/** Element by element, in place where the memory allows it: addition, and functions of one int8 as a table. */

import { elements, type Value } from "../ir/graph.js";
import { Block, Pointer, type Expr } from "../ir/loop.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { sumMultipliers, sumShift } from "../ops/arithmetic/sum.js";
import type { OperatorKind } from "../ops/index.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { QuantizedMultiplier } from "../ops/arithmetic/fixed-point.js";
import type { Kernel } from "./kernel.js";
import { outputRange, twoRoundings } from "./requantization.js";

/** TFLite's ADD: both inputs to a common scale with 20 bits below the point, summed, and scaled down. */
export const elementWiseSum: Kernel<"add"> = {
  name: "add",
  fits: () => true,
  inPlace: () => [0, 1],
  lower({ operation, inputs, output }, { inPlace }) {
    const multipliers = sumMultipliers(
      quantizationOf(inputs[0]),
      quantizationOf(inputs[1]),
      quantizationOf(output),
    );
    // Each side stays below 2^27: its multiplier is at most 1/2.
    const requantization = twoRoundings(
      [multipliers.output],
      [2 ** 28],
      outputRange(output, operation.attributes.activation),
    );
    const [a, b] = [new Pointer("a", "int8", false), new Pointer("b", "int8", false)];
    const out = new Pointer("out", "int8", true);
    const block = new Block();
    block.for("i", 0, elements(output.shape), 1, (i, body) => {
      const left = body.let("left", scaled(a.at(i), inputs[0], multipliers.left));
      const right = body.let("right", scaled(b.at(i), inputs[1], multipliers.right));
      body.store(out, i, requantization.apply(left.plus(right), i));
    });
    const notes = [
      requantization.note,
      ...(inPlace ? ["in place: an element is read before it is overwritten."] : []),
    ];
    return { parameters: [a, b, out], constants: requantization.constants, body: block.statements, notes };
  },
};

/** (q - zeroPoint) * 2^20 times a multiplier of at most 1/2. */
function scaled(q: Expr, input: Value, multiplier: QuantizedMultiplier): Expr {
  const value = q.minus(quantizationOf(input).zeroPoint).times(2 ** sumShift);
  const { shift } = multiplier;
  if (shift < 0) return call(m7.requantizeRight, value, multiplier.multiplier, -shift);
  return call(m7.requantize, value, multiplier.multiplier, shift);
}

/** Any function of one int8 is a table of its 256 results, computed by the operator's own reference. */
export function table<K extends OperatorKind>(name: string): Kernel<K> {
  return {
    name,
    fits: ({ inputs, output }) =>
      inputs.length === 1 && inputs[0].dtype === "int8" && output.dtype === "int8",
    inPlace: () => [0],
    lower({ operation, operator, inputs, output }) {
      const every = Int8Array.from({ length: 256 }, (_, i) => i - 128);
      const shape = { shape: [256] };
      const types = [{ ...inputs[0], ...shape }];
      const results = operator.reference(operation, [every], types, { ...output, ...shape });
      const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
      const values = new Pointer("table", "int8", false);
      const block = new Block();
      block.for("i", 0, elements(output.shape), 1, (i, body) =>
        body.store(y, i, values.at(x.at(i).plus(128))),
      );
      return {
        parameters: [x, y],
        constants: [{ name: "table", element: "int8", data: results, align: 1 }],
        body: block.statements,
        notes: ["table: the result of every int8, from -128 on."],
      };
    },
  };
}
