/** Activations for products: int8 as int16 pairs, or biased. */

import { int, lift, type Block, type Expr, type Pointer, type Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import { load4, store2, store4 } from "../../targets/cortex-m7.js";
import { sxtb16 } from "../../targets/packed.js";

/** Rows of int8 and where they go. */
export interface Rows {
  readonly rows: Expr | number;
  /** Of a row. Other than a multiple of 4: at least 4; what fills the last word up meets weights of zero. */
  readonly values: number;
  /** Elements from a row to the next, of the source and of the result. */
  readonly from: number;
  readonly to: number;
}

/**
 * int8 as int16 pairs: of every four values [x0, x2], then [256 x1 + 127 - x0, 256 x3 + 127 - x2], which are int16 for all
 * int8. Reads no byte outside of the rows.
 */
export function widenRows(block: Block, from: Pointer, to: Pointer, rows: Rows): void {
  forWords(block, from, to, rows, 4, (body, words, y) =>
    words.forEach((word, i) => widenWord(body, word, y, i)),
  );
}

/** A single row of `values`, a multiple of 4. */
export function widenRun(block: Block, from: Pointer, to: Pointer, values: number): void {
  widenRows(block, from, to, { rows: 1, values, from: values, to: values });
}

/** Even values + 128, as bytes: the sign bit of bytes 0 and 2 turns. Rows are filled up to whole words. */
export function biasRows(block: Block, from: Pointer, to: Pointer, rows: Rows): void {
  forWords(block, from, to, rows, 4, (body, words, y) => {
    for (const word of words) body.set(word, word.xor(BIAS));
    words.forEach((word, i) => body.do(store4, y.plus(4 * i), word));
  });
}

export const BIAS = 0x00800080;

/**
 * Of the even bytes: as bytes from 0 to 255 they are then 127 - x, so that a half of the word, read as an int16, is
 * 256 * odd + 127 - even.
 */
export const COMPLEMENT = 0x007f007f;

/** The two pairs of one word to `to`, at its i-th place. */
export function widenWord(block: Block, word: Variable, to: Pointer, i: number): void {
  block.do(store2, to.plus(4 * i), block.let(`${word.name}even`, call(sxtb16, word)));
  block.set(word, word.xor(COMPLEMENT));
  block.do(store2, to.plus(4 * i + 2), word);
}

/** Words that a turn takes: more of them hide the latencies of each other. */
const MOST_WORDS = 5;

/** @param stride elements of `to` a word */
function forWords(
  block: Block,
  from: Pointer,
  to: Pointer,
  { rows, values, from: fromPitch, to: toPitch }: Rows,
  stride: number,
  write: (block: Block, words: readonly Variable[], to: Pointer) => void,
): void {
  const words = Math.ceil(values / 4);
  const isDense = fromPitch === values && values % 4 === 0 && toPitch === stride * words;
  const some = (body: Block, x: Pointer, y: Pointer, name: string, count: number, rest = 0): void => {
    const loaded = Array.from({ length: count }, (_, i) => {
      if (rest === 0 || i < count - 1) return body.variable(`${name}${i}`, call(load4, x.plus(4 * i)));
      // The row's last four bytes, those that belong to it at the bottom.
      const last = body.variable(`${name}${i}`, call(load4, x.plus(4 * i - 4 + rest)));
      body.set(last, last.shiftRight(8 * (4 - rest)));
      return last;
    });
    write(body, loaded, y);
  };
  block.scope((outer) => {
    const x = outer.point("x", from.plus(0), true);
    const y = outer.point("y", to.plus(0), true);
    const turn = divisor(words);
    if (isDense && turn > 1) {
      const turns = lift(rows).times(words / turn);
      outer.scheduled((scheduled) =>
        loop(scheduled, turns, (body) => {
          some(body, x, y, "v", turn);
          move(body, x, 4 * turn, y, stride * turn);
        }),
      );
      return;
    }
    const rest = words <= MOST_WORDS ? words : ((words - 1) % 4) + 1;
    const before = words - rest;
    outer.scheduled((scheduled) =>
      loop(scheduled, lift(rows), (row) => {
        row.for("word", 0, before / 4, 1, (_, body) => {
          some(body, x, y, "v", 4);
          move(body, x, 16, y, 4 * stride);
        });
        some(row, x, y, "u", rest, values % 4);
        move(row, x, fromPitch - 4 * before, y, toPitch - stride * before);
      }),
    );
  });
}

/** The number of words a turn that divides them all, 1 if none does. */
function divisor(words: number): number {
  for (let size = MOST_WORDS; size > 1; size--) if (words % size === 0) return size;
  return 1;
}

function loop(block: Block, turns: Expr, write: (body: Block) => void): void {
  block.for("turn", int(0), turns, 1, (_, body) => write(body));
}

function move(block: Block, x: Pointer, from: number, y: Pointer, to: number): void {
  block.advance(x, from);
  block.advance(y, to);
}
