/** Depthwise convolutions as stages of segments: the stage before writes its results into their lines. */

import { int } from "../../ir/loop.js";
import { quantizationOf } from "../../ops/arithmetic/quantization.js";
import { axesOf, lineLength, type Depthwise } from "../depthwise/axes.js";
import { filtersOf } from "../depthwise/filters.js";
import { NOTHING_SKIPPED } from "../depthwise/padding.js";
import { depthwiseRows } from "../depthwise/rows.js";
import { widenLines } from "../depthwise/widen.js";
import type { RowKernel } from "./row-kernel.js";

/** Lines as long as the image is wide, so that whole rows may be written. */
function lengthOf(layer: Depthwise): number {
  const { along } = axesOf(layer, false);
  return Math.max(lineLength(along), (along.before + along.input + 1) & ~1);
}

export const depthwiseLineRows: RowKernel<"depthwiseConv2d"> = {
  name: "depthwise lines",
  fits(layer) {
    const { dilation, depthMultiplier } = layer.operation.attributes;
    if (depthMultiplier !== 1 || dilation[0] !== 1 || dilation[1] !== 1) return false;
    const { along, across } = axesOf(layer, false);
    const isCovered = [along, across].every(({ before, taps }) => before < taps);
    return isCovered && across.taps >= across.stride && along.stride <= 2 && along.taps <= 8;
  },
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
    const lanes = count % 4 === 0 ? 4 : 1;
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
  scratch: () => 0,
  prepare(layer, rows, prefix) {
    const filters = filtersOf(layer, axesOf(layer, false), "ready", { skipping: NOTHING_SKIPPED, prefix });
    const line = lengthOf(layer);
    const range = { first: int(0), count: layer.output.shape[2] };
    return {
      constants: filters.constants,
      notes: [filters.note],
      emit: (block, { source, lineRows, target }) =>
        depthwiseRows(
          block,
          filters,
          { pointer: source, channel: lineRows * line, line },
          range,
          rows,
          target,
        ),
    };
  },
};
