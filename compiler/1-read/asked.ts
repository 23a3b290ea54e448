/** The choices that one reading of a search space comes upon. */

import type { Choice, Choosable, Chooser } from "../../dsl/choices.js";
import { DslError } from "../../dsl/graph.js";

export class Asked {
  readonly #answers = new Map<string, { readonly choice: Choice; readonly value: Choosable }>();

  constructor(private readonly chooser: Chooser) {}

  /** A choice that is asked again gets the same answer. */
  readonly answer: Chooser = (choice) => {
    const known = this.#answers.get(choice.name);
    if (!known) {
      const value = this.chooser(choice);
      if (!choice.domain.includes(value)) throw new Error(`${choice.name} cannot be ${String(value)}`);
      this.#answers.set(choice.name, { choice, value });
      return value;
    }
    if (!isSame(known.choice, choice))
      throw new DslError(
        `the choice "${choice.name}" was asked before with other values or another grid`,
        "name",
      );
    return known.value;
  };

  get choices(): readonly Choice[] {
    return [...this.#answers.values()].map(({ choice }) => choice);
  }
}

const isSame = (a: Choice, b: Choice): boolean =>
  a.grid === b.grid &&
  a.domain.length === b.domain.length &&
  a.domain.every((one, index) => one === b.domain[index]);
