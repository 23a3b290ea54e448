/** Expressions of scheduled code as operations: trees are matched from the top, what is left over gets registers of its own. */

import { Address, Binary, Call, Constant, Load, Variable, type Expr } from "../../ir/loop.js";
import { addWrapping, shiftLeft } from "../../targets/packed.js";
import type { Emitter } from "./emitter.js";
import { logicalImmediate } from "./immediates.js";
import type { Register } from "./operation.js";
import { Trait, Use, paths, type Path } from "./pipes.js";
import { Pointers, loads } from "./pointers.js";
import { log2, unschedulable } from "./restrictions.js";

interface Shifted {
  readonly value: Expr;
  /** `lsl #3` */
  readonly shift: string;
}

/** What fits a second operand with a shift. */
function shifted(value: Expr): Shifted | undefined {
  if (value instanceof Binary && value.right instanceof Constant) {
    const by = value.right.value;
    if (value.operator === ">>" && by >= 1 && by <= 31) return { value: value.left, shift: `asr #${by}` };
    if (value.operator === "*" && log2(by) > 0) return { value: value.left, shift: `lsl #${log2(by)}` };
  }
  if (value instanceof Call && value.instruction === shiftLeft) {
    const [left, by] = value.args as readonly Expr[];
    if (by instanceof Constant && by.value >= 1 && by.value <= 31)
      return { value: left, shift: `lsl #${by.value}` };
  }
  return undefined;
}

const logicalPath: Path = { ...paths.alu, traits: 0 };
/** Multiplications with an addend of zero. */
const withoutAddend: Readonly<Record<string, string>> = {
  smlad: "smuad",
  smlabb: "smulbb",
  smlabt: "smulbt",
  smlatb: "smultb",
  smlatt: "smultt",
  mla: "mul",
  smmla: "smmul",
  smmlar: "smmulr",
};

export class Expressions {
  readonly pointers: Pointers;

  constructor(private readonly emitter: Emitter) {
    this.pointers = new Pointers(emitter, (expr) => this.value(expr));
  }

  /** The register that holds the value; a new one unless it is a variable's. */
  value(expr: Expr): Register {
    if (expr instanceof Variable) return this.emitter.named(expr);
    if (expr instanceof Constant) return this.emitter.constant(expr.value);
    const register = this.emitter.register(hint(expr));
    this.into(register, expr);
    return register;
  }

  /** Computes the value to a register. */
  into(to: Register, expr: Expr): void {
    if (expr.type !== "int32") unschedulable(`values of type ${expr.type}`);
    if (expr instanceof Constant) return this.emitter.move(to, expr.value);
    if (expr instanceof Variable) return this.emitter.copy(to, this.emitter.named(expr));
    if (expr instanceof Load) return this.#element(to, expr);
    if (expr instanceof Call) return this.#call(to, expr);
    if (expr instanceof Binary) return this.#binary(to, expr);
    return unschedulable(`expressions such as ${expr.constructor.name}`);
  }

