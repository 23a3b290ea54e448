/** Mean over any dimensions: sums of raw int8, the zero point and the count folded into one requantisation. */

import { elements } from "../ir/graph.js";
import { Block, Pointer, int, type Expr } from "../ir/loop.js";
import { meanMultiplier } from "../ops/arithmetic/mean-multiplier.js";
import { strides } from "../ops/arithmetic/positions.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import type { Kernel } from "./kernel.js";
import { outputRange, twoRoundings } from "./requantization.js";

export const meanOverAxes: Kernel<"mean"> = {
  name: "mean",
  fits: () => true,
  lower({ operation, inputs, output }) {
    const { axes } = operation.attributes;
    const { shape } = inputs[0];
    const count = elements(axes.map((axis) => shape[axis]));
    const [from, to] = [quantizationOf(inputs[0]), quantizationOf(output)];
    const multiplier = meanMultiplier(from, to, count);
    const requantization = twoRoundings([multiplier], [count * 255], outputRange(output, "linear"));
    const distances = strides(shape);
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));

    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    nest(block, kept, shape, "i", (indices, body) => {
      const start = kept.reduce<Expr>((sum, axis, i) => sum.plus(indices[i].times(distances[axis])), int(0));
      const position = kept.reduce<Expr>((sum, axis, i) => sum.times(shape[axis]).plus(indices[i]), int(0));
      const acc = body.variable("acc", -count * from.zeroPoint);
      nest(body, axes, shape, "j", (inner, tap) => {
        tap.set(
          acc,
          acc.plus(
            x.at(axes.reduce<Expr>((sum, axis, i) => sum.plus(inner[i].times(distances[axis])), start)),
          ),
        );
      });
      body.store(y, position, requantization.apply(acc, int(0)));
    });
    return {
      parameters: [x, y],
      constants: requantization.constants,
      body: block.statements,
      notes: [requantization.note],
    };
  },
};

/** One loop for each of `axes`, outermost first. */
export function nest(
  block: Block,
  axes: readonly number[],
  shape: readonly number[],
  prefix: string,
  body: (indices: readonly Expr[], block: Block) => void,
  indices: readonly Expr[] = [],
): void {
  if (indices.length === axes.length) return body(indices, block);
  const axis = axes[indices.length];
  block.for(`${prefix}${axis}`, 0, shape[axis], 1, (index, inner) =>
    nest(inner, axes, shape, prefix, body, [...indices, index]),
  );
}
