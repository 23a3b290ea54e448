/** What there is to know about a search space before searching it: its choices, its size, its extremes. */

import type { Choice } from "../../../dsl/choices.js";
import { reject } from "../../diagnostics/diagnostic.js";
import { operatorOf } from "../../ops/index.js";
import type { Assignment, Member } from "../member.js";
import type { Space } from "../space.js";
import { probe, type Probes } from "./probes.js";
import { sizeOf, type Size } from "./size.js";

export interface Survey {
  readonly choices: readonly Choice[];
  /** Those whose combinations are the sub-spaces of stage 1. */
  readonly grid: readonly Choice[];
  readonly size: Size;
  /** Of the most and the fewest multiply-accumulates that changing one answer after the other leads to. */
  readonly largest: Member;
  readonly smallest: Member;
}

/** @throws Rejected MCU6001 where nothing is asked, MCU6003, MCU6004, and what is wrong with a member */
export function surveyOf(space: Space): Survey {
  const probes = probe(space);
  const { choices, base } = probes;
  if (choices.length === 0)
    reject("MCU6001", base.net.site?.at ?? { file: space.file }, { found: base.net.name });
  return {
    choices,
    grid: choices.filter(({ grid }) => grid),
    size: sizeOf(space, probes),
    ...extremes(space, probes),
  };
}

/** Choices seldom work against each other: each takes the value that is best alone. */
function extremes(space: Space, { base, around }: Probes): Pick<Survey, "largest" | "smallest"> {
  const macs = macsOf(space, base);
  const most = new Map<
    string,
    { readonly macs: number; readonly value: Parameters<Map<string, any>["set"]>[1] }
  >();
  const fewest = new Map(most);
  for (const { choice, value, member } of around) {
    const one = { macs: macsOf(space, member), value };
    if (one.macs > (most.get(choice.name)?.macs ?? macs)) most.set(choice.name, one);
    if (one.macs < (fewest.get(choice.name)?.macs ?? macs)) fewest.set(choice.name, one);
  }
  const answers = (best: typeof most): Assignment =>
    new Map([...best].map(([name, { value }]) => [name, value]));
  return { largest: space.member(answers(most)), smallest: space.member(answers(fewest)) };
}

/** Multiply-accumulates of one inference, layers as they are written. */
export function macsOf(space: Space, member: Member): number {
  const { operations, values } = space.checked(member);
  return operations.reduce((sum, operation) => {
    const inputs = operation.inputs.map((id) => values[id]);
    return sum + operatorOf(operation).macs(operation, inputs, values[operation.output]);
  }, 0);
}
