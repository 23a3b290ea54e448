/** The time of a segment: a loop over all its ticks, or one call for each row that the caller feeds. */

import { int, type Block, type Expr, type Pointer } from "../../ir/loop.js";
import { elementBytes } from "../../ir/loop.js";
import * as m7 from "../../targets/cortex-m7.js";
import { addressOf, type RowPlace } from "./places.js";
import { lastTick, type Timing } from "./schedule.js";

interface Parts {
  /** Before the first tick and after the last. */
  begin(block: Block): void;
  finish(block: Block): void;
  tick(block: Block, tick: Expr): void;
}

/**
 * @param next where the number of the row is kept that comes next; undefined: all rows are there
 * @param height rows that arrive
 * @param end ticks
 */
export function forTicks(
  block: Block,
  next: Pointer | undefined,
  height: number,
  end: number,
  { begin, tick, finish }: Parts,
): void {
  if (!next) {
    begin(block);
    block.for("tick", 0, end, 1, (at, body) => tick(body, at));
    return finish(block);
  }
  const now = block.let("now", next.at(0));
  block.if(now.compare("==", 0), begin);
  const isLast = block.let("is_last", now.compare("==", height - 1));
  // What waits for rows below the image is done with the last row.
  const until = block.let("until", isLast.compare("!=", 0).select(int(Math.max(end, height)), now.plus(1)));
  block.for("tick", now, until, 1, (at, body) => tick(body, at));
  block.if(isLast.compare("!=", 0), finish);
  block.store(next, 0, isLast.compare("!=", 0).select(int(0), now.plus(1)));
}

/** The caller's row takes its place among those that wait. */
export function copyRow(block: Block, to: RowPlace, from: Pointer, row: Expr): void {
  const { tensor } = to;
  const target = block.point("kept", addressOf(to, row));
  if (elementBytes[tensor.dtype] === 1) return block.do(m7.copy, target.plus(0), from.plus(0), tensor.row);
  block.for("i", 0, tensor.row, 1, (i, body) => body.store(target, i, from.at(i)));
}

/** The first row of a timing's event at a tick. */
export function rowAt({ first, every, rows }: Timing, tick: Expr): Expr {
  const passed = tick.minus(first);
  if (every % rows === 0) return divided(passed, every / rows);
  return divided(passed, every).times(rows);
}

/** Exact quotients of values that are not negative. */
function divided(value: Expr, by: number): Expr {
  return (by & (by - 1)) === 0 ? value.shiftRight(Math.log2(by)) : value.dividedBy(by);
}

/** Whether a timing's rows are made at a tick; undefined: at every one of `end` ticks. */
export function happens(timing: Timing, tick: Expr, end: number): Expr | undefined {
  const { first, every } = timing;
  const passed = tick.minus(first);
  const rest =
    (every & (every - 1)) === 0 ? passed.and(every - 1) : passed.minus(passed.dividedBy(every).times(every));
  const conditions = [
    ...(first > 0 ? [tick.compare(">=", first)] : []),
    ...(lastTick(timing) < end - 1 ? [tick.compare("<=", lastTick(timing))] : []),
    ...(every > 1 && timing.count > 1 ? [rest.compare("==", 0)] : []),
  ];
  return conditions.length === 0 ? undefined : conditions.reduce((all, one) => all.also(one));
}
