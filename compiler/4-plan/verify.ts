/**
 * Checks a plan from its steps and kernels alone, without the planner's lifetimes: nothing that is still needed is ever
 * overwritten.
 */

import { canBeBiased } from "../ir/encoding.js";
import { bytes, bytesPerElement, type ValueId } from "../ir/graph.js";
import { arenasOf, type BufferId, type Planned, type Step } from "../ir/plan.js";

interface Range {
  readonly what: string;
  /** Of the arena that holds it. */
  readonly memory: string;
  readonly start: number;
  readonly end: number;
  readonly align: number;
}

/** Throws on any fault; every build runs it. A fault is a bug of the planner. */
export function verifyPlan(net: Planned): void {
  const sources = sourcesOf(net);
  const needs = lastNeeds(net, sources);
  const states = net.steps.flatMap(({ state }) => state.map((id) => bufferRange(net, id)));
  const inputs = net.inputs.filter((value) => !net.values[value].feed);
  const callers = [...inputs, ...net.outputs.map(({ value }) => value)].map((value) => rangeOf(net, value));
  checkArenas(net, [...callers, ...states]);
  allApart([...states, ...inputs.map((value) => rangeOf(net, value))]);
  verifyFed(net);

  const live = new Set<ValueId>(net.inputs);
  net.steps.forEach((step, index) => {
    const name = step.operations[0].name;
    const read = new Set(step.inputs.flatMap((value) => sources[value]));
    for (const value of read) {
      if (!live.has(value)) throw new Error(`plan: ${name} reads ${net.values[value].name} before it exists`);
    }
    const results = step.outputs.map((value) => rangeOf(net, value));
    const written = [...results, ...scratchOf(net, step)];
    written.forEach((one, i) => [...written.slice(i + 1), ...states].forEach((other) => apart(one, other)));
    for (const one of written) {
      checkInside(net, one);
      if (one.start % one.align !== 0) throw new Error(`plan: ${one.what} is not aligned`);
      for (const value of live) {
        const isNeeded = needs[value] > index;
        const isSpared = isNeeded || read.has(value) || (step.feeds !== undefined && inputs.includes(value));
        if (!isSpared || value === step.feeds || net.values[value].feed) continue;
        const isFree = !isNeeded && results.includes(one);
        const shown = step.inputs.filter((input) => sources[input].includes(value));
        if (!isFree || !mayOverwrite(net, step, shown, one)) apart(one, rangeOf(net, value));
      }
    }
    step.outputs.forEach((value) => live.add(value));
    for (const value of live) if (needs[value] <= index) live.delete(value);
  });
  net.biased.forEach((value) => verifyBiased(net, value));
  for (const value of net.outputs.flatMap((output) => sources[output.value])) {
    if (!live.has(value)) throw new Error(`plan: output ${net.values[value].name} is never computed`);
  }
}

function rangeOf(net: Planned, value: ValueId): Range {
  const { name, dtype } = net.values[value];
  const storage = net.storage.get(value);
  if (!storage) throw new Error(`plan: ${name} has no place`);
  const buffer = net.buffers[storage.buffer];
  const size = bytes(net.values[value]);
  if (storage.offset + size > buffer.bytes) throw new Error(`plan: ${name} is larger than its buffer`);
  const start = buffer.offset + storage.offset;
  return { what: name, memory: buffer.memory, start, end: start + size, align: bytesPerElement[dtype] };
}

function bufferRange(net: Planned, id: BufferId): Range {
  const { name, memory, offset, bytes: size, align } = net.buffers[id];
  return { what: name, memory, start: offset, end: offset + size, align };
}

function scratchOf(net: Planned, { scratch }: Step): Range[] {
  return scratch === undefined ? [] : [bufferRange(net, scratch)];
}

/**
 * Whether a result may lie where operands do that nobody needs afterwards: each of them is outside of it, or in the very place
 * where the kernel works in place, or no further below it than the kernel allows.
 * @param shown the operands that show what is in question
 */
function mayOverwrite(net: Planned, step: Step, shown: readonly ValueId[], result: Range): boolean {
  // Of several fed steps, each may run again after any other.
  if (shown.length === 0 || (step.feeds !== undefined && countFed(net) > 1)) return false;
  return shown.every((input) => {
    const place = rangeOf(net, input);
    const distance = result.start - place.start;
    if (!overlap(place, result)) return true;
    if (step.inPlace) return distance === 0 && place.end >= result.end;
    return distance <= (step.kernel.overlap?.(input) ?? -Infinity);
  });
}

