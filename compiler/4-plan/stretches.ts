/**
 * Which stretches of the order could run as segments, row by row, and with which row kernels: for every stretch the few
 * combinations of them that are neither slower nor larger than another. Ends of stretches are the tensors that are no larger
 * than both their neighbours; what lies between costs rows instead of tensors.
 */

import { bytes, type Operation, type Simplified, type ValueId } from "../ir/graph.js";
import { lineBytes } from "../ir/encoding.js";
import type { Layer } from "../kernels/kernel.js";
import type { RowEncoding, RowKernel } from "../kernels/rows/row-kernel.js";
import type { Segment, SegmentStage, StageInput } from "../kernels/rows/segment.js";
import { numberOf, type Layers } from "./layers.js";
import type { StagePrices } from "./stage-prices.js";
import type { Residence } from "./residence.js";

/** Longest stretch that is tried, in operations. */
const MOST_STAGES = 20;

/** Combinations of kernels that are kept for a stretch. */
const MOST_WAYS = 4;

export interface Stretch {
  readonly first: number;
  readonly end: number;
  readonly segment: Segment;
  /** How each stage writes its rows. */
  readonly writes: readonly RowEncoding[];
  /** Bytes of scratch that it takes, roughly. */
  readonly scratch: number;
  /** The same for stretches of the same layers (`Layers.like`) with the same kernels and connections. */
  readonly key: string;
}

/** A row kernel for an operation, priced by itself. */
interface Way {
  readonly kernel: RowKernel;
  readonly cycles: number;
  /** Of its scratch and of the rows of its input that it needs. */
  readonly scratch: number;
  readonly held: number;
}

/** Kernels for the stages so far. */
interface Partial {
  readonly key: string;
  readonly stages: readonly SegmentStage[];
  /** How each stage's result lies; undefined: nobody has read it yet. */
  readonly written: readonly (RowEncoding | undefined)[];
  readonly cycles: number;
  readonly held: number;
  readonly scratch: number;
}

/** Of exemplars. */
const exemplaryWays = new WeakMap<Operation, readonly Way[]>();

export class Stretches {
  readonly #net: Simplified;
  readonly #ways: WeakMap<Operation, readonly Way[]>;
  readonly #users = new Map<ValueId, number[]>();
  readonly #isOutput: ReadonlySet<ValueId>;

  constructor(
    private readonly layers: Layers,
    private readonly residence: Residence,
    private readonly prices: StagePrices,
  ) {
    this.#net = layers.net;
    this.#ways = layers.ordinary ? exemplaryWays : new WeakMap();
    residence.order.forEach((operation, position) => {
      for (const input of new Set(operation.inputs))
        this.#users.set(input, [...(this.#users.get(input) ?? []), position]);
    });
    this.#isOutput = new Set(this.#net.outputs.map(({ value }) => value));
  }

  all(): Stretch[] {
    return this.residence.order.flatMap((_, first) => this.from(first));
  }

