/** Products of matrices as strides, so that transposed operands need no copy. */

import type { Operation } from "../../ir/graph.js";
import type { Typed } from "../operator.js";

/** Sizes of one product, and how far its operands' elements are apart. */
export interface MatmulSizes {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** Along the rows and along the depth of the first operand. */
  readonly a: { readonly row: number; readonly depth: number };
  /** Along the depth and along the columns of the second one. */
  readonly b: { readonly depth: number; readonly column: number };
}

export function matmulSizes(
  { attributes }: Operation<"matmul">,
  [left]: readonly Typed[],
  output: Typed,
): MatmulSizes {
  const { transposeA, transposeB } = attributes;
  const [rows, columns] = output.shape.slice(-2);
  const depth = left.shape.at(transposeA ? -2 : -1)!;
  return {
    rows,
    depth,
    columns,
    a: transposeA ? { row: 1, depth: rows } : { row: depth, depth: 1 },
    b: transposeB ? { depth: 1, column: depth } : { depth: columns, column: 1 },
  };
}
