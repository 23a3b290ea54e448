/** A network with what all parts of its page ask of it. */

import type { ValueId } from "../../ir/graph.js";
import type { Lowered, LoweredStep } from "../../ir/lowered.js";
import type { ScratchPart } from "../../ir/loop.js";
import { layerName, layerPlace } from "../../limits/usage.js";
import { operatorsOf } from "../json.js";
import { SourceLines } from "../source-line.js";
import { takeoversOf, tenanciesOf, type Takeover, type Tenancy } from "./tenancy.js";
import { exactBytes } from "./words.js";

export interface Subject {
  readonly net: Lowered;
  readonly tenancies: readonly Tenancy[];
  readonly takeovers: readonly Takeover[];
  /** `net.ts:14:13`; undefined where the network was not read from a text. */
  placeOfStep(step: number): string | undefined;
  placeOfValue(value: ValueId): string | undefined;
  /** `3 block2_add (net.ts:14:13)`; `none` in a network that computes nothing. */
  stepText(step: number): string;
}

export function subjectOf(net: Lowered): Subject {
  const tenancies = tenanciesOf(net);
  const places = net.lowered.map(layerPlace);
  const sites = net.values.map(({ site }) => site?.at);
  const lines = new SourceLines(
    [...places, ...net.inputs.map((value) => sites[value])].flatMap((at) => at?.file ?? []),
  );
  const placeOfStep = (step: number) => places[step] && lines.at(places[step]);
  return {
    net,
    tenancies,
    takeovers: takeoversOf(tenancies),
    placeOfStep,
    placeOfValue: (value) => sites[value] && lines.at(sites[value]),
    stepText: (step) => {
      if (net.lowered[step] === undefined) return "none";
      const place = placeOfStep(step);
      return `${step} ${layerName(net.lowered[step])}${place === undefined ? "" : ` (${place})`}`;
    },
  };
}

/** Of a buffer: the pieces of the scratch that it is, and whose. */
export function partsOf(net: Lowered, buffer: number): readonly ScratchPart[] {
  return net.lowered.find(({ step }) => step.scratch === buffer)?.code.parts ?? [];
}

/** `conv2d + add`, and what was folded into it. */
export function operatorText(step: LoweredStep): string {
  return step.step.feeds === undefined
    ? operatorsOf(step)
    : `${operatorsOf(step)}, once a row before the run`;
}

const partKinds: Record<ScratchPart["kind"], string> = {
  ring: "ring",
  lines: "lines that move up",
  rows: "rows at hand",
  work: "work",
};

/** `ring of 3 rows, 6,720 B` */
export function partText({ kind, rows, bytes }: ScratchPart): string {
  const count =
    rows === undefined ? "" : kind === "ring" ? ` of ${rows} row${rows === 1 ? "" : "s"}` : ` (${rows})`;
  return `${partKinds[kind]}${count}, ${exactBytes(bytes)}`;
}
