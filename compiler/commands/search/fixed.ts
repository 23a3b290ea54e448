/** `--fix width=0.5`: answers that all networks of a search share. */

import type { Choice } from "../../../dsl/choices.js";
import { reject } from "../../diagnostics/diagnostic.js";
import { nearest } from "../../limits/nearest.js";
import type { Assignment } from "../../search/member.js";

/** @throws Rejected MCU6012 where there is no such choice or value, or two for one choice */
export function fixedAnswers(given: readonly string[], choices: readonly Choice[]): Assignment {
  const answers = new Map<string, Choice["domain"][number]>();
  for (const text of given) {
    const { name, domain } = choiceIn(text, choices);
    const value = domain.find((one) => text === `${name}=${String(one)}`);
    const before = answers.get(name) ?? value;
    const expected = `one of ${domain.join(", ")}`;
    if (value === undefined)
      return reject("MCU6012", undefined, { text, problem: "that is no value of the choice", expected });
    if (before !== value)
      return reject("MCU6012", undefined, { text, problem: `it is ${String(before)} already`, expected });
    answers.set(name, value);
  }
  return answers;
}

/** Names may have a "=" of their own. */
function choiceIn(text: string, choices: readonly Choice[]): Choice {
  const found = choices.find(({ name }) => text.startsWith(`${name}=`));
  if (found) return found;
  const bare = choices.find(({ name }) => text === name);
  if (bare) {
    const expected = `${bare.name}= and one of ${bare.domain.join(", ")}`;
    return reject("MCU6012", undefined, { text, problem: "there is no value", expected });
  }
  const near = nearest(
    text.split("=")[0],
    choices.map(({ name }) => name),
  );
  const help = near === undefined ? choicesText(choices) : `did you mean "${near}"?`;
  return reject("MCU6012", undefined, {
    text,
    problem: "there is no such choice",
    expected: "choice=value",
    help,
  });
}

/** Of this many choices the names are told. */
const mostNames = 8;

function choicesText(choices: readonly Choice[]): string {
  const names = choices.slice(0, mostNames).map(({ name }) => `"${name}"`);
  const more = choices.length > mostNames ? ` and ${choices.length - mostNames} more` : "";
  return `the space has ${names.join(", ")}${more}`;
}
