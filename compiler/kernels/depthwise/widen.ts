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

/** Words of a line before and behind those that `widenLines` writes. */
function borderWords(along: Axis): { readonly left: number; readonly right: number } {
  const end = (along.before + pixelsOf(along) + 1) & ~1;
  return { left: along.before >> 1, right: (lineLength(along) - end) >> 1 };
}

/** Fills what is beside the pixels of `count` lines, one behind the other, where they share no word with a pixel. */
export function fillBorders(block: Block, along: Axis, lines: Pointer, count: number, value: number): void {
  const { left, right } = borderWords(along);
  const length = lineLength(along);
  if (left + right === 0) return;
  block.scope((body) => {
    const at = body.point("border_at", lines.plus(0), true);
    const pair = body.let("borders", (value & 0xffff) | (value << 16));
    body.scheduled((hot) =>
      hot.for("line_", 0, count, 1, (_, turn) => {
        for (let word = 0; word < left; word++) turn.do(m7.store2, at.plus(2 * word), pair);
        for (let word = 1; word <= right; word++) turn.do(m7.store2, at.plus(length - 2 * word), pair);
        turn.advance(at, length);
      }),
    );
  });
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
        // The last pair of a turn finds the next turn's first there: one pair at least is left for what comes after the loop.
        const turns = Math.floor((whole - 1) / unroll);
        const next = words.ahead(each);
        each.for("pair", 0, turns, 1, (_, turn) => {
          words.run(turn, unroll, next, true);
          words.advance(turn, 2 * unroll, 2 * unroll);
        });
        const rest = whole - turns * unroll;
        words.run(each, rest, next, false);
        if (last) words.emit(each, 2 * rest, 2 * rest, undefined, border);
        const done = odd + 2 * turns * unroll;
        words.advance(each, 0, 0, step - done * along.inputStep, line - 2 * odd - 2 * turns * unroll);
      }),
    );
  });
}

/** Pairs of pixels a turn: few enough for the code to stay small, and so that few are left over. */
function unrollOf(whole: number, channels: number): number {
  const most = channels === 4 ? 4 : 8;
  if (whole <= most) return most;
  const left = (unroll: number) => (whole - 1) % unroll;
  return [most, most - 1, most - 2].reduce((best, one) => (left(one) < left(best) ? one : best));
}

function borderWord({ channels, zeroPoint }: Widening): number {
  if (channels === 1) return zeroPoint;
  return Math.imul(zeroPoint & 0xff, 0x01010101) | 0;
}

/** The mask of upper bytes, or what is added to both halves. */
function constantOf({ isZeroBased, zeroPoint }: Widening): number {
  return isZeroBased ? Math.imul(-zeroPoint & 0xffff, 0x10001) : 0xff00ff00 | 0;
}

/** Neighbouring pixels that a turn finds loaded. */
type Pair = readonly [Variable, Variable];

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
    const { along } = this.widening;
    const name = this.#names++;
    const load = (index: number) => this.#load(index * along.inputStep);
    const a = left ?? block.let(`a${name}`, load(pixel));
    const b = right ?? block.let(`b${name}`, load(pixel + 1));
    this.#write(block, at, a, b, name, () => {});
  }

  /** The first pair's pixels, to be loaded a turn ahead. */
  ahead(block: Block): Pair {
    const { inputStep } = this.widening.along;
    return [block.variable("a_next", this.#load(0)), block.variable("b_next", this.#load(inputStep))];
  }

  /**
   * `count` pairs, each loaded while the one before it is written.
   * @param next holds the first one's pixels
   * @param goesOn whether it is to hold those of the pair behind the last one
   */
  run(block: Block, count: number, next: Pair, goesOn: boolean): void {
    const { inputStep } = this.widening.along;
    let pair = next;
    for (let i = 0; i < count; i++) {
      const name = this.#names++;
      const [a, b] = pair;
      const places = [2 * i + 2, 2 * i + 3].map((pixel) => this.#load(pixel * inputStep));
      this.#write(block, 2 * i, a, b, name, () => {
        if (i < count - 1) pair = [block.let(`a${name}`, places[0]), block.let(`b${name}`, places[1])];
        else if (goesOn) next.forEach((variable, k) => block.set(variable, places[k]));
      });
    }
  }

  /** @param beside is called when both pixels are free */
  #write(block: Block, at: number, a: Variable, b: Variable, name: number, beside: () => void): void {
    const { channels, channel } = this.widening;
    const store = (index: number, word: Expr) =>
      block.do(m7.store2, this.to.plus(at + index * channel), word);
    if (channels === 1) {
      const word = this.#single(block, `w${name}`, a, b);
      beside();
      return store(0, word);
    }
    // Bytes 0, 1 of both pixels, then bytes 2, 3.
    const low = block.let(`low${name}`, call(m7.pack16, a, b));
    const high = block.let(`high${name}`, call(m7.packTop16, a, b));
    beside();
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
