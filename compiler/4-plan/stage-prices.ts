/** Prices of stages: the same stage stands in hundreds of segments. */

import type { Operation } from "../ir/graph.js";
import type { RowEncoding, RowKernel } from "../kernels/rows/row-kernel.js";
import type { SegmentStage } from "../kernels/rows/segment.js";
import type { Prices } from "./prices/index.js";

export interface StagePrice {
  /** Cycles of one emission of rows, and of what is done once. */
  readonly each: number;
  readonly once: number;
  /** Bytes of constants and code. */
  readonly flash: number;
  /** The part of `flash` that is no code. */
  readonly constants: number;
}

export type KnownStages = WeakMap<Operation, Map<RowKernel, Map<string, StagePrice>>>;

/** Of exemplars. */
const exemplary: KnownStages = new WeakMap();

export const exemplaryStagePrices = (prices: Prices): StagePrices => new StagePrices(prices, exemplary);

export class StagePrices {
  /** @param known prices of operations that other networks have, too: of exemplars */
  constructor(
    private readonly prices: Prices,
    private readonly known: KnownStages = new WeakMap(),
  ) {}

  of(
    { layer, kernel, streamed }: Omit<SegmentStage, "inputs">,
    rows: number,
    writes: RowEncoding,
  ): StagePrice {
    const ofLayer = this.known.get(layer.operation) ?? new Map<RowKernel, Map<string, StagePrice>>();
    const ofKernel = ofLayer.get(kernel) ?? new Map<string, StagePrice>();
    this.known.set(layer.operation, ofLayer.set(kernel, ofKernel));
    // Layers may be parts of the operation's.
    const [, width, channels] = layer.output.shape;
    const key = `${rows} ${streamed} ${writes} ${width} ${channels} ${layer.inputs[streamed].shape[1]}`;
    let price = ofKernel.get(key);
    if (!price) {
      const emission = { layer, kernel, rows, streamed, writes };
      const each = this.prices.rows(emission);
      const ends = kernel.total ? this.prices.ends(emission) : { cycles: 0, flash: 0, constants: 0 };
      const { constants } = each;
      price = { each: each.cycles, once: ends.cycles, flash: each.flash + ends.flash, constants };
      ofKernel.set(key, price);
    }
    return price;
  }
}
