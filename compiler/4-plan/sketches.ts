/** Segments with their memory and prices, without code. In a search of architectures, the same stretches come again and again. */

import type { LineWork } from "../kernels/rows/line-work.js";
import { sketchOf, type SegmentLayout } from "../kernels/rows/segment.js";
import type { StagePrices } from "./stage-prices.js";
import type { Stretch } from "./stretches.js";

interface PricedLayout {
  readonly layout: SegmentLayout;
  /** One row at a time. */
  readonly isLeast: boolean;
  readonly price: { readonly cycles: number; readonly flash: number; readonly constants: number };
}

export interface PricedSketch {
  /** As in `SegmentSketch`. */
  readonly overlaps: readonly (number | undefined)[];
  /** The smallest and the fastest. */
  readonly layouts: readonly PricedLayout[];
}

/** Of exemplars, by `Stretch.key`; all are forgotten when there are too many. */
const exemplary = new Map<string, PricedSketch | undefined>();
const MOST_SKETCHES = 50_000;

export class Sketches {
  /** @param ordinary whether the layers are exemplars */
  constructor(
    private readonly prices: StagePrices,
    private readonly ordinary: boolean,
  ) {}

  /** undefined: its kernels do not go together. */
  of(stretch: Stretch): PricedSketch | undefined {
    if (!this.ordinary) return this.#make(stretch);
    const known = exemplary.get(stretch.key);
    if (known || exemplary.has(stretch.key)) return known;
    if (exemplary.size >= MOST_SKETCHES) exemplary.clear();
    const made = this.#make(stretch);
    exemplary.set(stretch.key, made);
    return made;
  }

  #make(stretch: Stretch): PricedSketch | undefined {
    const sketch = sketchOf(stretch.segment);
    if (!sketch) return undefined;
    const { layouts, overlaps } = sketch;
    const ends = layouts.length > 1 ? [layouts[0], layouts[layouts.length - 1]] : [layouts[0]];
    return {
      overlaps,
      layouts: ends.map((layout, i) => ({
        layout,
        isLeast: i === 0,
        price: priceOfSegment(stretch, layout, this.prices),
      })),
    };
  }
}

/** What each emission of rows costs besides the rows. */
const EVENT_CYCLES = 12;
/** Code around a stage's rows, and what widens rows into lines. */
export const LEAST_STAGE_BYTES = 48;
const UNPACK_BYTES = 320;

/** @param layout of the segment, one row or more at a time */
export function priceOfSegment(
  { segment, writes }: Pick<Stretch, "segment" | "writes">,
  layout: SegmentLayout,
  prices: StagePrices,
) {
  let cycles = cyclesOfLines(layout.lineWork);
  let flash = layout.lineWork.unpacked.stages * UNPACK_BYTES;
  let constants = 0;
  for (const [index, stage] of segment.stages.entries()) {
    const { rows, count } = layout.runs[index];
    const price = prices.of(stage, rows, writes[index]);
    cycles += count * (price.each + EVENT_CYCLES) + price.once;
    flash += price.flash + LEAST_STAGE_BYTES;
    constants += price.constants;
  }
  return { cycles, flash, constants };
}

/** Fitted to the code of kernels/rows/lines.ts and of widening. */
function cyclesOfLines({ moved, unpacked, cleared }: LineWork): number {
  const moving = moved.words + 2.2 * moved.turns + 8 * moved.channels;
  return moving + 0.91 * unpacked.values + 2.3 * unpacked.channels + 1.5 * cleared;
}