/** Fed steps are the first, and their rows come in any order: what they write stays until the last of them. */
function verifyFed(net: Planned): void {
  const fed = net.steps.slice(0, countFed(net));
  if (fed.some(({ feeds }) => feeds === undefined)) throw new Error("plan: a fed step runs too late");
  allApart(
    fed.flatMap((step) => [...step.outputs.map((value) => rangeOf(net, value)), ...scratchOf(net, step)]),
  );
}

function countFed({ steps }: Planned): number {
  return steps.filter(({ feeds }) => feeds !== undefined).length;
}

/** The last step that reads each computed value or input, by itself or what shows it; -1: none; Infinity: the caller. */
function lastNeeds(net: Planned, sources: readonly (readonly ValueId[])[]): number[] {
  const last = net.values.map(() => -1);
  const lastFed = countFed(net) - 1;
  net.steps.forEach(({ inputs }, index) => {
    for (const value of inputs.flatMap((input) => sources[input])) last[value] = Math.max(index, lastFed);
  });
  for (const value of net.outputs.flatMap((output) => sources[output.value])) last[value] = Infinity;
  return last;
}

/** A value is stored biased where its producer writes it so and all its readers take it so: never the caller's, never a view. */
function verifyBiased(net: Planned, value: ValueId): void {
  const { name } = net.values[value];
  const producer = net.steps.find(({ outputs }) => outputs.includes(value));
  const isShown = net.operations.some(
    ({ inputs, output }) =>
      inputs.includes(value) &&
      !net.steps.some(({ operations }) => operations.some((one) => one.output === output)),
  );
  const readers = net.steps.filter(({ inputs }) => inputs.includes(value));
  if (!producer?.kernel.writesBiased || !canBeBiased(net.values[value]))
    throw new Error(`plan: nothing writes ${name} biased`);
  if (isShown || net.outputs.some((output) => output.value === value))
    throw new Error(`plan: ${name} is biased, and seen from outside`);
  if (!readers.every(({ kernel }) => kernel.readsBiased.includes(value)))
    throw new Error(`plan: a reader of ${name} takes it for plain`);
}

/** By value: the computed values (or inputs) that it is made of: itself, or what a view or a concatenation in place shows. */
function sourcesOf(net: Planned): readonly (readonly ValueId[])[] {
  const computed = new Set([...net.inputs, ...net.steps.flatMap(({ outputs }) => outputs)]);
  const producers = new Map(net.operations.map((operation) => [operation.output, operation]));
  const inside = new Set(net.steps.flatMap(({ operations }) => operations.map(({ output }) => output)));
  const known = new Map<ValueId, readonly ValueId[]>();
  const find = (value: ValueId): readonly ValueId[] => {
    if (computed.has(value) || inside.has(value) || net.values[value].constant) return [value];
    const found = known.get(value) ?? producers.get(value)?.inputs.flatMap(find);
    if (!found) throw new Error(`plan: nothing computes ${net.values[value].name}`);
    known.set(value, found);
    return found;
  };
  return net.values.map((_, value) => find(value));
}

/** Every arena is in a memory of its own. Inputs, outputs and state are in the main one: the network's functions look there. */
function checkArenas(net: Planned, lasting: readonly Range[]): void {
  const memories = arenasOf(net).map(({ memory }) => memory);
  if (new Set(memories).size < memories.length) throw new Error(`plan: two arenas in ${memories[0]}`);
  for (const one of lasting) {
    checkInside(net, one);
    if (one.memory !== net.arena.memory) throw new Error(`plan: ${one.what} is not in the main arena`);
  }
}

function checkInside(net: Planned, { what, memory, start, end }: Range): void {
  const arena = arenasOf(net).find((one) => one.memory === memory);
  if (!arena || start < 0 || end > arena.bytes) throw new Error(`plan: ${what} lies outside of the arena`);
}

const overlap = (one: Range, other: Range): boolean =>
  one.memory === other.memory && one.start < other.end && other.start < one.end;

function allApart(ranges: readonly Range[]): void {
  ranges.forEach((one, i) => ranges.slice(i + 1).forEach((other) => apart(one, other)));
}

function apart(one: Range, other: Range): void {
  if (overlap(one, other)) throw new Error(`plan: ${one.what} overlaps ${other.what}`);
}
