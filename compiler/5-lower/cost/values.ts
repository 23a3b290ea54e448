/** Expressions of the loop IR in the sketch. */

import {
  Address,
  Binary,
  Call,
  Constant,
  Convert,
  Expr,
  Load,
  Select,
  Variable,
  elementBytes,
  type Element,
} from "../../ir/loop.js";
import * as m7 from "../../targets/cortex-m7.js";
import { addition, logicalImmediate, moving } from "../machine/immediates.js";
import type { Register } from "../machine/operation.js";
import { paths } from "../machine/pipes.js";
import { counterOf } from "./addresses.js";
import { Names } from "./names.js";
import { recipeOf } from "./runtime.js";
import { shapes, type Held, type Shape } from "./sketch.js";

const isPowerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

export class Values extends Names {
  /** @param into the register that the result must end in */
  value(value: Expr, into?: Register): Held {
    if (value instanceof Constant) return this.#constant(value, into);
    if (value instanceof Variable) return this.#copied(this.named(value), into);
    if (value instanceof Load) {
      const { element } = value.pointer;
      return this.load(loadShape(element), value.pointer.plus(value.index), elementBytes[element], into);
    }
    if (value instanceof Call) return this.#call(value, into);
    if (value instanceof Select) return this.#select(value, into);
    if (value instanceof Convert) return this.#emit(shapes.float, [this.value(value.value)], "convert", into);
    if (value instanceof Binary) return this.#binary(value, into);
    throw new Error("unknown expression");
  }

