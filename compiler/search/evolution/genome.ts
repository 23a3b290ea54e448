/**
 * What a network passes on to the next generation: its answers, and those that it has inherited and is not asked for. They come alive
 * again in descendants that are deeper. A genome may leave choices open; what is open is drawn when it is asked for.
 */

import type { Choosable } from "../../../dsl/choices.js";
import type { Assignment } from "../member.js";
import { pickOf, type Random } from "../random.js";
import type { Space } from "../space.js";

export type Genome = Assignment;

/** Each answer from one of the two, with equal probability; those that only one of them has from that one. */
export function crossed(one: Genome, other: Genome, random: Random): Genome {
  const child = new Map<string, Choosable>();
  // Sorted: a genome that was saved and read again may have another order, and must draw the same.
  for (const name of [...new Set([...one.keys(), ...other.keys()])].sort()) {
    const [first, second] = random() < 0.5 ? [one, other] : [other, one];
    child.set(name, (first.has(name) ? first : second).get(name)!);
  }
  return child;
}

/** Each answer is forgotten with this probability, and so drawn anew by whoever is asked. */
export function mutated(genome: Genome, probability: number, random: Random): Genome {
  const names = [...genome.keys()].sort();
  return new Map(names.filter(() => random() >= probability).map((name) => [name, genome.get(name)!]));
}

export type Reader = Pick<Space, "member">;

/** A genome as a network, and with what was drawn for it. @throws Rejected where that network cannot be read */
export function grown(
  space: Reader,
  genome: Genome,
  fixed: Assignment,
  random: Random,
): { readonly genome: Genome; readonly values: Assignment } {
  const inherited = new Map([...genome, ...fixed]);
  const { values } = space.member(inherited, ({ domain }) => pickOf(domain, random));
  return { genome: new Map([...inherited, ...values]), values };
}
