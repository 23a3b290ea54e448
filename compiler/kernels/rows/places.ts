/** Where rows of a tensor are: in the tensor itself, at hand, or in a ring. */

import { Constant, int, type Address, type Block, type Expr, type Pointer } from "../../ir/loop.js";
import type { Rows } from "./facts.js";
import type { RowWindow, WindowRows } from "./row-kernel.js";

export interface RowPlace {
  readonly tensor: Rows;
  /** Its first row; "hand": the first of the rows at hand. */
  readonly pointer: Pointer;
  /** Rows of a ring, the oldest overwritten: row y is in place y mod `ring`. */
  readonly ring: number | "whole" | "hand";
  /** Of rows that take the place of another tensor's: row y is in place (y + shift) mod `ring`. */
  readonly shift?: number;
  /** Elements from a row's begin to what is read of it. */
  readonly offset?: number;
}

/** @param row a multiple of the rows that follow it, so that these pass no end */
export function addressOf({ tensor, pointer, ring, shift, offset = 0 }: RowPlace, row: Expr): Address {
  if (ring === "hand") return pointer.plus(offset);
  if (shift !== undefined)
    return pointer.plus(
      remainder(row.plus(shift), ring as number)
        .times(tensor.row)
        .plus(offset),
    );
  const slot = ring === "whole" || tensor.height <= ring ? row : remainder(row, ring);
  return pointer.plus(slot.times(tensor.row).plus(offset));
}

/** row mod size; row >= 0. */
export function remainder(row: Expr, size: number): Expr {
  if (size === 1) return int(0);
  if (row instanceof Constant) return int(row.value % size);
  if ((size & (size - 1)) === 0) return row.and(size - 1);
  return row.minus(row.dividedBy(size).times(size));
}

/**
 * The rows under a stage's window.
 * @param first row of its results
 * @param last the highest first row
 * @param count of results
 */
export function windowRows(
  block: Block,
  place: RowPlace,
  { size, stride, before }: RowWindow,
  first: Expr,
  last: number,
  count: number,
): WindowRows {
  const { tensor, pointer, ring, offset = 0 } = place;
  const top = block.let("window_top", first.times(stride).minus(before));
  const isRing = typeof ring === "number" && ring < tensor.height;
  // Any multiple of the ring makes the row's number positive.
  const start =
    isRing && block.let("window_slot", remainder(top.plus(Math.ceil(before / ring) * ring), ring));
  const highest = last * stride - before;
  const lines = (count - 1) * stride + size;
  const pixelsOf = (body: Block, line: Expr): Pointer => {
    if (!start) return body.point("line_pixels", pointer.plus(top.plus(line).times(tensor.row).plus(offset)));
    const slot = body.let("line_slot", start.plus(line));
    // Rings are smaller than the window where most of it lies outside of the image.
    const wrapped =
      (ring as number) < lines
        ? remainder(slot, ring as number)
        : slot.compare("<", ring).select(slot, slot.minus(ring as number));
    return body.point("line_pixels", pointer.plus(wrapped.times(tensor.row).plus(offset)));
  };
  return {
    each(outer, from, to, inside, outside) {
      outer.for("line", from, to, 1, (line, body) => {
        const isKnown = line instanceof Constant;
        const least = isKnown ? line.value : from;
        const most = isKnown ? line.value : Math.min(to, lines) - 1;
        const row = top.plus(line);
        const conditions = [
          ...(least < before ? [row.compare(">=", 0)] : []),
          ...(highest + most >= tensor.height ? [row.compare("<", tensor.height)] : []),
        ];
        const exists = (then: Block) => inside(then, line, pixelsOf(then, line));
        if (conditions.length === 0) return exists(body);
        const condition = conditions.reduce((all, one) => all.also(one));
        body.if(condition, exists, outside && ((otherwise) => outside(otherwise, line)));
      });
    },
  };
}
