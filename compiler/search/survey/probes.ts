/**
 * Which choices a space has, and which of them decide whether others are asked. Only reading tells: so members are read that
 * differ from one another in one answer, from the largest one (the last value of every choice) on.
 */

import type { Choice, Choosable } from "../../../dsl/choices.js";
import { reject, Rejected } from "../../diagnostics/diagnostic.js";
import { keyOf, type Assignment, type Member } from "../member.js";
import { randomOf } from "../random.js";
import type { Space } from "../space.js";

/** A member that differs in one answer from another. */
export interface Probe {
  readonly choice: Choice;
  readonly value: Choosable;
  readonly member: Member;
}

export interface Probes {
  /** All choices found, in the order in which they were first asked. */
  readonly choices: readonly Choice[];
  /** By the name of a choice: the choices that decide whether it is asked. */
  readonly gates: ReadonlyMap<string, ReadonlySet<string>>;
  readonly base: Member;
  /** Those that differ from `base`. */
  readonly around: readonly Probe[];
}

/** A space of more choices is a mistake: a loop that asks for ever new names. */
const MOST_CHOICES = 2000;

/**
 * @throws Rejected what is wrong with a member; MCU6003 where the values of a choice depend on other answers
 */
export function probe(space: Space): Probes {
  const found = new Found();
  const base = memberOf(space, new Map());
  found.see(base, undefined);
  const around: Probe[] = [];
  const open = base.choices.map((choice) => ({ choice, from: base }));
  // What only several changes together bring about.
  for (const member of randomMembers(space))
    for (const choice of found.see(member, undefined)) open.push({ choice, from: member });
  for (let next = open.shift(); next; next = open.shift()) {
    const { choice, from } = next;
    for (const value of choice.domain) {
      if (value === from.values.get(choice.name)) continue;
      const member = memberOf(space, new Map([...from.values, [choice.name, value]]));
      if (from === base) around.push({ choice, value, member });
      for (const fresh of found.see(member, { choice, from })) open.push({ choice: fresh, from: member });
    }
  }
  return { choices: found.choices, gates: found.gates, base, around };
}

const RANDOM_MEMBERS = 12;

/** The same for the same space. */
export const randomMembers = (space: Space): Member[] =>
  Array.from({ length: RANDOM_MEMBERS }, (_, i) => space.random(randomOf(1, "survey", i)));

class Found {
  readonly #known = new Map<string, Choice>();
  readonly gates = new Map<string, Set<string>>();

  get choices(): readonly Choice[] {
    return [...this.#known.values()];
  }

  /** @returns choices that were not known before */
  see(member: Member, change: { readonly choice: Choice; readonly from: Member } | undefined): Choice[] {
    const fresh = member.choices.filter((choice) => this.#isFresh(choice));
    for (const choice of fresh) this.#known.set(choice.name, choice);
    if (this.#known.size > MOST_CHOICES)
      reject("MCU6004", member.choices[0].site?.at, { atMost: MOST_CHOICES, last: fresh.at(-1)?.name ?? "" });
    if (change) this.#compare(member, change.from, change.choice.name);
    return fresh;
  }

  #isFresh(choice: Choice): boolean {
    const known = this.#known.get(choice.name);
    if (!known) return true;
    if (keyOfDomain(known) === keyOfDomain(choice)) return false;
    return reject("MCU6003", choice.site?.at, { name: choice.name, here: choice, elsewhere: known });
  }

  #compare(member: Member, from: Member, changed: string): void {
    for (const [name] of this.#known) {
      if (name === changed || member.values.has(name) === from.values.has(name)) continue;
      this.gates.set(name, (this.gates.get(name) ?? new Set()).add(changed));
    }
  }
}

const keyOfDomain = ({ domain, grid }: Choice): string => JSON.stringify([domain, grid]);

/** What is wrong with a member is told with the answers that make it. */
function memberOf(space: Space, values: Assignment): Member {
  try {
    return space.member(values);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const message = `in the member ${keyOf(values)}`;
    throw new Rejected(
      error.diagnostics.map((one) => ({ ...one, related: [...one.related, { message, place: undefined }] })),
    );
  }
}
