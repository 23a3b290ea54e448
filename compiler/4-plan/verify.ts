/** Checks a plan from its steps alone, without the planner's lifetimes: nothing that is still needed is ever overwritten. */

import { canBeBiased } from "../ir/encoding.js";
import { bytes, bytesPerElement, type ValueId } from "../ir/graph.js";
import { arenasOf, type Planned } from "../ir/plan.js";

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
  const range = (value: ValueId): Range => {
    const storage = net.storage.get(value);
    if (!storage) throw new Error(`plan: ${net.values[value].name} has no place`);
    const { memory, offset } = net.buffers[storage.buffer];
    const start = offset + storage.offset;
    const end = start + bytes(net.values[value]);
    if (storage.offset + bytes(net.values[value]) > net.buffers[storage.buffer].bytes) {
      throw new Error(`plan: ${net.values[value].name} is larger than its buffer`);
    }
    const align = bytesPerElement[net.values[value].dtype];
    return { what: net.values[value].name, memory, start, end, align };
  };
  const bufferRange = (id: number): Range => {
    const { name, memory, offset, bytes: size, align } = net.buffers[id];
    return { what: name, memory, start: offset, end: offset + size, align };
  };
  const sources = net.values.map((_, value) => computedSources(net, value));
  const isOutput = new Set(net.outputs.flatMap(({ value }) => sources[value]));
  const neededAfter = (value: ValueId, step: number) =>
    isOutput.has(value) ||
    net.steps.some(
      (later, index) => index > step && later.inputs.some((one) => sources[one].includes(value)),
    );
  /** The result begins where one of the inputs made of `value` does, and the other inputs lie in the same place or outside of it. */
  const overwrites = (inputs: readonly ValueId[], value: ValueId, result: Range): boolean => {
    const places = inputs.filter((input) => sources[input].includes(value)).map(range);
    const isPlace = (place: Range) =>
      place.memory === result.memory && place.start === result.start && place.end >= result.end;
    const isOutside = (place: Range) => !overlap(place, result);
    return places.some(isPlace) && places.every((place) => isPlace(place) || isOutside(place));
  };
  const states = net.steps.flatMap(({ state }) => state.map(bufferRange));
  checkArenas(net, [...[...net.inputs, ...net.outputs.map(({ value }) => value)].map(range), ...states]);
  const live = new Set<ValueId>(net.inputs);
  states.forEach((one, i) =>
    [...states.slice(i + 1), ...net.inputs.map(range)].forEach((other) => apart(one, other)),
  );

  net.steps.forEach((step, index) => {
    const name = step.operations[0].name;
    const read = new Set(step.inputs.flatMap((value) => sources[value]));
    for (const value of read) {
      if (!live.has(value)) throw new Error(`plan: ${name} reads ${net.values[value].name} before it exists`);
    }
    const results = step.outputs.map(range);
    const scratch = step.scratch === undefined ? [] : [bufferRange(step.scratch)];
    const written = [...results, ...scratch];
    written.forEach((one, i) => [...written.slice(i + 1), ...states].forEach((other) => apart(one, other)));
    for (const one of written) {
      checkInside(net, one);
      if (one.start % one.align !== 0) throw new Error(`plan: ${one.what} is not aligned`);
      for (const value of live) {
        // In place: the result takes exactly the place of an input whose memory nobody needs any more.
        const isFree = read.has(value) && !neededAfter(value, index) && results.includes(one);
        const takesOver = step.inPlace && isFree && overwrites(step.inputs, value, one);
        if ((read.has(value) || neededAfter(value, index)) && !takesOver) apart(one, range(value));
      }
    }
    step.outputs.forEach((value) => live.add(value));
    for (const value of live) if (!neededAfter(value, index)) live.delete(value);
  });
  net.biased.forEach((value) => verifyBiased(net, value));
  for (const value of isOutput) {
    if (!live.has(value)) throw new Error(`plan: output ${net.values[value].name} is never computed`);
  }
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

/** The computed values (or inputs) that a value is made of: itself, or what a view or a concatenation in place shows. */
function computedSources(net: Planned, value: ValueId): readonly ValueId[] {
  const isComputed = net.inputs.includes(value) || net.steps.some(({ outputs }) => outputs.includes(value));
  if (isComputed || net.values[value].constant) return [value];
  const shown = net.operations.find(({ output }) => output === value);
  if (!shown) throw new Error(`plan: nothing computes ${net.values[value].name}`);
  return shown.inputs.flatMap((input) => computedSources(net, input));
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

function apart(one: Range, other: Range): void {
  if (overlap(one, other)) throw new Error(`plan: ${one.what} overlaps ${other.what}`);
}
