import { elements } from "../ir/graph.js";
import { channelsOf } from "./channels.js";
import { hullOf, repeatIntervals } from "./arithmetic/intervals.js";
import type { Operator } from "./operator.js";
import { resultType, show, wholeNumber } from "./rules/options.js";
import { shapeText } from "../diagnostics/shape-text.js";

/** The same elements under another shape. */
export const reshape: Operator<"reshape"> = {
  kind: "reshape",
  tflite: "RESHAPE",

  resolve(context) {
    const wanted: unknown = context.node.attributes.shape;
    const { shape, dtype } = context.inputs[0];
    const total = elements(shape);
    if (!Array.isArray(wanted) || !wanted.every((size) => size === -1 || wholeNumber(size, 1))) {
      return context.fail("shape", `shape is ${show(wanted)}`, "whole numbers from 1; one may be -1");
    }
    const known = elements(wanted.filter((size) => size !== -1));
    const open = wanted.filter((size) => size === -1).length;
    if (open > 1 || total % known !== 0 || (open === 0 && known !== total)) {
      context.fail(
        "shape",
        `shape is ${show(wanted)} and the input ${shapeText(shape)} has ${total} elements`,
        open > 1 ? "at most one -1" : `sizes whose product ${open ? "divides" : "is"} ${total}`,
      );
    }
    const result = wanted.map((size: number) => (size === -1 ? total / known : size));
    return { attributes: {}, output: resultType(context, result, dtype) };
  },

  quantization: () => "input",

  macs: () => 0,

  view: () => 0,

  float: (_operation, [data]) => data,

  reference: (_operation, [data]) => data,

  intervals(_operation, [data], [input], output) {
    const [from, to] = [channelsOf(input), channelsOf(output)];
    if (to % from === 0) return repeatIntervals(data, to);
    return hullOf([data], to);
  },

  /** The last dimensions may differ where one is a multiple of the other: a channel has a stretch of them for every position. */
  channels: {
    links(_operation, [input], output) {
      const [from, to] = [channelsOf(input), channelsOf(output)];
      if (to % from !== 0 && from % to !== 0) return undefined;
      return [Array.from({ length: Math.max(from, to) }, (_, i) => [i % from, i % to] as const)];
    },
  },

  kernels: [],
};
