/**
 * Sums and differences of tensors of one shape, four values a word. What TFLite computes with three roundings is a linear
 * function of both values, rounded once with coefficients that give all of its 65536 results: ops/arithmetic/plane.ts.
 */

import type { Block, Expr, Pointer, Variable } from "../ir/loop.js";
import { clamp } from "../ops/arithmetic/fixed-point.js";
import { planeThrough, type Plane } from "../ops/arithmetic/plane.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { sumOf } from "../ops/arithmetic/sum.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Instruction } from "../targets/instruction.js";
import { binaryRun, saturates, type BinaryRun, type Encodings, type Sum } from "./binary-run.js";
import type { Layer } from "./kernel.js";

export const linearSum = binaryRun<"add">("add linear", (layer) => linear(layer, 1), true);
export const linearDifference = binaryRun<"subtract">("subtract linear", (layer) => linear(layer, -1), true);

export function linear<K extends Sum>(layer: Layer<K>, sign: 1 | -1): BinaryRun | undefined {
  const plane = saturates(layer) ? planeOf(layer, sign) : undefined;
  return (
    plane && {
      turn: 8,
      constants: [],
      notes: [
        "(a * scale_a + b * scale_b + offset) >> shift has the reference's three roundings in it: all 65536 pairs are the same.",
      ],
      group(block, [a, b, to], encodings = {}) {
        const sum = new LinearSum(block, plane, encodings);
        return (hot, size, part) => {
          const words = size - (size % 4);
          for (let at = 0; at < words; at += 4) sum.word(hot, a, b, to, at, `${at}${part}`);
          for (let at = words; at < size; at++) sum.single(hot, a, b, to, at, `${at}${part}`);
        };
      },
    }
  );
}

/** By quantisations and sign: the search takes some milliseconds. */
const planes = new Map<string, Plane | undefined>();

function planeOf({ inputs, output }: Layer, sign: 1 | -1): Plane | undefined {
  const [left, right, to] = [...inputs, output].map(quantizationOf);
  const key = JSON.stringify([left, right, to, sign]);
  if (!planes.has(key)) {
    const exact = sumOf(sign)(left, right, to);
    const results = Int8Array.from({ length: 65536 }, (_, i) =>
      clamp(exact((i >> 8) - 128, (i & 255) - 128), -128, 127),
    );
    const [a, b] = [left.scale / to.scale, (sign * right.scale) / to.scale];
    const offset = to.zeroPoint - a * left.zeroPoint - b * right.zeroPoint;
    planes.set(key, planeThrough(results, { left: a, right: b, offset }));
  }
  return planes.get(key);
}

class LinearSum {
  readonly #left: Variable;
  readonly #right: Variable;
  readonly #offset: Variable;
  readonly #odd: Variable;
  /** The offset of even channels, which are stored 128 more where the result is biased. */
  readonly #evenOffset: Variable;
  readonly #isBiased: boolean;
  readonly #readsBiased: boolean;

  constructor(
    block: Block,
    private readonly plane: Plane,
    { input, output }: Encodings,
  ) {
    this.#readsBiased = input === "biased";
    this.#isBiased = output === "biased";
    this.#left = block.let("scale_a", plane.left);
    this.#right = block.let("scale_b", plane.right);
    this.#offset = block.let("offset", plane.offset);
    this.#evenOffset = this.#isBiased
      ? block.let("offset_even", plane.offset + 2 ** (plane.shift + 7))
      : this.#offset;
    this.#odd = block.let("odd_bytes", 0xff00ff00 | 0);
  }

  /** Bytes 0 and 2, then 1 and 3, as the high bytes of halves: a factor of 2^8 that the coefficients lack. */
  word(block: Block, a: Pointer, b: Pointer, to: Pointer, at: number, name: string): void {
    const loaded = call(m7.load4, a.plus(at));
    const x = block.let(`x_${name}`, this.#readsBiased ? loaded.xor(0x00800080) : loaded);
    const y = block.let(`y_${name}`, call(m7.load4, b.plus(at)));
    const even = [x, y].map((word, i) =>
      block.let(`${"xy"[i]}_even_${name}`, this.#odd.and(call(m7.shiftLeft, word, 8))),
    );
    const odd = [x, y].map((word, i) => block.let(`${"xy"[i]}_odd_${name}`, word.and(this.#odd)));
    const parts = [
      [m7.smlawb, even],
      [m7.smlawb, odd],
      [m7.smlawt, even],
      [m7.smlawt, odd],
    ] as const;
    const results = parts.map(([instruction, sides], i) => {
      const isBiased = this.#isBiased && i % 2 === 0;
      return this.#result(block, instruction, sides, `${name}_${i}`, isBiased);
    });
    results.forEach((result, i) => block.store(to, at + i, result));
  }

  /** Not in biased tensors: their channels are a multiple of four. */
  single(block: Block, a: Pointer, b: Pointer, to: Pointer, at: number, name: string): void {
    const sides = [a, b].map((pointer, i) =>
      block.let(`${"xy"[i]}_${name}`, call(m7.shiftLeft, pointer.at(at), 8)),
    );
    block.store(to, at, this.#result(block, m7.smlawb, sides, name, false));
  }

  #result(
    block: Block,
    instruction: Instruction,
    [left, right]: readonly Expr[],
    name: string,
    isBiased: boolean,
  ): Expr {
    const half = call(instruction, this.#left, left, isBiased ? this.#evenOffset : this.#offset);
    const sum = block.let(`sum_${name}`, call(instruction, this.#right, right, half));
    return call(isBiased ? m7.usat8 : m7.ssat8, sum.shiftRight(this.plane.shift));
  }
}
