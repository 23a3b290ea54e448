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
  /** int16 from a channel's lines to the next channel's. */
  readonly stride: number;
  /** int16 to move down to the start of each channel's lines: `count` from `from` on; all even. */
  readonly from: number;
  readonly count: number;
}

/** Moves part of each channel's lines to their start. */
export function moveLines(block: Block, lines: Pointer, { channels, stride, from, count }: Move): void {
  const words = count / 2;
  const unroll = [8, 7, 6, 5, 4, 3, 2, 1].find((one) => words % one === 0)!;
  block.scope((body) => {
    const line = body.point("move", lines.plus(0), true);
    body.for("channel", 0, channels, 1, (_, each) => {
      each.scheduled((hot) => {
        const at = hot.point("at", line.plus(0), true);
        hot.for("word", 0, words, unroll, (_, turn) => {
          for (let i = 0; i < unroll; i++) {
            turn.do(m7.store2, at.plus(2 * i), call(m7.load2, at.plus(from + 2 * i)));
          }
          turn.advance(at, 2 * unroll);
        });
      });
      each.advance(line, stride);
    });
  });
}
