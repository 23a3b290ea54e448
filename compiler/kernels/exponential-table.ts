/** The table that softmax and log softmax look exponentials up in: int8 inputs have at most 256 distances from the maximum. */

import type { Quantization } from "../ir/graph.js";
import { Pointer, type ConstantArray, type Expr } from "../ir/loop.js";
import { exponentials } from "../ops/arithmetic/exponential.js";

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
