/** From NHWC int8 to int16 lines: four channels at a time by words, or one by bytes. Two pixels make a word of each line. */

import { Block, Pointer, type Expr, type Variable } from "../../ir/loop.js";
import { call } from "../../targets/call.js";
import * as m7 from "../../targets/cortex-m7.js";
import { PACKED_SCALE } from "./filters.js";
import { lineLength, type Axis } from "./axes.js";

export interface Widening {
  readonly along: Axis;
  /** 4 or 1. */
  readonly channels: number;
  /** int16 from a channel's line to the next channel's. */
  readonly channel: number;
  /** 1, or 256: values in the upper bytes of their halves. */
  readonly scale: number;
  readonly zeroPoint: number;
  /** Lines hold values less the zero point; the scale is 1. */
  readonly isZeroBased: boolean;
}

/** Pixels of the input that lie in a line. */
function pixelsOf(along: Axis): number {
  return Math.min(along.input, lineLength(along) - along.before);
}

/**
 * `count` lines, from a pixel of the first to the word that its window's borders begin with. Borders that share a word with a pixel are written.
 * @param step elements from a line's pixels to the next line's
 * @param line int16 from a line to the next
 */
export function widenLines(
  block: Block,
  widening: Widening,
  input: Pointer,
  lines: Pointer,
  count: number | Expr,
  step: number,
  line: number,
): void {
  const { along } = widening;
  const odd = along.before % 2;
  const pixels = pixelsOf(along);
  const whole = (pixels - odd) >> 1;
  const last = (pixels - odd) % 2;
  const unroll = unrollOf(whole, widening.channels);
  block.scope((outer) => {
    const from = outer.point("from", input.plus(0), true);
    const to = outer.point("line", lines.plus(along.before - odd), true);
    const border = outer.let("border", borderWord(widening));
    const constant = outer.let("constant", constantOf(widening));
    outer.scheduled((body) =>
      body.for("line_", 0, count, 1, (_, each) => {
        const words = new Words(widening, from, to, constant);
        const all = odd + whole + last;
        if (whole <= unroll) {
          for (let word = 0; word < all; word++) {
            const left = word === 0 && odd === 1;
            const right = word === all - 1 && last === 1;
            words.emit(each, 2 * word - odd, 2 * word, left ? border : undefined, right ? border : undefined);
          }
          words.advance(each, 0, 0, step, line);
          return;
        }
        if (odd) words.emit(each, -1, 0, border, undefined);
        words.advance(each, odd, 2 * odd);
        const turns = Math.floor(whole / unroll);
        each.for("pair", 0, turns, 1, (_, turn) => {
          for (let i = 0; i < unroll; i++) words.emit(turn, 2 * i, 2 * i, undefined, undefined);
          words.advance(turn, 2 * unroll, 2 * unroll);
        });
        const rest = whole - turns * unroll;
        for (let i = 0; i < rest; i++) words.emit(each, 2 * i, 2 * i, undefined, undefined);
        if (last) words.emit(each, 2 * rest, 2 * rest, undefined, border);
        const done = odd + 2 * turns * unroll;
        words.advance(each, 0, 0, step - done * along.inputStep, line - 2 * odd - 2 * turns * unroll);
      }),
    );
  });
}

/** Pairs of pixels a turn: few enough for the code to stay small, and so that nothing is left over where possible. */
function unrollOf(whole: number, channels: number): number {
  const most = channels === 4 ? 4 : 8;
  if (whole <= most) return most;
  const even = [most, most - 1, most - 2].find((one) => whole % one === 0);
  return even ?? most;
}

function borderWord({ channels, zeroPoint }: Widening): number {
  if (channels === 1) return zeroPoint;
  return Math.imul(zeroPoint & 0xff, 0x01010101) | 0;
}

/** The mask of upper bytes, or what is added to both halves. */
function constantOf({ isZeroBased, zeroPoint }: Widening): number {
  return isZeroBased ? Math.imul(-zeroPoint & 0xffff, 0x10001) : 0xff00ff00 | 0;
}

class Words {
  #names = 0;

  constructor(
    private readonly widening: Widening,
    private readonly from: Pointer,
    private readonly to: Pointer,
    private readonly constant: Variable,
  ) {}

  /** The words of the pixel and its right neighbour, `at` int16 from `to`. A border stands for a pixel outside. */
  emit(
    block: Block,
    pixel: number,
    at: number,
    left: Variable | undefined,
    right: Variable | undefined,
  ): void {
    const { channels, channel, along } = this.widening;
    const name = this.#names++;
    const load = (index: number) => this.#load(index * along.inputStep);
    const a = left ?? block.let(`a${name}`, load(pixel));
    const b = right ?? block.let(`b${name}`, load(pixel + 1));
    const store = (index: number, word: Expr) =>
      block.do(m7.store2, this.to.plus(at + index * channel), word);
    if (channels === 1) return store(0, this.#single(block, `w${name}`, a, b));
    // Bytes 0, 1 of both pixels, then bytes 2, 3.
    const low = block.let(`low${name}`, call(m7.pack16, a, b));
    const high = block.let(`high${name}`, call(m7.packTop16, a, b));
    [low, high].forEach((two, i) => {
      store(2 * i, block.let(`even${name}_${i}`, this.#even(two)));
      store(2 * i + 1, block.let(`odd${name}_${i}`, this.#odd(two)));
    });
  }

  #load(offset: number): Expr {
    return this.widening.channels === 4 ? call(m7.load4, this.from.plus(offset)) : this.from.at(offset);
  }

  #single(block: Block, name: string, a: Expr, b: Expr): Expr {
    const pair = block.let(name, call(m7.pack16, a, b));
    if (this.widening.isZeroBased) return block.let(`${name}_`, call(m7.sxtab16, this.constant, pair));
    if (this.widening.scale === 1) return pair;
    return block.let(`${name}_`, this.constant.and(call(m7.shiftLeft, pair, 8)));
  }

  #even(two: Expr): Expr {
    if (this.widening.isZeroBased) return call(m7.sxtab16, this.constant, two);
    if (this.widening.scale === PACKED_SCALE) return this.constant.and(call(m7.shiftLeft, two, 8));
    return call(m7.sxtb16, two);
  }

  #odd(two: Expr): Expr {
    if (this.widening.isZeroBased) return call(m7.sxtab16Ror8, this.constant, two);
    return this.widening.scale === PACKED_SCALE ? two.and(this.constant) : call(m7.sxtb16Ror8, two);
  }

  advance(block: Block, pixels: number, words: number, elements = 0, more = 0): void {
    const { from, to } = this;
    const by = pixels * this.widening.along.inputStep + elements;
    if (by !== 0) block.advance(from, by);
    if (words + more !== 0) block.advance(to, words + more);
  }
}
