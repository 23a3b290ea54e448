/** The statements of `forward`: one variable after the other, in blocks under the choices that they depend on. */

import { Call, heldOrder, type Support } from "./call.js";
import { conditionText } from "./conditions.js";
import { isPostfix, literal } from "./python.js";
import type { Program, Slot, Step } from "./program.js";
import { translatorOf } from "./translators.js";
import { Variables } from "./variables.js";

interface Statement {
  readonly step: Step;
  readonly text: string;
}

/** No line is made longer by writing one call inside of another. */
const longestCall = 84;

/** A convolution or dense layer; batchNorm belongs to the one before it. */
const startsLine = ({ module, expressions }: Step): boolean =>
  module !== undefined && !expressions.has("epsilon");

/** Stands for an input, to see how often it is written. */
const placeholder = "\u0001";

export class Body {
  readonly support = new Set<Support>();
  readonly #variables: Variables;
  /** Calls that are written where they are used, by key. */
  readonly #inside = new Map<string, string>();

  /** @param parameters of `forward`, by the key of the network's input */
  constructor(
    private readonly program: Program,
    private readonly parameters: ReadonlyMap<string, string>,
  ) {
    this.#variables = new Variables(program, new Set([...parameters.values(), "choices", "self"]));
  }

  /** @param returned outputs */
  lines(returned: Program["outputs"]): readonly string[] {
    const { steps } = this.program;
    const statements: Statement[] = [];
    steps.forEach((step, index) => {
      const text = this.#textOf(step);
      const next = steps[index + 1];
      if (next && this.#standsInside(step, next, text, returned)) this.#inside.set(step.key, text);
      else statements.push({ step, text });
    });
    const last = statements.at(-1);
    const isResult = returned.length === 1 && last !== undefined && returned[0].slot.join() === last.step.key;
    if (isResult && last.step.condition.length === 0)
      return [...this.#block(statements.slice(0, -1), 0), `return ${last.text}`];
    return [...this.#block(statements, 0), `return ${this.#result(returned)}`];
  }

  #result(outputs: Program["outputs"]): string {
    if (outputs.length === 1) return this.#slotText(outputs[0].slot, outputs[0].slot[0]);
    return `{${outputs.map(({ name, slot }) => `${literal(name)}: ${this.#slotText(slot, slot[0])}`).join(", ")}}`;
  }

  #textOf(step: Step, inputs = step.inputs.map((slot) => this.#slotText(slot, step.key))): string {
    if (step.kind === "input") return this.#inputText(step);
    if (step.kind === "constant") return this.#constantText(step);
    const call = new Call(step.node, step.module?.text ?? "", inputs, step.expressions, step.isElastic);
    const text = translatorOf(step.kind)!.call(call);
    call.support.forEach((one) => this.support.add(one));
    return text;
  }

  /** Images come as the model file has them, and are held with the channels first. */
  #inputText(step: Step): string {
    const parameter = this.parameters.get(step.key)!;
    const isImage = step.expressions.get("outputRank")!.value === 3;
    const held = isImage ? `${parameter}.permute(0, 3, 1, 2)` : parameter;
    const size = step.expressions.get("size");
    return size === undefined || size.value !== undefined
      ? held
      : `resized(${held}, ${size.text(parameter)})`;
  }

  #constantText(step: Step): string {
    const rank = step.expressions.get("outputRank")!.value as number;
    const batch = `len(${[...this.parameters.values()][0]})`;
    const order = rank === 3 ? `.permute(${heldOrder(rank).join(", ")})` : "";
    return `${step.module!.text}${order}.expand(${[batch, ...Array(rank).fill(-1)].join(", ")})`;
  }

  /** A variable, or a call that is written here; where no variable holds whichever is meant, one after the other is asked for. */
  #slotText(slot: Slot, reader: string): string {
    const inside = this.#inside.get(slot[0]);
    if (inside !== undefined) return inside;
    if (this.#variables.isOne(slot)) return this.#variables.nameOf(slot[0]);
    const stepOf = (key: string) => this.program.steps.find((step) => step.key === key)!;
    const own = new Set(stepOf(reader).condition.map(conditionText));
    const last = [...slot].reverse();
    const parts = last.map((key, index) => {
      const atoms = stepOf(key).condition.filter((atom) => !own.has(conditionText(atom)));
      const name = this.#variables.nameOf(key);
      return index === last.length - 1 ? name : `${name} if ${atoms.map(conditionText).join(" and ")} else `;
    });
    return `(${parts.join("")})`;
  }

  #standsInside(step: Step, next: Step, text: string, returned: Program["outputs"]): boolean {
    const { key, condition } = step;
    const readers = this.program.steps.flatMap(({ inputs }) => inputs).filter((slot) => slot.includes(key));
    const isRead = readers.length === 1 && readers[0].length === 1 && next.inputs.includes(readers[0]);
    if (!isRead || returned.some(({ slot }) => slot.includes(key)) || !isPostfix(text)) return false;
    if (step.kind === "input" || !this.#variables.isAlone(key)) return false;
    // Every layer with weights begins a line.
    if (startsLine(next) && text.includes("self.")) return false;
    if (condition.map(conditionText).join() !== next.condition.map(conditionText).join()) return false;
    const inputs = next.inputs.map((slot) =>
      slot[0] === key ? placeholder : this.#slotText(slot, next.key),
    );
    const outer = this.#textOf(next, inputs);
    return outer.split(placeholder).length === 2 && outer.length + text.length <= longestCall;
  }

  /** Neighbours under the same choice are in one block. */
  #block(statements: readonly Statement[], depth: number): string[] {
    const lines: string[] = [];
    const atomOf = ({ step }: Statement) => step.condition[depth] && conditionText(step.condition[depth]);
    for (let from = 0, to = 0; from < statements.length; from = to) {
      const atom = atomOf(statements[from]);
      for (to = from; to < statements.length && atomOf(statements[to]) === atom; to++);
      const run = statements.slice(from, to);
      if (atom === undefined) lines.push(...run.flatMap((one) => this.#line(one)));
      else lines.push(`if ${atom}:`, ...this.#block(run, depth + 1).map((line) => `    ${line}`));
    }
    return lines;
  }

  #line({ step, text }: Statement): string[] {
    const name = this.#variables.nameOf(step.key);
    return name === text ? [] : [`${name} = ${text}`];
  }
}
