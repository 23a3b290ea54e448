/**
 * The loop IR as cycles of the Cortex-M7: a first model. Every instruction has its issue cost, loops their trip count and
 * branch; dual issue is averaged into the costs, memory is taken as single-cycle.
 */

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
  type KernelFunction,
  type Statement,
} from "../ir/loop.js";

export interface Cost {
  /** Of one execution. */
  readonly cycles: number;
  /** Machine instructions in the text, not executed. */
  readonly instructions: number;
}

const none: Cost = { cycles: 0, instructions: 0 };
const plus = (a: Cost, b: Cost): Cost => ({
  cycles: a.cycles + b.cycles,
  instructions: a.instructions + b.instructions,
});

/** Call, saved registers, return. */
const FUNCTION: Cost = { cycles: 20, instructions: 8 };
/** Counter, compare and branch of one turn. */
const TURN_CYCLES = 1.5;
/** The exit of a loop is mispredicted. */
const EXIT_CYCLES = 7;
const LOOP_INSTRUCTIONS = 4;
/** Of the branches that guard the padding, the inside is taken most of the time. */
const LIKELY = 0.9;

export function costOf(code: KernelFunction): Cost {
  return plus(FUNCTION, new CostReader().statements(code.body));
}

/** Knows variables at the middle of their range, for trip counts that depend on outer loops. */
class CostReader {
  readonly #middle = new Map<string, number>();

  statements(list: readonly Statement[]): Cost {
    return list.map((one) => this.#statement(one)).reduce(plus, none);
  }

  #statement(one: Statement): Cost {
    switch (one.kind) {
      case "comment":
        return none;
      case "declare":
        this.#middle.set(one.variable.name, this.#evaluate(one.value));
        return this.#of(one.value);
      case "assign":
        return this.#of(one.value);
      case "point":
        return plus(this.#of(one.to), { cycles: 0.5, instructions: 1 });
      case "repoint":
      case "advance":
        return { cycles: 0.5, instructions: 1 };
      case "store":
        return plus(plus(this.#of(one.index), this.#of(one.value)), { cycles: 1, instructions: 1 });
      case "call":
        return this.#call(one.instruction, one.args);
      case "scheduled":
      case "scope":
        return this.statements(one.body);
      case "if": {
        const [yes, no] = [this.statements(one.then), this.statements(one.otherwise)];
        const cycles = LIKELY * yes.cycles + (1 - LIKELY) * no.cycles + 1;
        return plus(this.#of(one.condition), {
          cycles,
          instructions: yes.instructions + no.instructions + 2,
        });
      }
      case "for": {
        const [from, to] = [this.#evaluate(one.from), this.#evaluate(one.to)];
        const turns = Math.max(0, Math.ceil((to - from) / one.step)) || 0;
        this.#middle.set(one.variable.name, from + (Math.max(turns - 1, 0) * one.step) / 2);
        const body = this.statements(one.body);
        return {
          cycles: turns * (body.cycles + TURN_CYCLES) + EXIT_CYCLES,
          instructions: body.instructions + LOOP_INSTRUCTIONS,
        };
      }
    }
  }

  #of(value: Expr | Address): Cost {
    if (value instanceof Constant || value instanceof Variable) return none;
    if (value instanceof Address) return this.#of(value.index);
    if (value instanceof Load) return plus(this.#of(value.index), { cycles: 0.75, instructions: 1 });
    if (value instanceof Convert) return plus(this.#of(value.value), { cycles: 1, instructions: 1 });
    if (value instanceof Call) return this.#call(value.instruction, value.args);
    if (value instanceof Select) {
      const parts = [value.condition, value.yes, value.no].map((one) => this.#of(one)).reduce(plus);
      return plus(parts, { cycles: 1.5, instructions: 2 });
    }
    if (value instanceof Binary) {
      const parts = plus(this.#of(value.left), this.#of(value.right));
      return plus(parts, { cycles: value.operator === "/" ? 7 : 0.6, instructions: 1 });
    }
    return none;
  }

  #call(instruction: Call["instruction"], args: Call["args"]): Cost {
    const operands = args.map((one) => this.#of(one)).reduce(plus, none);
    const { cycles, instructions, perElement } = instruction;
    if (perElement === undefined) return plus(operands, { cycles, instructions });
    const count = args[perElement];
    const counted = count instanceof Address ? 0 : this.#evaluate(count) || 0;
    return plus(operands, { cycles: 10 + cycles * counted, instructions });
  }

  /** The value in the middle of an expression's range; NaN where it depends on data. */
  #evaluate(value: Expr): number {
    if (value instanceof Constant) return value.value;
    if (value instanceof Variable) return this.#middle.get(value.name) ?? NaN;
    if (value instanceof Binary) {
      const [left, right] = [this.#evaluate(value.left), this.#evaluate(value.right)];
      if (value.operator === "+") return left + right;
      if (value.operator === "-") return left - right;
      if (value.operator === "*") return left * right;
      return value.operator === "/" ? Math.trunc(left / right) : NaN;
    }
    if (value instanceof Call && value.args.every((one): one is Expr => one instanceof Expr)) {
      const meaning = value.instruction.meaning(undefined as never);
      return Number(meaning(...value.args.map((one) => this.#evaluate(one))));
    }
    return NaN;
  }
}
