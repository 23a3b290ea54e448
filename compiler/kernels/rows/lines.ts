/** Memory of int16 lines: filling and moving, two at a time. */

import type { Block, Pointer } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";

/** @param count int16; even. The pointer is word-aligned. */
export function fillLines(block: Block, lines: Pointer, count: number, value: number): void {
  const words = count / 2;
  const unroll = words % 4 === 0 ? 4 : words % 2 === 0 ? 2 : 1;
  block.scope((body) => {
    const to = body.point("fill", lines.plus(0), true);
    const pair = body.let("pair", (value & 0xffff) | (value << 16));
    body.scheduled((hot) =>
      hot.for("word", 0, words, unroll, (_, turn) => {
        for (let i = 0; i < unroll; i++) turn.do(m7.store2, to.plus(2 * i), pair);
        turn.advance(to, 2 * unroll);
      }),
    );
  });
}

interface Move {
  readonly channels: number;
  /** Elements from a channel's lines to the next channel's. */
  readonly stride: number;
  /** Elements to move down to the start of each channel's lines: `count` from `from` on; whole words. */
  readonly from: number;
  readonly count: number;
}

/** Turns of the loop that moves so many words: as few as divide them, of 8 words at most. */
export const moveTurns = (words: number): number =>
  words / [8, 7, 6, 5, 4, 3, 2, 1].find((one) => words % one === 0)!;

/** Moves part of each channel's lines (int16, or int8) to their start. */
export function moveLines(block: Block, lines: Pointer, { channels, stride, from, count }: Move): void {
  const isWide = lines.element === "int16";
  const [word, load, store] = isWide ? [2, m7.load2, m7.store2] : [4, m7.load4, m7.store4];
  const words = count / word;
  const unroll = words / moveTurns(words);
  block.scope((body) => {
    const line = body.point("move", lines.plus(0), true);
    body.for("channel", 0, channels, 1, (_, each) => {
      each.scheduled((hot) => {
        const at = hot.point("at", line.plus(0), true);
        hot.for("word", 0, words, unroll, (_, turn) => {
          for (let i = 0; i < unroll; i++) {
            turn.do(store, at.plus(word * i), call(load, at.plus(from + word * i)));
          }
          turn.advance(at, word * unroll);
        });
      });
      each.advance(line, stride);
    });
  });
}
