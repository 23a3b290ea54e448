/** The table that softmax and log softmax look exponentials up in: int8 inputs have at most 256 distances from the maximum. */

import type { Quantization } from "../ir/graph.js";
import { Pointer, type Block, type ConstantArray, type Expr, type Variable } from "../ir/loop.js";
import { exponentials, sumBits } from "../ops/arithmetic/exponential.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";

/** exp of every distance from a row's maximum, Q0.31, without the zeros at its end. */
export interface ExponentialTable {
  readonly constant: ConstantArray;
  /** The exponential of a distance, 0 to 255. */
  at(distance: Expr): Expr;
}

export function exponentialTable(input: Quantization, beta: number): ExponentialTable {
  const powers = exponentials(input, beta);
  // Past the last distance that is not 0 the table need not go on.
  const length = 256 - [...powers].reverse().findIndex((power) => power !== 0);
  const table = new Pointer("exponentials", "int32", false);
  return {
    constant: { name: table.name, element: "int32", data: powers.subarray(0, length), align: 4 },
    at: (distance) =>
      length === 256 ? table.at(distance) : distance.compare("<", length).select(table.at(distance), 0),
  };
}

/** A row's maximum, and the sum of the exponentials of all distances from it: Q12, at least 2^19. */
export function sumRow(
  block: Block,
  from: Pointer,
  size: number,
  table: ExponentialTable,
): { readonly most: Variable; readonly sum: Variable } {
  const most = block.variable("most", -128);
  block.for("i", 0, size, 1, (i, loop) => loop.set(most, call(m7.max, most, from.at(i))));
  const sum = block.variable("sum", 0);
  block.for("i", 0, size, 1, (i, loop) => {
    const distance = loop.let("distance", most.minus(from.at(i)));
    loop.set(sum, sum.plus(call(m7.roundingShiftRight, table.at(distance), sumBits)));
  });
  return { most, sum };
}
