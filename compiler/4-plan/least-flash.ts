/** A lower bound of the flash that any choice of candidates takes, by each operation alone. */

import type { Layer } from "../kernels/kernel.js";
import type { ByEnd, Ground } from "./candidates.js";
import { LEAST_STAGE_BYTES } from "./sketches.js";
import { exemplaryStagePrices, StagePrices } from "./stage-prices.js";

/** Numbers of rows at a time among which is the one with the least code: tiles of pixels come out even. */
const ROWS = [1, 2, 3];

/** Parts of a layer (parted.ts) may have a little less code each, in turn for having it several times. */
const LEAST_CODE = 0.9;

/** Of exemplars. */
const exemplary = new WeakMap<Layer, number>();

/** @param streams whether operations may be stages of segments */
export function leastFlash({ layers, prices, residence }: Ground, byEnd: ByEnd, streams: boolean): number {
  const stagePrices = layers.ordinary ? exemplaryStagePrices(prices) : new StagePrices(prices);
  return residence.order.reduce((sum, operation, position) => {
    const alone = byEnd[position].reduce((least, { flash }) => Math.min(least, flash), Infinity);
    if (!streams) return sum + alone;
    const layer = layers.like(operation);
    const known = layers.ordinary ? exemplary.get(layer) : undefined;
    const staged = known ?? leastOfStage(layer, stagePrices);
    if (layers.ordinary) exemplary.set(layer, staged);
    return sum + Math.min(alone, staged);
  }, 0);
}

function leastOfStage(layer: Layer, prices: StagePrices): number {
  const kernels = (layer.operator.rowKernels ?? []).filter((kernel) => kernel.fits(layer));
  const streamed = layer.inputs.findIndex(({ constant }) => !constant);
  const rows = ROWS.filter((count) => count <= (layer.output.shape[0] ?? 1));
  const found = kernels.flatMap((kernel) =>
    kernel.writes.flatMap((writes) =>
      rows.map((count) => {
        const { flash, constants } = prices.of({ layer, kernel, streamed }, count, writes);
        return constants + LEAST_CODE * (flash - constants) + LEAST_STAGE_BYTES;
      }),
    ),
  );
  return Math.min(Infinity, ...found);
}
