/** `--fix width=0.5`: answers that all networks of a search share. */

import type { Choice } from "../../../dsl/choices.js";
import { reject } from "../../diagnostics/diagnostic.js";
import { nearest } from "../../limits/nearest.js";
import type { Assignment } from "../../search/member.js";

/** @throws Rejected MCU6012 where there is no such choice or value */
export function fixedAnswers(given: readonly string[], choices: readonly Choice[]): Assignment {
  return new Map(
    given.map((text) => {
      const [name, value] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
      const choice = text.includes("=") ? choices.find((one) => one.name === name) : undefined;
      const answer = choice?.domain.find((one) => String(one) === value);
      if (choice && answer !== undefined) return [name, answer];
      const names = choices.map((one) => one.name);
      return reject("MCU6012", undefined, {
        text,
        expected: choice ? `${name}=${choice.domain.join(", ")}` : "name=value with the name of a choice",
        nearest: choice ? undefined : nearest(name || text, names),
      });
    }),
  );
}