  #emit(shape: Shape, sources: readonly Held[], name: string, into?: Register): Held {
    if (!into) return this.sketch.compute(shape, sources, `${name} ${sources.map(({ key }) => key).join()}`);
    this.sketch.push(shape, sources, into);
    return { register: into, depth: this.sketch.depth, key: `into ${this.fresh++}` };
  }
  #copied(held: Held, into?: Register): Held {
    return into ? this.#emit(shapes.alu, [held], "copy", into) : held;
  }
  #constant({ value, type }: Constant, into?: Register): Held {
    const long = type !== "int32" || moving(value) === undefined;
    return this.#emit(
      { ...(long ? shapes.word : shapes.alu), bytes: long ? 6 : 3 },
      [],
      `constant ${value}`,
      into,
    );
  }
  protected named(variable: Variable): Held {
    const binding = this.variables.get(variable.name);
    if (!binding) return this.sketch.compute(shapes.alu, [], `unknown ${variable.name}`);
    if (binding.kind === "counter") return counterOf(binding.loop);
    if (binding.kind === "mutable") {
      const { register, depth, version } = binding;
      return { register, depth, key: `r${register.index}v${version}` };
    }
    binding.held ??= this.value(binding.expression);
    return binding.held;
  }

  #binary(value: Binary, into?: Register): Held {
    const { operator, left, right, type } = value;
    if (/^([<>=!]=?|==|&&)$/.test(operator)) {
      const flags = this.condition(value);
      return this.#emit(shapes.predicated, [this.#then(flags)], `truth`, into);
    }
    if (type !== "int32") {
      if (operator === "/") this.sketch.fixed(14, 4, 0);
      return this.#emit(shapes.float, [this.value(left), this.value(right)], `float ${operator}`, into);
    }
    if (operator === "/") return this.#division(left, right, into);
    if (operator === "*") return this.#product(left, right, into);
    if (operator === ">>") {
      const by = right instanceof Constant ? [] : [this.value(right)];
      const name = `>>${right instanceof Constant ? right.value : ""}`;
      return this.#emit(shapes.shift, [this.value(left), ...by], name, into);
    }
    return this.#sum(value, into);
  }

  /** Additions and logic, with an immediate or a shifted second operand where that is one instruction. */
  #sum({ operator, left, right }: Binary, into?: Register): Held {
    const isSum = operator === "+" || operator === "-";
    if (right instanceof Constant) {
      const fits = isSum
        ? addition(operator === "+" ? right.value : -right.value)
        : logicalImmediate(operator as "&", right.value);
      const shape = isSum ? shapes.alu : shapes.logical;
      const sources = fits ? [this.value(left)] : [this.value(left), this.value(right)];
      return this.#emit(shape, sources, `${operator}${right.value}`, into);
    }
    if (isSum && isProduct(right)) {
      const sources = [this.value(right.left), this.value(right.right), this.value(left)];
      return this.#emit(shapes.accumulate, sources, `mla${operator}`, into);
    }
    const shifted = shiftedOperand(right);
    if (shifted) {
      const sources = [this.value(left), this.value(shifted.value)];
      return this.#emit(shapes.shifted, sources, `${operator}${shifted.name}`, into);
    }
    const sources = [this.value(left), this.value(right)];
    return this.#emit(isSum ? shapes.alu : shapes.logical, sources, operator, into);
  }

  #product(left: Expr, right: Expr, into?: Register): Held {
    if (right instanceof Constant) {
      const held = this.value(left);
      const { value } = right;
      if (isPowerOfTwo(value)) return this.#emit(shapes.shift, [held], `<<${value}`, into);
      if (isPowerOfTwo(value - 1) || isPowerOfTwo(value + 1))
        return this.#emit(shapes.shifted, [held, held], `*${value}`, into);
      return this.#emit(shapes.times, [held, this.value(right)], "*", into);
    }
    return this.#emit(shapes.times, [this.value(left), this.value(right)], "*", into);
  }

  /** By a constant: a high product and its corrections. */
  #division(left: Expr, right: Expr, into?: Register): Held {
    const held = this.value(left);
    if (right instanceof Constant) {
      const sign = this.#emit(shapes.shift, [held], "sign");
      if (isPowerOfTwo(right.value)) {
        const rounded = this.#emit(shapes.shifted, [held, sign], `rounded ${right.value}`);
        return this.#emit(shapes.shift, [rounded], `/${right.value}`, into);
      }
      const product = this.#emit(shapes.times, [held, this.#constant(right)], `inverse ${right.value}`);
      return this.#emit(shapes.shifted, [sign, product], `/${right.value}`, into);
    }
    const by = this.value(right);
    const result = this.#emit(shapes.times, [held, by], "divide", into);
    this.sketch.fixed(7, 0, 0);
    return result;
  }

  /** Flags of a condition, or of all of several. */
  condition(value: Expr): Held {
    if (value instanceof Binary && value.operator === "&&") {
      // 0 <= x && x < n is one unsigned comparison.
      const [left, right] = [value.left, value.right];
      const isRange = isComparison(left) && isComparison(right) && left.left === right.left;
      if (isRange) return this.condition(right);
      const first = this.condition(left);
      const second = this.condition(right);
      return this.#emit(shapes.compare, [first, second], "both");
    }
    if (value instanceof Binary && isComparison(value)) {
      const sources =
        value.right instanceof Constant
          ? [this.value(value.left)]
          : [this.value(value.left), this.value(value.right)];
      return this.#emit(
        value.type === "int32" ? shapes.compare : shapes.float,
        sources,
        `flags ${constantName(value.right)}`,
      );
    }
    return this.#emit(shapes.compare, [this.value(value)], "flags");
  }
  #then(flags: Held): Held {
    return this.#emit(shapes.then, [flags], "then");
  }
  #select({ condition, yes, no }: Select, into?: Register): Held {
    const [first, second] = [this.value(yes), this.value(no)];
    const flags = this.#then(this.condition(condition));
    return this.#emit(shapes.predicated, [first, second, flags], "select", into);
  }

  #call({ instruction, args }: Call, into?: Register): Held {
    const { machine, name } = instruction;
    if (instruction === m7.load4 || instruction === m7.load2)
      return this.load(shapes.word, args[0] as Address, 4, into);
    if (instruction === m7.dot4) return this.#dot(args as readonly Expr[], into);
    const sources = args.flatMap((one) =>
      one instanceof Address ? [this.address(one)] : this.#operand(one),
    );
    if (machine) return this.#emit({ ...paths[machine.pipe], bytes: 4 }, sources, name, into);
    const recipe = recipeOf(
      name,
      args.map((one) => (one instanceof Expr ? one : undefined)),
    );
    if (!recipe) {
      this.sketch.fixed(instruction.cycles, 3.4 * instruction.instructions, 6, sources);
      return this.#emit(shapes.alu, sources, `${name} ${args.map(constantName).join()}`, into);
    }
    const last = recipe.length - 1;
    if (last < 0) return this.#copied(sources[0], into);
    return recipe.reduce<Held>((held, step, i) => {
      const takes = i === 0 ? sources : [held, ...(i === 1 ? sources.slice(1) : [])];
      const fits = takes.slice(0, Math.max(1, shapes[step].uses.length));
      return this.#emit(
        shapes[step],
        fits,
        `${name}${i} ${args.map(constantName).join()}`,
        i === last ? into : undefined,
      );
    }, sources[0]);
  }
  /** Small constants are immediates or hidden in shifts. */
  #operand(value: Expr): Held[] {
    if (value instanceof Constant && Math.abs(value.value) < 256) return [];
    return [this.value(value)];
  }
  #dot([a, b, acc]: readonly Expr[], into?: Register): Held {
    const unpack = (word: Expr, name: string) =>
      this.#emit({ ...paths.extend, bytes: 4 }, [this.value(word)], name);
    const first = this.#emit(
      shapes.accumulate,
      [unpack(a, "even"), unpack(b, "even"), this.value(acc)],
      "smlad",
      into,
    );
    return this.#emit(shapes.accumulate, [unpack(a, "odd"), unpack(b, "odd"), first], "smlad", into);
  }
}

const constantName = (value: Expr | Address): string =>
  value instanceof Constant ? String(value.value) : "";

const isComparison = (value: Expr): value is Binary =>
  value instanceof Binary && /^([<>]=?|==|!=)$/.test(value.operator);

const isProduct = (value: Expr): value is Binary =>
  value instanceof Binary && value.operator === "*" && !(value.right instanceof Constant);

function shiftedOperand(value: Expr): { readonly value: Expr; readonly name: string } | undefined {
  if (!(value instanceof Binary && value.right instanceof Constant)) return undefined;
  if (value.operator === ">>") return { value: value.left, name: `>>${value.right.value}` };
  const isShift = value.operator === "*" && isPowerOfTwo(value.right.value);
  return isShift ? { value: value.left, name: `<<${value.right.value}` } : undefined;
}

function loadShape(element: Element): Shape {
  return elementBytes[element] >= 4 ? shapes.word : shapes.part;
}
