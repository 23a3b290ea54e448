/** The regions of memory that the pointers of every step may touch, and who owns what. */

import { bytes, rowBytes, type ValueId } from "../../ir/graph.js";
import { elementBytes, type ConstantArray } from "../../ir/loop.js";
import type { Lowered, LoweredStep, Place } from "../../ir/lowered.js";
import { arenasOf, type Step } from "../../ir/plan.js";
import type { Region } from "./memory.js";

/** Between pieces of memory: loads may go a little beyond the ends. */
const GAP = 4096;

/** Indices of the regions of a step's pointers. */
export interface StepRegions {
  readonly parameters: readonly number[];
  /** By name. */
  readonly constants: ReadonlyMap<string, number>;
}

/** Numbers all owners, and gives every pointer its region. */
export class Space {
  readonly regions: Region[] = [];
  readonly constants: { readonly array: ConstantArray; readonly at: number; readonly owner: number }[] = [];
  readonly steps: readonly StepRegions[];
  /** Owner of the state that begins at an offset of the main arena. */
  readonly states = new Map<number, number>();
  /** Address of the row at hand, of an input that is fed. */
  readonly rows = new Map<ValueId, number>();
  readonly #names = ["nobody"];
  readonly #values: readonly number[];
  readonly #arenas = new Map<string, number>();
  #end = GAP;

  constructor(private readonly net: Lowered) {
    for (const { memory, bytes } of arenasOf(net)) this.#arenas.set(memory, this.#take(bytes + GAP));
    this.#values = net.values.map(({ name }) => this.#newOwner(name));
    this.steps = net.lowered.map((one, index) => ({
      parameters: this.#parametersOf(one, index),
      constants: this.#constantsOf(one, index),
    }));
  }

  /** Bytes of all memory. */
  get size(): number {
    return this.#end + GAP;
  }

  nameOf(owner: number): string {
    return this.#names[owner];
  }

  ownerOf(value: ValueId): number {
    return this.#values[value];
  }

  addressOf({ memory, offset }: Place): number {
    return this.#arenas.get(memory)! + offset;
  }

  placeOf(value: ValueId): number {
    const storage = this.net.storage.get(value)!;
    const { memory, offset } = this.net.buffers[storage.buffer];
    return this.addressOf({ memory, offset: offset + storage.offset });
  }

  /** Whose bytes a tensor consists of. */
  contents(value: ValueId): Pick<Region, "owner" | "shown"> {
    const owners = sourcesOf(this.net, value).map((source) => this.#values[source]);
    return { owner: owners[0], shown: owners.length > 1 ? new Set(owners) : undefined };
  }

  #newOwner(name: string): number {
    return this.#names.push(name) - 1;
  }

  #take(size: number): number {
    const at = this.#end;
    this.#end = (at + size + 63) & ~63;
    return at;
  }

  #add(region: Region): number {
    return this.regions.push(region) - 1;
  }

  #parametersOf(one: LoweredStep, index: number): number[] {
    const { step, places } = one;
    const starts = places.map((place) => (place ? this.addressOf(place) : this.#rowOf(step.feeds!)));
    const values = step.inputs.length + step.outputs.length;
    const states = step.state.length;
    const before = starts.slice(0, values + states).map((start, i) => {
      if (i < values) return this.#tensorRegion(step, index, i, start);
      return this.#stateRegion(step.state[i - values], index, start);
    });
    const scratch = this.#scratchRegions(one, index, starts.slice(values + states));
    return [...before, ...scratch].map((region) => this.#add(region));
  }

  #scratchRegions(
    { step, code, name: layer }: LoweredStep,
    index: number,
    starts: readonly number[],
  ): Region[] {
    const parts = code.parts?.length === starts.length ? code.parts : undefined;
    const pointers = code.parameters.slice(code.parameters.length - starts.length);
    const names = pointers.map(({ name }) => `scratch ${name}`);
    const owners = names.map((name) => this.#newOwner(`${name} of ${layer}`));
    // What is needed only while a row is computed.
    const isBrief = (i: number) => parts?.[i].kind === "rows" || parts?.[i].kind === "work";
    const brief = new Set(owners.filter((_, i) => isBrief(i)));
    return starts.map((start, i) => ({
      step: index,
      name: names[i],
      start,
      end: parts ? start + ((parts[i].bytes + 3) & ~3) : this.#scratchEnd(step.scratch!, start, starts),
      owner: owners[i],
      writable: true,
      garbage: true,
      turns: isBrief(i) ? brief : undefined,
    }));
  }

  #tensorRegion(step: Step, index: number, parameter: number, start: number): Region {
    const value = [...step.inputs, ...step.outputs][parameter];
    const type = this.net.values[value];
    const end = start + (value === step.feeds ? rowBytes(type) : bytes(type));
    const writable = parameter >= step.inputs.length;
    return { step: index, name: type.name, start, end, ...this.contents(value), writable, garbage: false };
  }

  #stateRegion(buffer: number, index: number, start: number): Region {
    const { name, bytes: size, offset } = this.net.buffers[buffer];
    const owner = this.states.get(offset) ?? this.#newOwner(name);
    this.states.set(offset, owner);
    return { step: index, name, start, end: start + size, owner, writable: true, garbage: false };
  }

  /** Where the caller's row is while a step is fed. */
  #rowOf(value: ValueId): number {
    const at = this.rows.get(value) ?? this.#take(rowBytes(this.net.values[value]) + GAP);
    this.rows.set(value, at);
    return at;
  }

  /** A piece of scratch ends where the next one begins. */
  #scratchEnd(buffer: number, start: number, starts: readonly number[]): number {
    const { memory, offset, bytes: size } = this.net.buffers[buffer];
    const end = this.addressOf({ memory, offset: offset + size });
    return starts.filter((other) => other > start).reduce((least, other) => Math.min(least, other), end);
  }

  #constantsOf({ code, name: step }: LoweredStep, index: number): Map<string, number> {
    return new Map(
      code.constants.map((array) => {
        const { name } = array;
        const size = array.data.length * elementBytes[array.element];
        const at = this.#take(size);
        const owner = this.#newOwner(`${name} of ${step}`);
        this.constants.push({ array, at, owner });
        const region = { step: index, name, start: at, end: at + size, owner };
        return [name, this.#add({ ...region, writable: false, garbage: false })];
      }),
    );
  }
}

/** What a value is made of: itself if a step or the caller writes it, else what the view or concatenation shows. */
function sourcesOf(net: Lowered, value: ValueId): readonly ValueId[] {
  const isWritten = net.inputs.includes(value) || net.steps.some(({ outputs }) => outputs.includes(value));
  if (isWritten) return [value];
  const shown = net.operations.find(({ output }) => output === value)!;
  return shown.inputs.flatMap((input) => sourcesOf(net, input));
}