  /** Those that begin at a position of the order. */
  from(first: number): Stretch[] {
    const { order } = this.residence;
    const inputs = order[first].inputs.filter((value) => !this.#net.values[value].constant);
    const source = inputs.find((value) => this.#net.values[value].feed) ?? inputs[0];
    if (source === undefined) return [];
    const isPeak = this.#isBulge(source);
    const found: Stretch[] = [];
    const values: ValueId[] = [source];
    let partial: readonly Partial[] = [{ key: "", stages: [], written: [], cycles: 0, held: 0, scratch: 0 }];
    for (let end = first + 1; end <= order.length && end - first <= MOST_STAGES; end++) {
      partial = this.#extend(partial, first, order[end - 1], values);
      if (partial.length === 0 || (isPeak && end - first > 1)) break;
      const { output } = order[end - 1];
      if (end - first > 1 && this.#isBulge(output)) continue;
      if (!this.#isClosed(first, end)) continue;
      const fed = this.#net.values[source].feed !== undefined;
      for (const { key, stages, written, held, scratch } of partial)
        found.push({
          first,
          end,
          scratch: held + scratch,
          key: fed ? `fed${key}` : key,
          segment: { stages, values: [...values], fed },
          writes: written.map((encoding) => encoding ?? "plain"),
        });
    }
    return found;
  }

  /** One more stage, with every kernel that can read what is there; `values` gets the whole tensors that it reads. */
  #extend(
    partial: readonly Partial[],
    first: number,
    operation: Operation,
    values: ValueId[],
  ): readonly Partial[] {
    if (!this.residence.computed.has(operation)) return [];
    const { order } = this.residence;
    const layer = this.layers.like(operation);
    const ways = this.#waysOf(layer);
    if (ways.length === 0) return [];
    const inputs: StageInput[] = [];
    let streamed = -1;
    let latest = -1;
    for (const [index, value] of operation.inputs.entries()) {
      if (this.#net.values[value].constant) continue;
      const stage = stageOf(order, first, value, partial[0].stages.length);
      if (stage === undefined && !values.includes(value)) values.push(value);
      inputs.push(stage === undefined ? { tensor: values.indexOf(value) } : { stage });
      if (stage !== undefined && stage > latest) [latest, streamed] = [stage, index];
    }
    // The rows of the first tensor drive everything; others are beside.
    if (streamed < 0) streamed = operation.inputs.indexOf(values[0]);
    if (streamed < 0) return [];
    const places = layer.inputs.flatMap(({ constant }, index) => (constant ? [] : [index]));
    const place = places.indexOf(streamed);
    const next: Partial[] = [];
    const wiring = inputs.map((one) => ("stage" in one ? `<${one.stage}` : `@${one.tensor}`)).join("");
    const name = ` ${numberOf(layer)}${wiring}/`;
    for (const way of ways) {
      const stage: SegmentStage = { layer, kernel: way.kernel, inputs, streamed };
      for (const before of partial) {
        const written = meet(before, inputs, place, way.kernel);
        if (!written) continue;
        written.push(undefined);
        next.push({
          key: `${before.key}${name}${ways.indexOf(way)}`,
          stages: [...before.stages, stage],
          written,
          cycles: before.cycles + way.cycles,
          held: before.held + (latest < 0 && way.kernel.reads === "plain" ? 0 : way.held),
          scratch: Math.max(before.scratch, way.scratch),
        });
      }
    }
    return best(next);
  }

  /** Only the last result is seen outside, and it is a whole one. */
  #isClosed(first: number, end: number): boolean {
    const { order } = this.residence;
    for (let position = first; position < end - 1; position++) {
      const { output } = order[position];
      if (this.#isOutput.has(output)) return false;
      if ((this.#users.get(output) ?? []).some((user) => user >= end)) return false;
    }
    return true;
  }

  /** Larger than what it is made of and what is made of it: no place to cut. */
  #isBulge(value: ValueId): boolean {
    const { order } = this.residence;
    const producer = order.find(({ output }) => output === value);
    const [user] = this.#users.get(value) ?? [];
    if (!producer || user === undefined) return false;
    const size = bytes(this.#net.values[value]);
    const isSmaller = (other: ValueId) => bytes(this.#net.values[other]) < size;
    return isSmaller(order[user].output) && producer.inputs.every(isSmaller);
  }

  #waysOf(layer: Layer): readonly Way[] {
    const known = this.#ways.get(layer.operation);
    if (known) return known;
    const kernels = (layer.operator.rowKernels ?? []).filter((kernel) => kernel.fits(layer));
    const ways = kernels.map((kernel): Way => {
      const [rows, width, channels] = layer.inputs[0].shape;
      const { size } = kernel.window(layer);
      const held =
        kernel.reads === "lines"
          ? lineBytes(kernel.lines!(layer), channels, size)
          : size > 1
            ? width * channels * size
            : 0;
      const times = kernel.total ? rows : layer.output.shape[0];
      const streamed = layer.inputs.findIndex(({ constant }) => !constant);
      const { each } = this.prices.of({ kernel, layer, streamed }, 1, "plain");
      return { kernel, cycles: each * times, scratch: kernel.scratch(layer, 1), held };
    });
    this.#ways.set(layer.operation, ways);
    return ways;
  }
}

/** The stage that makes a value, if one of the `count` stages from position `first` on does. */
function stageOf(
  order: readonly Operation[],
  first: number,
  value: ValueId,
  count: number,
): number | undefined {
  for (let stage = 0; stage < count; stage++) if (order[first + stage].output === value) return stage;
  return undefined;
}

/** How the stages' results lie if the kernel reads them; undefined: it cannot. @param streamed the index of an input */
function meet(
  { stages, written }: Partial,
  inputs: readonly StageInput[],
  streamed: number,
  kernel: RowKernel,
): (RowEncoding | undefined)[] | undefined {
  const result = written.slice();
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    const reads = i === streamed ? kernel.reads : "plain";
    const unpacks = reads === "lines" && kernel.unpack !== undefined;
    if ("tensor" in input) {
      if (reads !== "plain" && !unpacks) return undefined;
      continue;
    }
    const { stage } = input;
    const { writes, total } = stages[stage].kernel;
    if (total) return undefined;
    const known = result[stage];
    if (known === undefined) {
      if (writes.includes(reads)) result[stage] = reads;
      else if (unpacks && writes.includes("plain")) result[stage] = "plain";
      else return undefined;
    } else if (known !== reads) {
      // Lines for one and rows for another: rows are kept, and unpacked.
      const isBoth = [known, reads].every((one) => one === "lines" || one === "plain");
      if (!isBoth || !writes.includes("plain") || (reads === "lines" && !unpacks)) return undefined;
      result[stage] = "plain";
    }
  }
  return result;
}

/** Neither slower nor larger than another, and of those the fastest, the smallest and some between. */
function best(partial: readonly Partial[]): readonly Partial[] {
  const size = ({ held, scratch }: Partial) => held + scratch;
  const sorted = [...partial].sort((a, b) => a.cycles - b.cycles || size(a) - size(b));
  const front: Partial[] = [];
  for (const one of sorted) {
    const last = front.at(-1);
    if (!last || size(one) < size(last)) front.push(one);
  }
  if (front.length <= MOST_WAYS) return front;
  return Array.from(
    { length: MOST_WAYS },
    (_, i) => front[Math.round((i * (front.length - 1)) / (MOST_WAYS - 1))],
  );
}
