/** Hot blocks as kernels write them, in the order that fills the pipeline by hand. */

import { Call, int, type Block, type Pointer, type Variable } from "../../../compiler/ir/loop.js";
import {
  load4,
  mla,
  smlabt,
  smlad,
  smlatb,
  smmla,
  smmlar,
  ssat8,
  store4,
  sxtb16Ror8,
  shiftLeft,
} from "../../../compiler/targets/cortex-m7.js";
import { x, y } from "./program.js";

const call = (...[instruction, ...args]: [Call["instruction"], ...Call["args"]]) =>
  new Call(instruction, args);

/**
 * The half-unpacked dot products of 2 rows of raw int8 with 3 columns of pairs of int16: `steps` times 4 of k a turn,
 * software-pipelined. Raw rows at x and x + 128, columns at x + 256.
 */
export function halfUnpacked(block: Block, steps: number, turns: number): void {
  const raw = block.point("raw", x.plus(0), true);
  const columns = block.point("columns", x.plus(256), true);
  block.scheduled((body) => {
    const acc = Array.from({ length: 6 }, (_, i) => body.variable(`acc${i}`, 0));
    const v = [0, 1].map((row) => body.variable(`v${row}`, call(load4, raw.plus(128 * row))));
    const [a, b] = [0, 1].map((i) => body.variable("ab"[i], call(load4, columns.plus(4 * i))));
    const c = body.variable("c", 0);
    body.for("k", 0, turns, 1, (_, turn) => {
      for (let step = 0; step < steps; step++) dotStep(turn, { raw, columns, acc, v, a, b, c }, step, steps);
    });
    const out = body.point("out", y.plus(0));
    acc.forEach((one, i) => body.do(store4, out.plus(4 * i), one));
  });
}

interface Names {
  readonly raw: Pointer;
  readonly columns: Pointer;
  readonly acc: readonly Variable[];
  readonly v: readonly Variable[];
  readonly a: Variable;
  readonly b: Variable;
  readonly c: Variable;
}

function dotStep(turn: Block, { raw, columns, acc, v, a, b, c }: Names, step: number, steps: number): void {
  const mac = (row: number, column: number, t: Variable) =>
    turn.set(acc[column * 2 + row], call(smlad, v[row], t, acc[column * 2 + row]));
  const isLast = step === steps - 1;
  const base = 24 * step;
  const load = (to: Variable, word: number, moved: number) =>
    turn.set(to, call(load4, columns.plus(base + 4 * word - moved)));
  mac(0, 0, a);
  load(c, 2, 0);
  mac(1, 0, a);
  load(a, 3, 0);
  mac(0, 1, b);
  if (isLast) turn.advance(raw, 4 * steps);
  mac(1, 1, b);
  load(b, 4, 0);
  mac(0, 2, c);
  if (isLast) turn.advance(columns, 24 * steps);
  const moved = isLast ? 24 * steps : 0;
  turn.set(v[0], call(sxtb16Ror8, v[0]));
  mac(1, 2, c);
  turn.set(v[1], call(sxtb16Ror8, v[1]));
  mac(0, 0, a);
  mac(1, 0, a);
  load(c, 5, moved);
  mac(0, 1, b);
  load(a, 6, moved);
  mac(1, 1, b);
  load(b, 7, moved);
  const next = isLast ? 0 : 4 * (step + 1);
  mac(0, 2, c);
  turn.set(v[0], call(load4, raw.plus(next)));
  mac(1, 2, c);
  turn.set(v[1], call(load4, raw.plus(128 + next)));
}

/** Six results of three channels: multiplier, addend, power of two and bias of each from x; layer-wide shift. */
export function requantized(block: Block): void {
  block.scheduled((body) => {
    const acc = Array.from({ length: 6 }, (_, i) => body.let(`acc${i}`, call(load4, x.plus(4 * i))));
    for (let channel = 0; channel < 3; channel++) {
      const constants = [0, 1, 2, 3].map((i) =>
        body.let(`q${channel}${i}`, call(load4, x.plus(64 + 16 * channel + 4 * i))),
      );
      const [bias, multiplier, addend, power] = constants;
      for (let row = 0; row < 2; row++) {
        const sum = call(mla, acc[2 * channel + row], power, bias);
        const scaled = call(smmla, sum, multiplier, addend);
        body.store(y, 3 * row + channel, call(ssat8, scaled.shiftRight(9)));
      }
    }
  });
}

/** Four outputs of a 3x3 window over lines of int16, with their requantisation. */
export function depthwise(block: Block): void {
  block.scheduled((body) => {
    const acc = Array.from({ length: 4 }, (_, i) => body.variable(`acc${i}`, call(load4, x.plus(256))));
    for (let row = 0; row < 3; row++) {
      const words = [0, 1, 2].map((i) => body.let(`r${row}${i}`, call(load4, x.plus(40 * row + 4 * i))));
      const [first, second] = [0, 1].map((i) =>
        body.let(`w${row}${i}`, call(load4, x.plus(264 + 8 * row + 4 * i))),
      );
      for (const pair of [0, 1]) {
        const [even, odd] = [acc[2 * pair], acc[2 * pair + 1]];
        body.set(even, call(smlad, words[pair], first, even));
        body.set(odd, call(smlatb, words[pair], first, odd));
        body.set(even, call(smlabt, words[pair + 1], second, even));
        body.set(odd, call(smlad, words[pair + 1], second, odd));
      }
    }
    const multiplier = body.let("multiplier", call(load4, x.plus(296)));
    const addend = body.let("addend", call(load4, x.plus(300)));
    acc.forEach((one, i) =>
      body.store(y, 8 * i, call(ssat8, call(smmla, one, multiplier, addend).shiftRight(11))),
    );
  });
}

/** Sums of two tables' entries, requantised: four a turn. */
export function added(block: Block, turns: number): void {
  const table = block.point("table", x.plus(512));
  block.scheduled((body) => {
    const from = body.point("from", x.plus(0), true);
    const to = body.point("to", y.plus(0), true);
    body.for("i", 0, turns, 1, (_, turn) => {
      for (let i = 0; i < 4; i++) {
        const first = turn.let(`a${i}`, table.at(from.at(i).plus(128)));
        const second = turn.let(`b${i}`, table.at(from.at(64 + i).plus(128)));
        const sum = turn.let(`s${i}`, call(shiftLeft, first.plus(second), int(2)));
        const scaled = call(smmlar, sum, first, second);
        turn.store(to, i, call(ssat8, scaled.plus(sum.shiftRight(31)).shiftRight(3)));
      }
      turn.advance(from, 4);
      turn.advance(to, 4);
    });
  });
}
