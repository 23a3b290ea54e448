/** How a setting of a layer follows from the choices: the simplest expression that is right in all members that were seen. */

import type { Choice } from "../../../dsl/choices.js";
import { reject } from "../../diagnostics/diagnostic.js";
import type { Expression } from "./call.js";
import { choiceText } from "./conditions.js";
import type { Layer } from "./layers.js";
import type { Observation, Observations } from "./observations.js";
import { isEqual, literal, type Plain } from "./python.js";
import type { Tables } from "./tables.js";

/** One setting of one layer. */
export class Setting {
  readonly #seen: readonly Observation[];

  constructor(
    private readonly observations: Observations,
    private readonly layer: Layer,
    private readonly name: string,
    private readonly tables: Tables,
  ) {
    this.#seen = observations.with(layer.key);
  }

  /** @throws Rejected MCU6060 where no expression of at most two choices will do */
  expression(): Expression {
    const value = this.#valueIn(this.#seen[0]);
    if (this.#seen.every((one) => isEqual(this.#valueIn(one), value)))
      return { value, text: () => literal(value) };
    return { text: this.#text((one) => this.#valueIn(one)) };
  }

  #valueIn({ layers }: Observation): Plain {
    return layers.get(this.layer.key)!.settings[this.name];
  }

  #text(valueIn: (one: Observation) => Plain): (x: string) => string {
    const simple = this.#simple(valueIn) ?? this.#parts(valueIn);
    if (simple) return simple;
    const deciding = this.#deciding(valueIn);
    if (deciding.length === 1) {
      const table =
        this.#tableOf(deciding, valueIn) ?? this.#tableOf(deciding, (one) => this.#perChannel(one, valueIn));
      if (table !== undefined) return () => table;
    }
    const perChannel = this.#deciding((one) => this.#perChannel(one, valueIn));
    if (perChannel.length === 1) {
      const table = this.#tableOf(perChannel, (one) => this.#perChannel(one, valueIn));
      if (table !== undefined) return (x) => `${this.#channels(x)} * ${table}`;
    }
    if (deciding.length === 2) {
      this.#seeAll(deciding);
      const table = this.#tableOf(deciding, valueIn);
      if (table !== undefined) return () => table;
    }
    return this.#reject(deciding);
  }

  /** The answer itself, a part of it, so many channels for each of the input's. */
  #simple(valueIn: (one: Observation) => Plain): ((x: string) => string) | undefined {
    const first = valueIn(this.#seen[0]);
    if (this.#seen.every((one) => isEqual(valueIn(one), first))) return () => literal(first);
    const always = this.observations.choices.filter(({ name }) =>
      this.#seen.every(({ values }) => values.has(name)),
    );
    const holds = (choice: Choice, value: (answer: any, one: Observation) => Plain) =>
      this.#seen.every((one) => isEqual(valueIn(one), value(one.values.get(choice.name), one)));
    for (const choice of always) {
      const text = choiceText(choice.name);
      if (holds(choice, (answer) => answer)) return () => text;
      if (holds(choice, (answer) => Math.floor(answer / 2))) return () => `${text} // 2`;
    }
    for (const choice of always) {
      if (holds(choice, (answer, one) => answer * this.#channelsIn(one)))
        return (x) => `${this.#channels(x)} * ${choiceText(choice.name)}`;
      if (typeof first !== "number") continue;
      const factor = first / (this.#seen[0].values.get(choice.name) as number);
      if (Number.isInteger(factor) && holds(choice, (answer) => answer * factor))
        return () => `${factor} * ${choiceText(choice.name)}`;
    }
    return this.#seen.every((one) => isEqual(valueIn(one), this.#channelsIn(one)))
      ? (x) => this.#channels(x)
      : undefined;
  }

  /** A list, every part of which is simple. */
  #parts(valueIn: (one: Observation) => Plain): ((x: string) => string) | undefined {
    const first = valueIn(this.#seen[0]);
    if (!Array.isArray(first)) return undefined;
    const isList = this.#seen.every((one) => {
      const value = valueIn(one);
      return Array.isArray(value) && value.length === first.length;
    });
    if (!isList) return undefined;
    const parts = first.map((_, index) => this.#simple((one) => (valueIn(one) as readonly Plain[])[index]));
    if (!parts.every((part) => part !== undefined)) return undefined;
    return (x) =>
      `(${parts
        .map((part) => `${part(x)}, `)
        .join("")
        .trimEnd()})`.replace(/,\)$/, parts.length > 1 ? ")" : ",)");
  }

  /** Choices of which another answer alone makes a difference. */
  #deciding(valueIn: (one: Observation) => Plain): readonly Choice[] {
    const [witness] = this.#seen;
    const value = valueIn(witness);
    return [...this.observations.flips(witness)].flatMap(([choice, flips]) =>
      [...flips.values()].some((one) => one.layers.has(this.layer.key) && !isEqual(valueIn(one), value))
        ? [choice]
        : [],
    );
  }

  /** Reads the members with every pair of answers. */
  #seeAll([a, b]: readonly Choice[]): void {
    const [witness] = this.#seen;
    for (const first of a.domain)
      for (const second of b.domain)
        this.observations.changed(
          witness,
          new Map([
            [a.name, first],
            [b.name, second],
          ]),
        );
  }

  /** The values by the answers, written out; undefined where the answers do not decide them. */
  #tableOf(choices: readonly Choice[], valueIn: (one: Observation) => Plain): string | undefined {
    const entries = new Map<string, { readonly answers: Plain; readonly value: Plain }>();
    for (const one of this.observations.with(this.layer.key)) {
      const found = choices.map(({ name }) => one.values.get(name));
      if (found.some((answer) => answer === undefined)) return undefined;
      const answers = (choices.length === 1 ? found[0] : found) as Plain;
      const known = entries.get(JSON.stringify(answers));
      const value = valueIn(one);
      if (known && !isEqual(known.value, value)) return undefined;
      if (!known) entries.set(JSON.stringify(answers), { answers, value });
    }
    const rank = ({ answers }: { readonly answers: Plain }): number => {
      const list = choices.length === 1 ? [answers] : (answers as readonly Plain[]);
      return choices.reduce((sum, { domain }, i) => sum * domain.length + domain.indexOf(list[i] as any), 0);
    };
    const sorted = [...entries.values()].sort((a, b) => rank(a) - rank(b));
    const asked = choices.map(({ name }) => choiceText(name)).join(", ");
    return this.tables.lookup(this.name, sorted, asked);
  }

  #channelsIn({ layers }: Observation): number {
    return Number(layers.get(this.layer.key)!.settings.channels ?? NaN);
  }

  #perChannel(one: Observation, valueIn: (one: Observation) => Plain): Plain {
    const ratio = (valueIn(one) as number) / this.#channelsIn(one);
    return Number.isInteger(ratio) ? ratio : `${JSON.stringify(valueIn(one))} of ${this.#channelsIn(one)}`;
  }

  #channels(x: string): string {
    const [rank] = this.layer.settings.ranks as readonly number[];
    return `${x}.shape[${rank === 3 ? 1 : -1}]`;
  }

  #reject(deciding: readonly Choice[]): never {
    const names = deciding.map(({ name }) => JSON.stringify(name));
    const what = `its value of ${this.name} depends on ${names.length === 0 ? "several choices at once" : names.join(", ")}`;
    return reject("MCU6060", this.layer.node.site?.at, {
      layer: this.layer.node.name,
      what,
      expected: "one or two choices that decide it",
    });
  }
}
