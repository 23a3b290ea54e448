/** The one kernel of everything that only moves elements: nested loops around runs of contiguous bytes. */

import { bytes } from "../ir/graph.js";
import { Block, Pointer, int, type Address, type ConstantArray, type Expr } from "../ir/loop.js";
import type { OperatorKind } from "../ops/attributes.js";
import {
  quantized,
  simplifyCopy,
  type Axis,
  type Copy,
  type MovementOf,
} from "../ops/arithmetic/movement.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel } from "./kernel.js";
import { operand } from "./operand.js";

/** Runs of at most this many bytes are moved by loads and stores of words and bytes, without a call. */
const SHORT = 16;

/** @param movementOf what the operator moves where, from int8 to int8 */
export function move<K extends OperatorKind>(name: string, movementOf: MovementOf<K>): Kernel<K> {
  return {
    name,
    fits: () => true,
    lower(layer) {
      const { operation, inputs, output } = layer;
      const { fill, copies } = movementOf(operation, inputs, output);
      const names = inputs.map((_, i) => (inputs.length === 1 ? "in" : `in${i}`));
      const sources = inputs.map((_, i) => operand(layer, i, names[i]));
      const result = new Pointer("out", "int8", true);
      const tables: ConstantArray[] = [];
      const block = new Block();
      if (fill !== undefined)
        block.do(m7.fill, result.plus(0), quantized(fill, quantizationOf(output)), bytes(output));
      copies.forEach((copy, i) => {
        // Counters, tables and pointers of each copy have names of their own.
        const part = copies.length === 1 ? "" : String(i);
        new Mover(sources[copy.input].pointer, result, part, tables).move(simplifyCopy(copy), block);
      });
      return {
        parameters: [...sources.flatMap(({ parameters }) => parameters), result],
        constants: [...sources.flatMap(({ constants }) => constants), ...tables],
        body: block.statements,
        notes: fill === undefined ? [] : ["what no input reaches has one value."],
      };
    },
  };
}

/** Writes the loops of one copy. */
class Mover {
  constructor(
    private readonly source: Pointer,
    private readonly result: Pointer,
    private readonly part: string,
    private readonly tables: ConstantArray[],
  ) {}

  move({ axes, start, target }: Copy, block: Block): void {
    const last = axes[axes.length - 1];
    const isRun = last !== undefined && last.from === 1 && last.to === 1;
    const outer = isRun ? axes.slice(0, -1) : axes;
    const run = isRun ? last.size : 1;
    this.#nest(outer, 0, block, int(start), int(target), (from, to, body) => {
      if (run > SHORT) body.do(m7.copy, this.result.plus(to), this.source.plus(from), run);
      else this.#short(run, from, to, body);
    });
  }

  #nest(
    axes: readonly Axis[],
    depth: number,
    block: Block,
    from: Expr,
    to: Expr,
    innermost: (from: Expr, to: Expr, block: Block) => void,
  ): void {
    if (depth === axes.length) return innermost(from, to, block);
    const axis = axes[depth];
    const counter = this.#named("i", depth);
    block.for(counter, 0, axis.size, 1, (index, body) => {
      const next = from.plus(this.#distance(axis, depth, index));
      this.#nest(axes, depth + 1, body, next, to.plus(index.times(axis.to)), innermost);
    });
  }

  #distance({ from }: Axis, depth: number, index: Expr): Expr {
    if (typeof from === "number") return index.times(from);
    const unit = from.reduce(greatestCommonDivisor, 0) || 1;
    const data = from.map((one) => one / unit);
    const name = this.#named("places", depth);
    const [least, most] = data.reduce(([a, b], one) => [Math.min(a, one), Math.max(b, one)], [0, 0]);
    const fits = (bits: number) => least >= -(2 ** (bits - 1)) && most < 2 ** (bits - 1);
    const element = least >= 0 && most < 256 ? "uint8" : fits(8) ? "int8" : fits(16) ? "int16" : "int32";
    const bytesEach = element === "int32" ? 4 : element === "int16" ? 2 : 1;
    this.tables.push({ name, element, data, align: bytesEach });
    return new Pointer(name, element, false).at(index).times(unit);
  }

  #named(name: string, depth: number): string {
    return this.part === "" ? `${name}${depth}` : `${name}${this.part}_${depth}`;
  }

  /** A few contiguous bytes: by words, then by bytes. */
  #short(run: number, from: Expr, to: Expr, block: Block): void {
    if (run === 1) return block.store(this.result, to, this.source.at(from));
    const x = block.point(`x${this.part}`, this.source.plus(from));
    const y = block.point(`y${this.part}`, this.result.plus(to));
    let done = 0;
    for (; done + 4 <= run; done += 4) block.do(m7.store4, y.plus(done), word(x.plus(done)));
    for (; done < run; done++) block.store(y, done, x.at(done));
  }
}

const word = (at: Address): Expr => call(m7.load4, at);

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestCommonDivisor(b, a % b);
}
