/** The mean over positions of neighbouring channels, such as over space: sums by words. */

import { elements } from "../ir/graph.js";
import { Block, Pointer } from "../ir/loop.js";
import { meanMultiplier } from "../ops/arithmetic/mean-multiplier.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import { MOST_POSITIONS, evenWalk, sumChannels, type Scaling } from "./channel-sums.js";
import type { Kernel, Layer } from "./kernel.js";
import { runsOf } from "./reduction.js";

export const meanByWords: Kernel<"mean"> = {
  name: "mean words",
  fits: (layer) => sizesOf(layer) !== undefined && isScheduled(multiplierOf(layer).shift),
  lower(layer) {
    const { outer, positions, channels } = sizesOf(layer)!;
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    const scaling = scalingOf(layer, block);
    block.for("part", 0, outer, 1, (part, body) => {
      const from = body.point("from", x.plus(part.times(positions * channels)));
      const to = body.point("to", y.plus(part.times(channels)));
      sumChannels(body, channels, from, to, evenWalk(positions, channels), scaling);
    });
    const notes = ["|sum| <= 2^15 in halves of words; doubled less twice the zero points it is below 2^18."];
    return { parameters: [x, y], constants: [], body: block.statements, notes };
  },
};

/** Dimensions that stay, then some that go, then the channels. */
function sizesOf({ operation, inputs }: Layer<"mean">) {
  const runs = runsOf(inputs[0].shape, operation.attributes.axes);
  const [channels, positions, outer, ...more] = runs.reverse();
  if (!channels || channels.goes || channels.size < 4 || !positions || more.length > 0) return undefined;
  if (positions.size > MOST_POSITIONS) return undefined;
  return { outer: outer?.size ?? 1, positions: positions.size, channels: channels.size };
}

function countOf({ operation, inputs }: Layer<"mean">): number {
  return elements(operation.attributes.axes.map((axis) => inputs[0].shape[axis]));
}

function multiplierOf(layer: Layer<"mean">) {
  return meanMultiplier(quantizationOf(layer.inputs[0]), quantizationOf(layer.output), countOf(layer));
}

/** To the right, and the zero point shifted to the left by as much stays below 2^30. */
const isScheduled = (shift: number): boolean => shift <= -1 && shift >= -22;

/** As the reference rounds, twice: SMMULR of the doubled sum, then to the right with a half away from zero (table-sum.ts). */
function scalingOf(layer: Layer<"mean">, block: Block): Scaling {
  const { multiplier, shift } = multiplierOf(layer);
  const { zeroPoint } = quantizationOf(layer.output);
  const two = block.let("two", 2);
  const zero = block.let("zero", -2 * countOf(layer) * quantizationOf(layer.inputs[0]).zeroPoint);
  const factor = block.let("multiplier", multiplier);
  const addend = block.let("addend", 2 ** (-shift - 1) + zeroPoint * 2 ** -shift);
  return (word, half, hot, name) => {
    const doubled = hot.let(name, call(half === "top" ? m7.smlatb : m7.smlabb, word, two, zero));
    const scaled = call(m7.smmlar, doubled, factor, addend).plus(doubled.shiftRight(31));
    return call(m7.ssat8, scaled.shiftRight(-shift));
  };
}
