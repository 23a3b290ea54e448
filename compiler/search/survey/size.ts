/** How many members a space has. */

import type { Choice } from "../../../dsl/choices.js";
import type { Assignment } from "../member.js";
import { pickOf, randomOf } from "../random.js";
import type { Space } from "../space.js";
import { randomMembers, type Probes } from "./probes.js";

export interface Size {
  readonly count: bigint;
  /** false: estimated, because choices depend on each other in too many ways to go through. */
  readonly isExact: boolean;
}

/** Combinations of deciding answers that are gone through, over all groups. */
const MOST_READINGS = 3000;
/** Random walks of an estimate. */
const WALKS = 400;

/**
 * Choices that decide about each other form groups; groups are independent, so their counts multiply. What single changes cannot show
 * (a choice that only two changes together bring about), random members do: then all is one group.
 */
export function sizeOf(space: Space, probes: Probes): Size {
  const groups = groupsOf(probes);
  const counted = countAll(space, isIndependent(space, probes, groups) ? groups : [together(probes)]);
  return counted === undefined
    ? { count: estimate(space), isExact: false }
    : { count: counted, isExact: true };
}

interface Group {
  readonly choices: readonly Choice[];
  /** Those that decide whether others are asked. */
  readonly gates: ReadonlySet<string>;
}

function groupsOf({ choices, gates }: Probes): Group[] {
  const leaders = new Map(choices.map(({ name }) => [name, name]));
  const leader = (name: string): string => {
    const next = leaders.get(name)!;
    return next === name ? name : leader(next);
  };
  for (const [name, deciding] of gates) for (const one of deciding) leaders.set(leader(one), leader(name));
  const members = new Map<string, Choice[]>();
  for (const choice of choices) {
    const key = leader(choice.name);
    members.set(key, [...(members.get(key) ?? []), choice]);
  }
  const deciding = new Set([...gates.values()].flatMap((some) => [...some]));
  return [...members.values()].map((some) => ({
    choices: some,
    gates: new Set(some.map(({ name }) => name).filter((name) => deciding.has(name))),
  }));
}

/** Everything may depend on everything. */
const together = ({ choices }: Probes): Group => ({
  choices,
  gates: new Set(choices.map(({ name }) => name)),
});

/** Whether what is asked of each group depends on the group's own deciding answers alone. */
function isIndependent(space: Space, { choices }: Probes, groups: readonly Group[]): boolean {
  const names = new Set(choices.map(({ name }) => name));
  return randomMembers(space).every((member) => {
    const isKnown = [...member.values.keys()].every((name) => names.has(name));
    return isKnown && groups.every((group) => asksSame(space, group, member.values));
  });
}

function asksSame(space: Space, { choices, gates }: Group, values: Assignment): boolean {
  const alone = gates.size === 0 ? undefined : space.member(only(values, gates)).values;
  return choices.every(({ name }) => values.has(name) === (alone?.has(name) ?? true));
}

const only = (values: Assignment, names: ReadonlySet<string>): Assignment =>
  new Map([...values].filter(([name]) => names.has(name)));

/** undefined: too many. */
function countAll(space: Space, groups: readonly Group[]): bigint | undefined {
  let readings = 0;
  const count = (group: Group, answers: Assignment): bigint | undefined => {
    if (++readings > MOST_READINGS) return undefined;
    const { values } = space.member(answers);
    const asked = group.choices.filter(({ name }) => values.has(name));
    const open = asked.find(({ name }) => group.gates.has(name) && !answers.has(name));
    if (!open) return product(asked.filter(({ name }) => !group.gates.has(name)));
    let sum = 0n;
    for (const value of open.domain) {
      const part = count(group, new Map([...answers, [open.name, value]]));
      if (part === undefined) return undefined;
      sum += part;
    }
    return sum;
  };
  let all = 1n;
  for (const group of groups) {
    const part = group.gates.size === 0 ? product(group.choices) : count(group, new Map());
    if (part === undefined) return undefined;
    all *= part;
  }
  return all;
}

const product = (choices: readonly Choice[]): bigint =>
  choices.reduce((size, { domain }) => size * BigInt(domain.length), 1n);

/** Knuth's estimator (Mathematics of Computation 29, 1975): the product of the domains along random walks, on average the size. */
function estimate(space: Space): bigint {
  let sum = 0n;
  for (let walk = 0; walk < WALKS; walk++) {
    const random = randomOf(1, "walk", walk);
    const member = space.member(new Map(), ({ domain }) => pickOf(domain, random));
    sum += product(member.choices);
  }
  return sum / BigInt(WALKS);
}
