/** Bilinear interpolation in fixed point: positions and weights in 1/1024 of a pixel. */

import { Block, Pointer, int, type Expr } from "../ir/loop.js";
import { clampedPosition, stepping, type Stepping } from "../ops/rules/resizing.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel } from "./kernel.js";

export const interpolation: Kernel<"resizeBilinear"> = {
  name: "resize bilinear",
  fits: () => true,
  lower({ operation, inputs, output }) {
    const [inHeight, inWidth, channels] = inputs[0].shape;
    const [height, width] = output.shape;
    const row = inWidth * channels;
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    block.for("oy", 0, height, 1, (oy, lines) => {
      const v = lines.let("v", position(stepping(inHeight, height, operation.attributes), oy, height));
      const low = lines.let("low", v.and(1023));
      const top = lines.point("top", x.plus(v.shiftRight(10).times(row)));
      // Where the weight is 0 the next line may not exist.
      const bottom = lines.point("bottom", top.plus(low.compare(">", 0).select(row, 0)));
      lines.for("ox", 0, width, 1, (ox, columns) => {
        const u = columns.let("u", position(stepping(inWidth, width, operation.attributes), ox, width));
        const far = columns.let("far", u.and(1023));
        const left = columns.let("left", u.shiftRight(10).times(channels));
        const right = columns.let("right", left.plus(far.compare(">", 0).select(channels, 0)));
        const to = columns.point("to", y.plus(oy.times(width).plus(ox).times(channels)));
        columns.for("channel", 0, channels, 1, (channel, body) => {
          const mixed = (line: Pointer) => {
            const a = line.at(left.plus(channel));
            return a.times(1024).plus(line.at(right.plus(channel)).minus(a).times(far));
          };
          const above = body.let("above", mixed(top));
          const below = body.let("below", mixed(bottom));
          const sum = body.let("sum", above.times(1024).plus(below.minus(above).times(low)));
          const half = sum.compare(">", 0).select(2 ** 19, -(2 ** 19));
          body.store(to, channel, sum.plus(half).dividedBy(2 ** 20));
        });
      });
    });
    return {
      parameters: [x, y],
      constants: [],
      body: block.statements,
      notes: ["v and u: where a pixel lies in the input, in 1/1024; |sum| <= 2^27."],
    };
  },
};

/** i * scale + offset, kept between the first and the last pixel where it could leave them. */
function position(step: Stepping, index: Expr, count: number): Expr {
  const { scale, offset, last } = step;
  if (count === 1) return int(clampedPosition(step, 0));
  const plain = index.times(scale).plus(offset);
  const inside = offset < 0 ? call(m7.max, plain, 0) : plain;
  return (count - 1) * scale + offset > last ? call(m7.min, inside, last) : inside;
}
