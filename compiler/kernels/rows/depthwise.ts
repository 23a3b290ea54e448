/** Depthwise convolutions as stages of segments: the stage before writes its results into their lines. */

import { quantizationOf } from "../../ops/arithmetic/quantization.js";
import { axesOf, lineLength, type Depthwise } from "../depthwise/axes.js";
import { filtersOf, tableOf, type WeightForm } from "../depthwise/filters.js";
import { NOTHING_SKIPPED } from "../depthwise/padding.js";
import { depthwiseRows } from "../depthwise/rows.js";
import { widenLines } from "../depthwise/widen.js";
import { rowsWork } from "../depthwise/work.js";
import { int } from "../../ir/loop.js";
import type { RowKernel } from "./row-kernel.js";

/** int16 from a channel's line to the next: the fourth one is within reach of stores. */
const MOST_CHANNEL = 660;

/** Lines as long as the image is wide, so that whole rows may be written. */
function lengthOf(layer: Depthwise): number {
  const { along } = axesOf(layer, false);
  return Math.max(lineLength(along), (along.before + along.input + 1) & ~1);
}

/** Whether the code of rows computes the layer, with lines along the image's rows. */
export function computesRows(layer: Depthwise): boolean {
  const { dilation, depthMultiplier } = layer.operation.attributes;
  if (depthMultiplier !== 1 || dilation[0] !== 1 || dilation[1] !== 1) return false;
  const { along, across } = axesOf(layer, false);
  const isCovered = [along, across].every(({ before, taps }) => before < taps);
  return isCovered && across.taps >= across.stride && along.stride <= 2 && along.taps <= 8;
}

function onLines(name: string, form: WeightForm): RowKernel<"depthwiseConv2d"> {
  return {
    name,
    fits: computesRows,
    window(layer) {
      const { across } = axesOf(layer, false);
      return { size: across.taps, stride: across.stride, before: across.before };
    },
    reads: "lines",
    writes: ["plain", "biased"],
    lines: (layer) => ({
      length: lengthOf(layer),
      left: axesOf(layer, false).along.before,
      zeroPoint: quantizationOf(layer.inputs[0]).zeroPoint,
    }),
    unpack(block, layer, pixels, line, channel) {
      const count = layer.output.shape[2];
      const lanes = count % 4 === 0 && channel <= MOST_CHANNEL ? 4 : 1;
      const { along } = axesOf(layer, false);
      const widening = {
        along,
        channels: lanes,
        channel,
        scale: 1,
        zeroPoint: quantizationOf(layer.inputs[0]).zeroPoint,
        isZeroBased: false,
      };
      const first = block.point("first_line", line);
      block.for("lane", 0, count, lanes, (lane, body) => {
        const image = body.point("image", pixels.plus(lane));
        const slot = body.point("slot", first.plus(lane.times(channel)));
        widenLines(body, widening, image, slot, 1, 0, 0);
      });
    },
    scratch: (layer) => 2 * tableOf(axesOf(layer, false), form, NOTHING_SKIPPED),
    work: (layer, rows, writes) =>
      rowsWork(layer, axesOf(layer, false), { form, skipping: NOTHING_SKIPPED }, rows, writes),
    prepare(layer, rows, prefix) {
      const variant = { skipping: NOTHING_SKIPPED, prefix, plainLines: true };
      const filters = filtersOf(layer, axesOf(layer, false), form, variant);
      const line = lengthOf(layer);
      const range = { first: int(0), count: layer.output.shape[2] };
      return {
        constants: filters.constants,
        notes: [filters.note],
        emit(block, { source, lineRows, target, scratch }) {
          const lines = { pointer: source, channel: lineRows * line, line };
          depthwiseRows(block, filters, lines, range, rows, target, scratch);
        },
      };
    },
  };
}

/** Words of weights as they are used lie in flash. */
export const depthwiseLineRows = onLines("depthwise lines", "ready");
/** int8 weights in flash, made into words for every row of results. */
export const depthwisePackedLineRows = onLines("depthwise lines, packed weights", "packed");
