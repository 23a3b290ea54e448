/** Random scheduled blocks, straight and with loops, in the whole of what may be scheduled. */

import { Call, int, type Block, type Expr, type Pointer, type Variable } from "../../../compiler/ir/loop.js";
import * as m7 from "../../../compiler/targets/cortex-m7.js";
import type { Instruction } from "../../../compiler/targets/instruction.js";
import type { Random } from "../../kernels/layers.js";
import { x, x16, x32, y, y32 } from "./program.js";

const call = (instruction: Instruction, ...args: Call["args"]) => new Call(instruction, args);

const single = Object.values(m7).filter(
  (one): one is Instruction =>
    typeof one === "object" &&
    one.machine !== undefined &&
    one.result === "int32" &&
    one !== m7.shiftLeft &&
    one.parameters.every((parameter) => parameter === "int32"),
);

const immediates = [0, 1, -1, 5, 255, 256, 260, 4095, -255, -4096, 65535, 0x12345678, 0xff00ff, -0x7f007f01];

/** Everything that may be read at a place, mutable or not. */
interface Scope {
  readonly values: readonly Variable[];
  readonly mutable: readonly Variable[];
  readonly pointers: readonly Pointer[];
}

export function randomBlock(block: Block, random: Random): void {
  const outer = Array.from({ length: random.int(1, 3) }, (_, i) =>
    block.variable(`o${i}`, x32.at(random.int(0, 63))),
  );
  const fixed = block.let("fixed", x.at(random.int(0, 63)).and(31));
  const turns = block.let("turns", x.at(1).and(3).plus(1));
  const walk = block.point("walk", x.plus(random.int(64, 128)), true);
  const stored = block.point("stored", y.plus(random.int(16, 64)), true);
  const kept = block.variable("kept", 17);
  block.scheduled((body) => {
    const own = random.next() < 0.5 ? [body.point("own", x16.plus(0), true)] : [];
    const copy = random.next() < 0.5 ? [body.variable("copy", kept)] : [];
    const scope = {
      values: [...outer, fixed, ...copy],
      mutable: [...outer, ...copy],
      pointers: [walk, stored, ...own],
    };
    new Writer(random, turns).statements(body, scope, random.int(3, 14), 0);
    if (copy.length > 0) body.set(kept, copy[0]);
  });
  [...outer, kept].forEach((one, i) => block.store(y32, 64 + i, one));
  block.store(y32, 80, walk.at(0));
  block.store(stored, 0, 77);
}

class Writer {
  #names = 0;
  #advances = 0;

  constructor(
    private readonly random: Random,
    private readonly turns: Variable,
  ) {}

  statements(block: Block, start: Scope, count: number, depth: number): void {
    let scope = start;
    for (let i = 0; i < count; i++) scope = this.#statement(block, scope, depth);
  }

  #statement(block: Block, scope: Scope, depth: number): Scope {
    const { random } = this;
    const name = `v${this.#names++}`;
    const kind = random.next();
    if (kind < 0.3)
      return { ...scope, values: [...scope.values, block.let(name, this.#expression(scope, 2))] };
    if (kind < 0.4) {
      const variable = block.variable(name, this.#expression(scope, 1));
      return { ...scope, values: [...scope.values, variable], mutable: [...scope.mutable, variable] };
    }
    if (kind < 0.6) block.set(random.pick(scope.mutable), this.#expression(scope, 2));
    else if (kind < 0.75) this.#store(block, scope);
    else if (kind < 0.85) {
      // In the deepest loops sixteen times: no further than the arrays go.
      if (this.#advances++ < 4) block.advance(random.pick(scope.pointers), random.int(1, 4));
    } else if (depth < 2) {
      const to = random.next() < 0.5 ? this.turns : random.int(2, 4);
      block.for(name, 0, to, 1, (_, turn) => this.statements(turn, scope, random.int(2, 7), depth + 1));
    }
    return scope;
  }

  #store(block: Block, { values, pointers }: Scope): void {
    const { random } = this;
    const value = random.pick(values);
    if (random.next() < 0.4) block.store(y32, random.int(0, 40), value);
    else if (random.next() < 0.3) block.do(m7.store4, y.plus(random.int(0, 100)), value);
    else block.store(pointers[1], random.int(-16, 100), value);
  }

  #expression(scope: Scope, depth: number): Expr {
    const { random } = this;
    const kind = random.next();
    if (depth === 0 || kind < 0.15) return random.pick(scope.values);
    if (kind < 0.4) return this.#load(scope);
    const left = this.#expression(scope, depth - 1);
    if (kind < 0.55) return this.#arithmetic(left, this.#operand(scope, depth - 1));
    if (kind < 0.6) return left.shiftRight(random.int(1, 31));
    if (kind < 0.65) return call(m7.shiftLeft, left, int(random.int(0, 31)));
    if (kind < 0.7) return call(random.pick([m7.ssat8, m7.usat8]), left.shiftRight(random.int(1, 20)));
    const instruction = random.pick(single);
    const args = instruction.parameters.map((_, i) => (i === 0 ? left : this.#operand(scope, depth - 1)));
    return call(instruction, ...args);
  }

  #operand(scope: Scope, depth: number): Expr {
    const { random } = this;
    const kind = random.next();
    if (kind < 0.2) return int(random.pick(immediates));
    const value = this.#expression(scope, depth);
    if (kind < 0.3) return value.shiftRight(random.int(1, 31));
    return kind < 0.4 ? call(m7.shiftLeft, value, int(random.int(1, 31))) : value;
  }

  #arithmetic(left: Expr, right: Expr): Expr {
    const kind = this.random.int(0, 5);
    if (kind === 0) return left.minus(right);
    if (kind === 1) return left.and(right);
    if (kind === 2) return left.or(right);
    if (kind === 3) return left.xor(right);
    return kind === 4 ? left.times(right) : left.plus(right);
  }

  #load({ pointers, values }: Scope): Expr {
    const { random } = this;
    const index = random.int(0, 100);
    switch (random.int(0, 7)) {
      case 0:
        return call(m7.load4, pointers[0].plus(index - 50));
      case 1:
        return call(m7.load2, x16.plus(2 * index));
      case 2:
        return x32.at(index);
      case 3:
        return x16.at(random.pick(values).and(127));
      case 4:
        return x32.at(random.pick(values).and(63).plus(index));
      case 5:
        return random.pick(pointers).at(index);
      case 6:
        return pointers[1].at(random.int(0, 20));
      default:
        return x.at(random.pick(values).and(255));
    }
  }
}
