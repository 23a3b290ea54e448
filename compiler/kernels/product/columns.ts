/**
 * Windows as columns of biased int8 (im2col). The order of the products is free, so columns are made of what is cheapest
 * to fetch: whole words of a window's rows first; what is left of each row shares words with the other rows.
 */

import type { Block, Expr, Pointer } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import { load4, store4 } from "../../targets/cortex-m7.js";
import { pack16, shiftLeft } from "../../targets/packed.js";
import { BIAS } from "./widen.js";
import type { Order } from "./layer.js";

/** A word of a column: where its bytes come from, as byte of a window's row; -1: anything. */
interface Word {
  /** Where in the window, [row, byte]. */
  readonly parts: readonly (readonly [row: number, byte: number])[];
  /** Bytes of each part. */
  readonly bytes: 1 | 2 | 3 | 4;
}

/** @param rowBytes of a window's row */
function wordsOf(rows: number, rowBytes: number): Word[] {
  const whole = Math.floor(rowBytes / 4);
  const words: Word[] = [];
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < whole; i++) words.push({ parts: [[row, 4 * i]], bytes: 4 });
  const rest = rowBytes % 4;
  if (rest === 0) return words;
  const shared = rest === 1 ? 4 : rest === 2 ? 2 : 1;
  for (let row = 0; row < rows; row += shared) {
    const count = Math.min(shared, rows - row);
    const parts = Array.from({ length: count }, (_, i) => [row + i, 4 * whole] as const);
    words.push({ parts, bytes: rest as 1 | 2 | 3 });
  }
  return words;
}

/** The order of the weights that columns ask for; weights are [row][byte]. */
export function columnOrder(rows: number, rowBytes: number): Order {
  const words = wordsOf(rows, rowBytes);
  const places = words.flatMap(({ parts, bytes }) => {
    const own = parts.flatMap(([row, byte]) =>
      Array.from({ length: bytes }, (_, i) => row * rowBytes + byte + i),
    );
    return [...own, ...Array<number>(4 - own.length).fill(-1)];
  });
  return { rows: 1, values: places.length, weight: (_, value) => places[value] };
}

export interface Windows {
  /** int8 image with the first window at its start; up to 3 bytes behind a window's last row may be read. */
  readonly image: Pointer;
  readonly rows: number;
  readonly rowBytes: number;
  /** Bytes of the image from one row to the next, and from one window to the next. */
  readonly pitch: number;
  readonly step: number;
}

/** Words of a column that are written without a loop over the window's rows. */
const STRAIGHT = 48;

/** Writes the columns of `count` windows, one behind the other. */
export function writeColumns(block: Block, windows: Windows, columns: Pointer, count: Expr | number): void {
  const { image, rows, rowBytes, pitch, step } = windows;
  const words = wordsOf(rows, rowBytes);
  block.scope((outer) => {
    const x = outer.point("x", image.plus(0), true);
    const y = outer.point("y", columns.plus(0), true);
    outer.scheduled((scheduled) =>
      scheduled.for("window", 0, count, 1, (_, body) => {
        const isLong = words.length > STRAIGHT && rowBytes % 4 === 0;
        if (!isLong) writeWords(body, words, x, pitch, y);
        else {
          const row = wordsOf(1, rowBytes);
          body.for("row", 0, rows, 1, (_row, inner) => {
            writeWords(inner, row, x, pitch, y);
            inner.advance(x, pitch);
            inner.advance(y, rowBytes);
          });
        }
        body.advance(x, step - (isLong ? rows * pitch : 0));
        if (!isLong) body.advance(y, 4 * words.length);
      }),
    );
  });
}

/** Words in flight at a time, so that loads have the cycles they take. */
const GROUP = 6;

function writeWords(block: Block, words: readonly Word[], x: Pointer, pitch: number, y: Pointer): void {
  for (let first = 0; first < words.length; first += GROUP) {
    const group = words.slice(first, first + GROUP);
    const values = group.map((word, i) => block.variable(`c${first + i}`, fetch(word, x, pitch)));
    for (const value of values) block.set(value, value.xor(BIAS));
    values.forEach((value, i) => block.do(store4, y.plus(4 * (first + i)), value));
  }
}

function fetch({ parts, bytes }: Word, x: Pointer, pitch: number): Expr {
  const places = parts.map(([row, byte]) => row * pitch + byte);
  if (bytes >= 3 || (bytes === 2 && places.length === 1)) return call(load4, x.plus(places[0]));
  if (bytes === 2) return call(pack16, call(load4, x.plus(places[0])), call(load4, x.plus(places[1])));
  // The bytes above the last one meet weights of zero: they may hold its sign.
  return places
    .slice(0, -1)
    .map((place, i) => shifted(x.at(place).and(255), i))
    .concat(shifted(x.at(places.at(-1)!), places.length - 1))
    .reduce((sum, one) => sum.or(one));
}

const shifted = (byte: Expr, i: number): Expr => (i === 0 ? byte : call(shiftLeft, byte, 8 * i));
