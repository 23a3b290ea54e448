/** What must stay in order within a stretch of operations. */

import { isOffset } from "./immediates.js";
import type { Access, Operation } from "./operation.js";
import { Kind, Trait, latency } from "./pipes.js";

export interface Dependences {
  /** Later operations that must follow each one. */
  readonly after: readonly Followers[];
  /** Earlier ones that must precede. */
  readonly before: readonly (readonly number[])[];
}

/** Distinct operations, with the least cycles in between. */
export interface Followers {
  readonly next: readonly number[];
  readonly cycles: readonly number[];
}

/** An address as an unknown start and a distance from it. */
interface Place {
  readonly start: number;
  readonly distance: number;
}

interface Placed {
  readonly at: number;
  readonly access: Access;
  readonly place?: Place;
}

export function dependencesOf(operations: readonly Operation[]): Dependences {
  const after = operations.map(() => ({ next: [] as number[], cycles: [] as number[] }));
  const before = operations.map((): number[] => []);
  const link = (first: number, then: number, cycles: number): void => {
    if (first === then) return;
    const followers = after[first];
    const known = followers.next.lastIndexOf(then);
    if (known >= 0) {
      if (followers.cycles[known] < cycles) followers.cycles[known] = cycles;
      return;
    }
    followers.next.push(then);
    followers.cycles.push(Math.max(cycles, 0));
    before[then].push(first);
  };
  registerDependences(operations, link);
  memoryDependences(operations, link);
  const last = operations.length - 1;
  if (last >= 0 && operations[last].traits & Trait.branch) for (let i = 0; i < last; i++) link(i, last, 0);
  return { after, before };
}

type Link = (first: number, then: number, cycles: number) => void;

function registerDependences(operations: readonly Operation[], link: Link): void {
  const writer = new Map<number, number>();
  const readers = new Map<number, number[]>();
  const steps = pointerSteps(operations);
  operations.forEach((operation, at) => {
    const { sources, uses, result, access } = operation;
    const steady = access?.base && access.offset !== undefined ? steps.get(access.base.index) : undefined;
    const basePosition = access?.kind === "load" ? 0 : 1;
    sources.forEach(({ index }, i) => {
      if (steady && i === basePosition) return stepDependences(at, access!.offset!, steady, link);
      const from = writer.get(index);
      if (from !== undefined) link(from, at, latency[kindOf(operations[from]) * 8 + uses[i]]);
      const list = readers.get(index);
      if (list) list.push(at);
      else readers.set(index, [at]);
    });
    if (!result) return;
    for (const reader of readers.get(result.index) ?? []) link(reader, at, 0);
    const previous = writer.get(result.index);
    if (previous !== undefined) link(previous, at, 0);
    writer.set(result.index, at);
    readers.set(result.index, []);
  });
}

/** An access may pass the steps of its base as far as its offset can make up for them. */
function stepDependences(at: number, offset: number, steps: readonly Step[], link: Link): void {
  for (const step of steps) {
    const isPassable = isOffset(offset - step.before) && isOffset(offset - step.after);
    if (isPassable) continue;
    if (step.at < at) link(step.at, at, 1);
    else link(at, step.at, 0);
  }
}

const kindOf = ({ kind, traits }: Operation): Kind =>
  traits & (Trait.earlyOlder | Trait.earlyAny) ? Kind.early : kind;

/** An operation that moves a pointer on by a constant: how far it was moved before it and behind it. */
interface Step {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** Pointers that only move in one direction, by constants. */
type Steps = ReadonlyMap<number, readonly Step[]>;

function pointerSteps(operations: readonly Operation[]): Steps {
  const steps = new Map<number, Step[]>();
  const others = new Set<number>();
  operations.forEach(({ result, sources, plus }, at) => {
    if (!result) return;
    const { index } = result;
    if (plus === undefined || sources[0] !== result) return void others.add(index);
    const list = steps.get(index);
    if (!list) return void steps.set(index, [{ at, before: 0, after: plus }]);
    const before = list[list.length - 1].after;
    if (before > 0 !== plus > 0) others.add(index);
    list.push({ at, before, after: before + plus });
  });
  others.forEach((one) => steps.delete(one));
  return steps;
}

/** The operations with the offsets that accesses have from where those pointers are at the start of the stretch. */
export const rebased = (operations: readonly Operation[]): Operation[] => shifted(operations, 1);
/** Back from there, in a new order. */
export const settled = (operations: readonly Operation[]): Operation[] => shifted(operations, -1);

function shifted(operations: readonly Operation[], sign: 1 | -1): Operation[] {
  const steps = pointerSteps(operations);
  const moved = new Map<number, number>();
  return operations.map((operation) => {
    const { result, plus, sources, access } = operation;
    const base = access?.base?.index;
    if (access && base !== undefined && access.offset !== undefined && moved.has(base)) {
      const { kind, bytes, aliases } = access;
      const offset = access.offset + sign * moved.get(base)!;
      return { ...operation, access: { kind, base: access.base, offset, bytes, aliases } };
    }
    if (result && sources[0] === result && plus !== undefined && steps.has(result.index)) {
      moved.set(result.index, (moved.get(result.index) ?? 0) + plus);
    }
    return operation;
  });
}

/** Loads pass loads; everything else that may overlap stays in order. Offsets are those of `rebased`. */
function memoryDependences(operations: readonly Operation[], link: Link): void {
  const steps = pointerSteps(operations);
  const places = new Map<number, Place>();
  let starts = 0;
  const placeOf = (register: number): Place => {
    let place = places.get(register);
    if (!place) places.set(register, (place = { start: starts++, distance: 0 }));
    return place;
  };
  const loads: Placed[] = [];
  const stores: Placed[] = [];
  operations.forEach(({ access, result, sources, plus }, at) => {
    if (access) {
      const base = access.base && access.offset !== undefined ? placeOf(access.base.index) : undefined;
      const place = base && { start: base.start, distance: base.distance + access.offset! };
      const isLoad = access.kind === "load";
      for (const one of isLoad ? [stores] : [stores, loads]) {
        for (const other of one)
          if (mayClash(other.access, other.place, access, place)) link(other.at, at, 0);
      }
      (isLoad ? loads : stores).push({ at, access, place });
    }
    if (!result) return;
    if (steps.has(result.index) && sources[0] === result && plus !== undefined) return;
    if (plus === undefined) places.set(result.index, { start: starts++, distance: 0 });
    else {
      const from = placeOf(sources[0].index);
      places.set(result.index, { start: from.start, distance: from.distance + plus });
    }
  });
}

function mayClash(a: Access, first: Place | undefined, b: Access, second: Place | undefined): boolean {
  if (a.aliases !== b.aliases) return false;
  if (!first || !second || first.start !== second.start) return true;
  return first.distance < second.distance + b.bytes && second.distance < first.distance + a.bytes;
}
