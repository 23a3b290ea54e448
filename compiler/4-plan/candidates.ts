/** All ways to compute stretches of the order, with what they cost: each operation by each of its kernels, and segments. */

import type { Operation, Simplified } from "../ir/graph.js";
import type { StepKernel } from "../ir/plan.js";
import { segmentKernel, type Segment } from "../kernels/rows/segment.js";
import { canTakeRows } from "./feeds.js";
import type { Layers } from "./layers.js";
import type { Prices } from "./prices/index.js";
import type { Residence } from "./residence.js";
import { Sketches } from "./sketches.js";
import { exemplaryStagePrices, StagePrices } from "./stage-prices.js";
import { Stretches, type Stretch } from "./stretches.js";
import { unitOf, type Unit } from "./units.js";

/** Operations `first` .. `end` - 1 of the order as one unit. */
export interface Candidate {
  readonly first: number;
  readonly end: number;
  /** Predicted, of the core. */
  readonly cycles: number;
  /** Bytes of constants and code. */
  readonly flash: number;
  /** Bytes that live while it runs, everything that is beside it included. */
  readonly bytes: number;
  /** The part of them that is its scratch. */
  readonly scratch: number;
  /** Layers that run row by row. */
  readonly isSegment: boolean;
  unit(): Unit;
}

export type Streaming = "on" | "off" | "chosen";

/** What candidates are made from. */
export interface Ground {
  readonly net: Simplified;
  readonly layers: Layers;
  /** Of an order of the operations. */
  readonly residence: Residence;
  readonly prices: Prices;
}

/** By the position of the operation that they end with. */
export type ByEnd = readonly (readonly Candidate[])[];

export function candidatesOf(ground: Ground, streaming: Streaming): ByEnd {
  const { net } = ground;
  const byEnd = layerCandidatesOf(ground).map((ending) => [...ending]);
  const isFed = net.inputs.some((value) => net.values[value].feed);
  if (streaming === "off" && !isFed) return byEnd;
  const segments = new SegmentCandidates(ground);
  for (const stretch of segments.stretches.all()) {
    if (streaming === "off" && !stretch.segment.fed) continue;
    byEnd[stretch.end - 1].push(...segments.of(stretch));
  }
  return byEnd;
}

/** Each operation by itself. */
export function layerCandidatesOf({ net, layers, residence, prices }: Ground): ByEnd {
  return residence.order.map((operation, position): Candidate[] => {
    if (operation.inputs.some((value) => net.values[value].feed)) return [];
    if (!residence.computed.has(operation)) return [viewAt(operation, position, residence)];
    return layersAt(layers, operation, position, residence, prices);
  });
}

/** Stretches row by row. */
export class SegmentCandidates {
  readonly stretches: Stretches;
  readonly #sketches: Sketches;

  constructor(private readonly ground: Ground) {
    const { layers, residence, prices } = ground;
    const stagePrices = layers.ordinary ? exemplaryStagePrices(prices) : new StagePrices(prices);
    this.stretches = new Stretches(layers, residence, stagePrices);
    this.#sketches = new Sketches(stagePrices, layers.ordinary);
  }

  of(stretch: Stretch): readonly Candidate[] {
    const { net, layers, residence } = this.ground;
    return canTakeRows(net, stretch.segment) ? segmentsAt(layers, stretch, residence, this.#sketches) : [];
  }
}

function viewAt(operation: Operation, first: number, residence: Residence): Candidate {
  const { across, read, written } = residence.around(first, first + 1);
  const unit = unitOf(operation);
  const bytes = across + Math.max(read, written);
  return {
    first,
    end: first + 1,
    cycles: 0,
    flash: 0,
    bytes,
    scratch: 0,
    isSegment: false,
    unit: () => unit,
  };
}

/** With all the scratch that a kernel can use, and with the least. */
function layersAt(
  layers: Layers,
  operation: Operation,
  first: number,
  residence: Residence,
  prices: Prices,
): Candidate[] {
  const kernels = layers.kernelsOf(operation);
  if (kernels.length === 0) throw new Error(`no kernel computes ${operation.kind} ${operation.name}`);
  const { across, read, written, dying } = residence.around(first, first + 1);
  return kernels.flatMap((kernel) => {
    const isInPlace = kernel.inPlace.some((value) => dying.includes(value)) && written <= read;
    const { least, most } = kernel.scratch(isInPlace);
    return [...new Set([least, most])].map((scratch): Candidate => {
      const bytes = across + (isInPlace ? read : read + written) + scratch;
      const granted = { scratch, inPlace: isInPlace };
      const { cycles, flash } = prices.layer(kernel, [operation], granted);
      const unit = unitOf(operation, scratch === least ? kernel : withScratch(kernel, scratch));
      return {
        first,
        end: first + 1,
        cycles,
        flash,
        bytes,
        scratch,
        isSegment: false,
        unit: () => unit,
      };
    });
  });
}

/** The kernel, which asks for so much scratch where it can use it. */
function withScratch(kernel: StepKernel, wanted: number): StepKernel {
  return {
    ...kernel,
    scratch(inPlace) {
      const { least, most } = kernel.scratch(inPlace);
      return { least: Math.max(least, Math.min(most, wanted)), most };
    },
  };
}

/** With one row at a time, and with as many as it can; none where its kernels do not go together. */
function segmentsAt(layers: Layers, stretch: Stretch, residence: Residence, sketches: Sketches): Candidate[] {
  const sketch = sketches.of(stretch);
  if (!sketch) return [];
  const { first, end, segment } = stretch;
  const { across, read, written, dying } = residence.around(first, end);
  // The result reaches into one input that nobody needs afterwards, the one that saves most.
  const saved = segment.values.map((value, i) => {
    const overlap = sketch.overlaps[i];
    const bytes = residence.bytesOf(value);
    if (overlap === undefined || !dying.includes(value)) return 0;
    return bytes + written - Math.max(bytes + Math.max(0, -overlap), written);
  });
  const beside = across + read + written - Math.max(0, ...saved);
  let kernel: StepKernel | undefined;
  return sketch.layouts.map(({ layout, isLeast, price }): Candidate => {
    const { cycles, flash } = price;
    let unit: Unit | undefined;
    const make = () => {
      const own = layers.own(segment, residence.order, first);
      kernel ??= segmentKernel(own);
      return unitOfSegment(own, isLeast ? kernel : withScratch(kernel, layout.bytes));
    };
    return {
      first,
      end,
      cycles,
      flash,
      bytes: beside + layout.bytes,
      scratch: layout.bytes,
      isSegment: true,
      unit: () => (unit ??= make()),
    };
  });
}

export function unitOfSegment(segment: Segment, kernel: StepKernel): Unit {
  const operations = segment.stages.map(({ layer }) => layer.operation);
  return {
    operations,
    inputs: segment.values,
    output: operations[operations.length - 1].output,
    kernel,
  };
}
