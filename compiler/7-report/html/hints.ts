/** What the picture says under the pointer. */

import type { ScratchPart } from "../../ir/loop.js";
import type { Buffer } from "../../ir/plan.js";
import { element, type Markup } from "./markup.js";
import { partText, type Subject } from "./subject.js";
import type { Takeover, Tenancy } from "./tenancy.js";
import { exactBytes, grouped } from "./words.js";

export const hint = (lines: readonly string[]): Markup => element("title", {}, lines.join("\n"));

export function bufferHint(subject: Subject, buffer: Buffer): string[] {
  const { name, kind, memory, offset, bytes } = buffer;
  return [
    `${name}: buffer, ${kind}`,
    `${exactBytes(bytes)} at ${addresses(offset, bytes)} of ${memory}`,
    lifetime(subject, buffer),
  ];
}

export function tenancyHint(subject: Subject, one: Tenancy): string[] {
  const { value, kind, start, bytes, first, last, writer, buffer } = one;
  const { name, shape, dtype } = subject.net.values[value];
  const place = subject.placeOfValue(value);
  const biased = subject.net.biased.has(value) ? ", stored biased" : "";
  const caller = `the caller${place === undefined ? "" : ` (${place})`}`;
  return [
    `${name}: ${kind}, ${shape.join("x")} ${dtype}${biased}`,
    `${exactBytes(bytes)} at ${addresses(start, bytes)} of ${buffer.memory}`,
    `written by ${writer === undefined ? caller : `step ${subject.stepText(first)}`}`,
    `needed until step ${subject.stepText(last)}`,
  ];
}

export function partHint(subject: Subject, buffer: Buffer, part: ScratchPart): string[] {
  return [
    `${part.name}: ${partText(part)}`,
    `${addresses(buffer.offset + part.offset, part.bytes)} of ${buffer.memory}`,
    buffer.name,
    lifetime(subject, buffer),
  ];
}

export function takeoverHint(subject: Subject, { step, start, end, eaten, by }: Takeover): string[] {
  const [from, to] = [eaten, by].map(({ value }) => subject.net.values[value].name);
  return [
    `${to} is written over ${from} as that is consumed`,
    `${exactBytes(end - start)} at ${addresses(start, end - start)}`,
    `step ${subject.stepText(step)}`,
  ];
}

const addresses = (start: number, bytes: number): string =>
  `${grouped(start)} to ${grouped(start + Math.max(bytes, 1) - 1)}`;

function lifetime(subject: Subject, { first, last }: Buffer): string {
  const text = subject.stepText(first);
  return first === last ? `during step ${text}` : `from step ${text} to step ${subject.stepText(last)}`;
}
