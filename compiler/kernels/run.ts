/** Neighbouring values in scheduled code: a loop over several at a time, then what is left. */

import type { Block, Pointer } from "../ir/loop.js";

/** Writes the first `size` values from the pointers on. `part`: ends the names of locals. */
export type Group = (block: Block, size: number, part: string) => void;

/**
 * @param pointers mutable locals, moved on by the loop
 * @param turn values of one turn
 */
export function overRun(
  block: Block,
  pointers: readonly Pointer[],
  count: number,
  turn: number,
  group: Group,
): void {
  block.scheduled((hot) => {
    hot.for("turn", 0, Math.floor(count / turn), 1, (_, body) => {
      group(body, turn, "");
      for (const pointer of pointers) body.advance(pointer, turn);
    });
    if (count % turn > 0) group(hot, count % turn, "_rest");
  });
}

/** Every stage of every value, the stages of neighbours in turn: while one is stored, the next is computed and the one after it loaded. */
export function inStages(size: number, stages: readonly ((i: number) => void)[]): void {
  for (let step = 0; step < size + stages.length - 1; step++) {
    stages.forEach((stage, depth) => {
      const i = step - depth;
      if (i >= 0 && i < size) stage(i);
    });
  }
}
