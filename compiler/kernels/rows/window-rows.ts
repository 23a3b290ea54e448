/** What kernels have in common that read the rows under a window, and write several rows. */

import { int, type Block, type Expr, type Pointer } from "../../ir/loop.js";
import type { RowInputs, RowTarget, WindowRows } from "./row-kernel.js";

/** The rows under the window: those at hand where it is one row high. @param row elements from a row of input to the next */
export function windowOf({ window, source }: RowInputs, row: number): WindowRows {
  return (
    window ?? {
      each: (block, from, to, inside) =>
        block.for("line", from, to, 1, (line, body) =>
          inside(body, line, body.point("pixels", source.plus(line.times(row)))),
        ),
    }
  );
}

/** Results of rows that lie one after the other are a single run of pixels; others, a run each. @param width results of a row */
export function forRuns(
  block: Block,
  rows: number,
  width: number,
  target: RowTarget,
  write: (block: Block, row: Expr, pixels: number, target: RowTarget) => void,
): void {
  if (rows === 1 || target.row === width * target.pixel) return write(block, int(0), rows * width, target);
  block.for("r", 0, rows, 1, (row, body) =>
    write(body, row, width, { ...target, pointer: rowOf(body, target, row) }),
  );
}

function rowOf(block: Block, { pointer, row }: RowTarget, index: Expr): Pointer {
  return block.point("results", pointer.plus(index.times(row)));
}
