/** Pads go into the window that reads them, into each other, or away. */

import type { Operation } from "../../ir/graph.js";
import type { Sides, Two } from "../../ops/attributes.js";
import type { Rule } from "../fixpoint.js";
import { bypass, isA, keepsQuantization, lookThrough } from "../fuse.js";

/** pad → conv: into the convolution's own padding, which in int8 is the zero point as the pad's is. */
export const padIntoWindow: Rule = {
  name: "pad into window",
  at: ["conv2d", "depthwiseConv2d"],
  rewrite(operation, wired) {
    const pad = wired.producer(operation.inputs[0]);
    if (!isA(operation, "conv2d", "depthwiseConv2d") || !isA(pad, "pad") || !keepsQuantization(pad, wired))
      return undefined;
    if (pad.attributes.value !== 0) return undefined;
    const [[top, bottom], [left, right], channels] = pad.attributes.paddings;
    if (channels[0] !== 0 || channels[1] !== 0) return undefined;
    const { padding, kernel, dilation } = operation.attributes;
    const sum: Sides = {
      top: padding.top + top,
      bottom: padding.bottom + bottom,
      left: padding.left + left,
      right: padding.right + right,
    };
    // Kernels count on windows that see at least one element of the image in each direction.
    const [height, width] = kernel.map((size, i) => (size - 1) * dilation[i]);
    if (Math.max(sum.top, sum.bottom) > height || Math.max(sum.left, sum.right) > width) return undefined;
    return lookThrough(pad, operation, { ...operation.attributes, padding: sum });
  },
};

/** pad → pad: one. */
export const padOfPad: Rule = {
  name: "pad of pad",
  at: ["pad"],
  rewrite(operation, wired) {
    const outer = operation as Operation<"pad">;
    const inner = wired.producer(outer.inputs[0]);
    if (!isA(inner, "pad") || !keepsQuantization(inner, wired) || !wired.usedOnce(inner.output))
      return undefined;
    const { paddings: more, value } = inner.attributes;
    if (outer.attributes.value !== value) return undefined;
    const paddings = outer.attributes.paddings.map(([before, after], i): Two => [
      before + more[i][0],
      after + more[i][1],
    ]);
    return lookThrough(inner, outer, { paddings, value });
  },
};

export const padOfNothing: Rule = {
  name: "pad of nothing",
  at: ["pad"],
  rewrite(operation, wired) {
    const { paddings } = (operation as Operation<"pad">).attributes;
    return paddings.every(([before, after]) => before === 0 && after === 0)
      ? bypass(operation, wired)
      : undefined;
  },
};
