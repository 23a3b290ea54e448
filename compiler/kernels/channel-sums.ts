/**
 * Sums over positions of neighbouring channels, NHWC: eight or four at a time, as halves of words (SXTAB16).
 * Sums are int16: at most 256 positions.
 */

import {
  Constant,
  int,
  type Address,
  type Block,
  type Expr,
  type Pointer,
  type Variable,
} from "../ir/loop.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";

/** |sum| <= 128 * 256 = 2^15, and 2^15 itself is negative. */
export const MOST_POSITIONS = 256;

/**
 * The result of the sum in the bottom or top half of a word.
 * @param name for a local
 * @param before what is in the result's place
 */
export type Scaling = (word: Expr, half: "bottom" | "top", hot: Block, name: string, before: Expr) => Expr;

/**
 * Loops over the positions in scheduled code: moves the pointer and calls `add` at distances from it.
 * @param at a mutable local that points at the first position
 */
export type Walk = (hot: Block, at: Pointer, add: (block: Block, distance: number) => void) => void;

/** @param from the first position's channel 0. @param to where the results go */
export function sumChannels(
  block: Block,
  channels: number,
  from: Pointer,
  to: Pointer,
  walk: Walk,
  scaling: Scaling,
): void {
  const eights = channels - (channels % 8);
  block.for("channel", 0, eights, 8, (channel, body) => {
    sumGroup(body, from.plus(channel), to.plus(channel), 8, "", walk, scaling);
  });
  for (let done = eights; done < channels;) {
    const size = channels - done >= 4 ? 4 : 1;
    sumGroup(block, from.plus(done), to.plus(done), size, `_${done}`, walk, scaling);
    done += size;
  }
}

function sumGroup(
  block: Block,
  from: Address,
  to: Address,
  size: 8 | 4 | 1,
  part: string,
  walk: Walk,
  scaling: Scaling,
): void {
  const at = block.point(`at${part}`, from, true);
  const result = block.point(`result${part}`, to);
  block.scheduled((hot) => {
    const lanes = size === 1 ? byteLane(hot, at) : wordLanes(hot, at, size / 4);
    walk(hot, at, lanes.add);
    lanes.sums.forEach(([word, half], i) =>
      hot.store(result, i, scaling(word, half, hot, `scaled${i}`, result.at(i))),
    );
  });
}

interface Lanes {
  readonly add: (block: Block, distance: number) => void;
  /** Channel by channel. */
  readonly sums: readonly (readonly [word: Variable, half: "bottom" | "top"])[];
}

function wordLanes(hot: Block, at: Pointer, words: number): Lanes {
  const sums = Array.from({ length: words }, (_, i) => ({
    even: hot.variable(`even${i}`, 0),
    odd: hot.variable(`odd${i}`, 0),
  }));
  return {
    add(block, distance) {
      const loaded = sums.map((_, i) =>
        block.let(`word${i}_${distance}`, call(m7.load4, at.plus(distance + 4 * i))),
      );
      sums.forEach(({ even, odd }, i) => {
        block.set(even, call(m7.sxtab16, even, loaded[i]));
        block.set(odd, call(m7.sxtab16Ror8, odd, loaded[i]));
      });
    },
    sums: sums.flatMap(
      ({ even, odd }) =>
        [
          [even, "bottom"],
          [odd, "bottom"],
          [even, "top"],
          [odd, "top"],
        ] as const,
    ),
  };
}

function byteLane(hot: Block, at: Pointer): Lanes {
  const sum = hot.variable("sum", 0);
  return {
    add: (block, distance) => block.set(sum, sum.plus(at.at(distance))),
    sums: [[sum, "bottom"]],
  };
}

/** The farthest that a load reaches beyond its pointer, less the rest of a group. */
const REACH = 4000;

/** So many positions one after the other, `step` bytes apart: several a turn. */
export function evenWalk(count: number, step: number): Walk {
  const turn = Math.max(1, Math.min(4, Math.floor(REACH / step)));
  return (hot, at, add) => {
    const some = (block: Block, size: number) => {
      for (let i = 0; i < size; i++) add(block, i * step);
    };
    hot.for("position", 0, Math.floor(count / turn), 1, (_, body) => {
      some(body, turn);
      body.advance(at, turn * step);
    });
    // In a scope of its own: a loop of one turn has the same names.
    hot.for("rest", 0, count % turn > 0 ? 1 : 0, 1, (_, body) => some(body, count % turn));
  };
}

export interface Rows {
  readonly rows: Expr;
  readonly columns: Expr;
  /** Bytes from a position to the next one in its row, and from row to row. */
  readonly step: number;
  readonly row: number;
}

/** Rows of positions; at least one of each. @param block for what the loop needs */
export function windowWalk(block: Block, { rows, columns, step, row }: Rows): Walk {
  if (columns instanceof Constant && columns.value * step <= REACH) {
    return (hot, at, add) =>
      hot.for("row", 0, rows, 1, (_, body) => {
        for (let i = 0; i < columns.value; i++) add(body, i * step);
        body.advance(at, row);
      });
  }
  const toNextRow = block.let("to_next_row", int(row).minus(columns.times(step)));
  return (hot, at, add) =>
    hot.for("row", 0, rows, 1, (_, outer) => {
      outer.for("column", 0, columns, 1, (_, body) => {
        add(body, 0);
        body.advance(at, step);
      });
      outer.advance(at, toNextRow);
    });
}
