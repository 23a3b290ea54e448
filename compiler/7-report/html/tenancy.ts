/** Which value lies where in the arenas, from when to when: what the picture draws. */

import { bytes, type ValueId } from "../../ir/graph.js";
import type { Lowered } from "../../ir/lowered.js";
import type { Buffer } from "../../ir/plan.js";

/** A value in its place, from the step that writes it to the last that reads it. Inputs: from 0. */
export interface Tenancy {
  readonly value: ValueId;
  readonly kind: "input" | "output" | "activation";
  readonly buffer: Buffer;
  /** Address in the buffer's arena, bytes. */
  readonly start: number;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
  /** The step that writes it; undefined: the caller does. */
  readonly writer?: number;
}

/** Bytes of an input that the result of a step takes over while it is consumed. */
export interface Takeover {
  readonly step: number;
  readonly memory: string;
  readonly start: number;
  readonly end: number;
  readonly eaten: Tenancy;
  readonly by: Tenancy;
}

/** Of all values that are computed or given and have a place; what only shows others' bytes (views, joins) is none. */
export function tenanciesOf(net: Lowered): Tenancy[] {
  const writers = new Map(net.steps.flatMap(({ outputs }, i) => outputs.map((value) => [value, i] as const)));
  const sources = sourcesOf(net, writers);
  const lastReads = new Map<ValueId, number>();
  net.steps.forEach(({ inputs }, step) =>
    inputs.flatMap(sources).forEach((value) => lastReads.set(value, step)),
  );
  const outputs = new Set(net.outputs.flatMap(({ value }) => sources(value)));
  return [...net.inputs, ...writers.keys()].flatMap((value) => {
    const storage = net.storage.get(value);
    if (storage === undefined) return [];
    const buffer = net.buffers[storage.buffer];
    const writer = writers.get(value);
    const first = writer ?? 0;
    const last = outputs.has(value) ? buffer.last : Math.max(first, lastReads.get(value) ?? first);
    const kind = net.inputs.includes(value) ? "input" : outputs.has(value) ? "output" : "activation";
    const start = buffer.offset + storage.offset;
    return [{ value, kind, buffer, start, bytes: bytes(net.values[value]), first, last, writer }];
  });
}

/** The values whose bytes a value shows: its own, or those of what a view or a join is made of. */
function sourcesOf(net: Lowered, writers: ReadonlyMap<ValueId, number>): (value: ValueId) => ValueId[] {
  const shown = new Map(net.operations.map(({ output, inputs }) => [output, inputs]));
  const known = new Map<ValueId, ValueId[]>();
  const sources = (value: ValueId): ValueId[] => {
    const inputs = writers.has(value) ? undefined : shown.get(value);
    if (inputs === undefined) return [value];
    const found = known.get(value) ?? [...new Set(inputs.flatMap(sources))];
    known.set(value, found);
    return found;
  };
  return sources;
}

/** Wherever a result and a value that its step is the last to need have bytes in common. */
export function takeoversOf(tenancies: readonly Tenancy[]): Takeover[] {
  return tenancies.flatMap((by) => {
    const { writer } = by;
    if (writer === undefined) return [];
    const needed = tenancies.filter((one) => one.last === writer && (one.writer ?? -1) < writer);
    return needed.flatMap((eaten): Takeover[] => {
      const { memory } = by.buffer;
      const start = Math.max(by.start, eaten.start);
      const end = Math.min(by.start + by.bytes, eaten.start + eaten.bytes);
      if (start >= end || eaten.buffer.memory !== memory) return [];
      return [{ step: writer, memory, start, end, eaten, by }];
    });
  });
}

/** At some step the values in a buffer are smaller than it. */
export function hasIdleBytes({ first, last, bytes: size }: Buffer, inside: readonly Tenancy[]): boolean {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i).some((step) => {
    const live = inside.filter((one) => one.first <= step && step <= one.last);
    return live.reduce((sum, one) => sum + one.bytes, 0) < size;
  });
}
