/** The layers of a network as its planner asks for them: what they are and which kernels compute them, each found once. */

import type { Operation, Simplified } from "../ir/graph.js";
import type { StepKernel } from "../ir/plan.js";
import type { Layer } from "../kernels/kernel.js";
import type { Segment } from "../kernels/rows/segment.js";
import { exemplarOf } from "./exemplars.js";
import { kernelsOf, layerOf } from "./units.js";

export class Layers {
  readonly #kernels = new Map<Operation, readonly StepKernel[]>();
  readonly #like = new Map<Operation, Layer>();

  /** @param ordinary whether exemplars stand for the layers */
  constructor(
    readonly net: Simplified,
    readonly ordinary: boolean,
  ) {}

  /** The layer, or the one that stands for it. */
  like(operation: Operation): Layer {
    let layer = this.#like.get(operation);
    if (!layer) {
      layer = this.ordinary ? exemplarOf(this.net, operation) : layerOf(this.net, operation);
      this.#like.set(operation, layer);
    }
    return layer;
  }

  /** The same for all layers that one exemplar stands for, and for no others. */
  numberOf(operation: Operation): number {
    return numberOf(this.like(operation));
  }

  /** A segment of the operations from `first` on of an order, with its own layers, whichever stand for them. */
  own(segment: Segment, order: readonly Operation[], first: number): Segment {
    if (!this.ordinary) return segment;
    const stages = segment.stages.map((stage, i) => ({
      ...stage,
      layer: layerOf(this.net, order[first + i]),
    }));
    return { ...segment, stages };
  }

  kernelsOf(operation: Operation): readonly StepKernel[] {
    let kernels = this.#kernels.get(operation);
    if (!kernels)
      this.#kernels.set(operation, (kernels = kernelsOf(this.net, operation, this.like(operation))));
    return kernels;
  }
}

const numbers = new WeakMap<Layer, number>();
let count = 0;

/** A number for each layer, which no other ever gets. */
export function numberOf(layer: Layer): number {
  let number = numbers.get(layer);
  if (number === undefined) numbers.set(layer, (number = count++));
  return number;
}