  #element(to: Register, { pointer, index }: Load): void {
    const mnemonic = loads[pointer.element];
    if (!mnemonic) unschedulable(`loads of ${pointer.element}`);
    this.pointers.load(mnemonic, to, pointer, index);
  }

  #binary(to: Register, expr: Binary): void {
    const { operator, left, right } = expr;
    switch (operator) {
      case "+":
      case "-":
        return this.#sum(to, operator, left, right);
      case "&":
      case "|":
      case "^":
        return this.#logical(to, operator, left, right);
      case ">>":
        return this.#shift(to, "asr", left, right);
      case "*": {
        const power = right instanceof Constant ? log2(right.value) : -1;
        if (power > 0) return this.#shift(to, "lsl", left, new Constant(power));
        return this.emitter.plain(
          "mul %0, %1, %2",
          to,
          [this.value(left), this.value(right)],
          paths.multiply,
        );
      }
      default:
        unschedulable(`the operator ${operator}`);
    }
  }

  #sum(to: Register, operator: "+" | "-", left: Expr, right: Expr): void {
    if (right instanceof Constant) {
      return this.pointers.add(to, this.value(left), operator === "-" ? -right.value : right.value);
    }
    if (left instanceof Constant && operator === "-") {
      if (left.value < 0 || left.value > 255) {
        return this.emitter.plain("sub %0, %1, %2", to, [this.value(left), this.value(right)], paths.alu);
      }
      return this.emitter.plain(`rsb %0, %1, #${left.value}`, to, [this.value(right)], logicalPath);
    }
    const mnemonic = operator === "+" ? "add" : "sub";
    this.#withShift(to, mnemonic, operator === "+" ? "add" : "rsb", left, right, paths.alu);
  }

  #logical(to: Register, operator: "&" | "|" | "^", left: Expr, right: Expr): void {
    if (right instanceof Constant) {
      if (operator === "^" && right.value === -1) {
        return this.emitter.plain("mvn %0, %1", to, [this.value(left)], logicalPath);
      }
      const immediate = logicalImmediate(operator, right.value);
      if (immediate) {
        const path = { ...logicalPath, traits: immediate.shifted ? Trait.shifter : 0 };
        const text = `${immediate.mnemonic} %0, %1, #${immediate.value}`;
        return this.emitter.plain(text, to, [this.value(left)], path);
      }
    }
    const mnemonic = { "&": "and", "|": "orr", "^": "eor" }[operator];
    this.#withShift(to, mnemonic, mnemonic, left, right, logicalPath);
  }

  /** Two registers; one of the operands may be shifted. @param mirrored with the operands exchanged */
  #withShift(to: Register, mnemonic: string, mirrored: string, left: Expr, right: Expr, path: Path): void {
    const second = shifted(right);
    const first = second ? undefined : shifted(left);
    if (second) {
      const sources = [this.value(left), this.value(second.value)];
      return this.emitter.plain(`${mnemonic} %0, %1, %2, ${second.shift}`, to, sources, paths["alu-shifted"]);
    }
    if (first) {
      const sources = [this.value(right), this.value(first.value)];
      return this.emitter.plain(`${mirrored} %0, %1, %2, ${first.shift}`, to, sources, paths["alu-shifted"]);
    }
    this.emitter.plain(`${mnemonic} %0, %1, %2`, to, [this.value(left), this.value(right)], path);
  }

  #shift(to: Register, mnemonic: "asr" | "lsl", left: Expr, by: Expr): void {
    if (by instanceof Constant) {
      if (by.value === 0) return this.into(to, left);
      if (by.value < 0 || by.value > 31) unschedulable(`a shift by ${by.value}`);
      return this.emitter.plain(`${mnemonic} %0, %1, #${by.value}`, to, [this.value(left)], paths.shift);
    }
    this.emitter.plain(`${mnemonic} %0, %1, %2`, to, [this.value(left), this.value(by)], paths.shift);
  }

  #call(to: Register, { instruction, args }: Call): void {
    const { machine } = instruction;
    if (instruction === addWrapping) return this.#sum(to, "+", args[0] as Expr, args[1] as Expr);
    if (instruction === shiftLeft) return this.#shift(to, "lsl", args[0] as Expr, args[1] as Expr);
    if (!machine) unschedulable(`the call of ${instruction.name}, which is not a single instruction`);
    const [first] = args;
    if (first instanceof Address) {
      return this.pointers.load(machine.text.split(" ")[0], to, first.pointer, first.index);
    }
    if (machine.pipe === "saturate") {
      const shift = shifted(first);
      if (shift) {
        const text = `${machine.text}, ${shift.shift}`;
        return this.emitter.plain(text, to, [this.value(shift.value)], paths.saturate);
      }
    }
    this.#instruction(to, machine.text, paths[machine.pipe], args as readonly Expr[]);
  }

  #instruction(to: Register, text: string, path: Path, args: readonly Expr[]): void {
    const addend = args[2];
    const mnemonic = text.split(" ")[0];
    if (addend instanceof Constant && addend.value === 0 && withoutAddend[mnemonic]) {
      const sources = [this.value(args[0]), this.value(args[1])];
      return this.emitter.plain(`${withoutAddend[mnemonic]} %0, %1, %2`, to, sources, paths.multiply);
    }
    const sources = args.map((one) => this.value(one));
    // PKHTB shifts its first parameter and takes the other one early as well.
    const uses = mnemonic === "pkhtb" ? [Use.early, Use.early] : path.uses;
    this.emitter.plain(text, to, sources, { ...path, uses });
  }
}

/** A name for a value in between. */
function hint(expr: Expr): string {
  if (expr instanceof Load) return expr.pointer.name;
  if (expr instanceof Call) return expr.instruction.name.replace(/^mcu_/, "");
  return "t";
}
