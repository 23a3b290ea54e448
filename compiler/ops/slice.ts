import type { SliceOptions } from "../../dsl/signatures.js";
import { shapeText } from "../diagnostics/shape-text.js";
import { gather } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import type { Operation } from "../ir/graph.js";
import type { Slice } from "./attributes.js";
import type { Operator, Typed } from "./operator.js";
import { perDimension } from "./rules/dimension-options.js";
import { moving } from "./rules/moving.js";
import { int8Input, resultType, show, type Asker } from "./rules/options.js";

/** A part of a tensor: in every dimension a stretch, every n-th element of one, or one backwards. */
export const slice: Operator<"slice"> = {
  kind: "slice",
  tflite: "STRIDED_SLICE",

  resolve(context) {
    const shape = int8Input(context);
    const options: SliceOptions = context.node.attributes;
    const { begin, strides, size } =
      options.end === undefined ? byLength(context, options, shape) : byEnd(context, options, shape);
    return { attributes: { begin, strides }, output: resultType(context, size) };
  },

  ...moving<"slice">("slice", slicing),
};

/** For every operator whose result is a slice. */
export function slicing(
  { attributes }: Operation<"slice" | "split">,
  [input]: readonly Typed[],
  output: Typed,
) {
  const { begin, strides: steps }: Slice = attributes;
  const distances = strides(input.shape);
  const start = begin.reduce((sum, index, i) => sum + index * distances[i], 0);
  const from = steps.map((step, i) => step * distances[i]);
  return gather(output.shape, from, start);
}

interface Part extends Slice {
  readonly size: readonly number[];
}

function byLength(context: Asker, { begin, size }: SliceOptions, shape: readonly number[]): Part {
  const first = perDimension(context, "begin", begin, shape.length, 0);
  const wanted = perDimension(context, "size", size, shape.length, -1);
  const sizes = wanted.map((one, i) => (one === -1 ? shape[i] - first[i] : one));
  sizes.forEach((one, i) => {
    if (one >= 1 && first[i] + one <= shape[i]) return;
    context.fail(
      "size",
      `dimension ${i} has ${shape[i]} elements, and ${show(size![i])} from element ${first[i]} on are taken`,
      `at least one, all inside the input's shape ${shapeText(shape)}`,
    );
  });
  return { begin: first, size: sizes, strides: shape.map(() => 1) };
}

/** As slices of Python: negative positions count from the end, positions outside mean the end. */
function byEnd(context: Asker, options: SliceOptions, shape: readonly number[]): Part {
  const rank = shape.length;
  const given = perDimension(context, "begin", options.begin, rank, -Infinity);
  const ends = perDimension(context, "end", options.end, rank, -Infinity);
  const steps =
    options.strides === undefined
      ? shape.map(() => 1)
      : perDimension(context, "strides", options.strides, rank, -Infinity);
  if (steps.includes(0)) context.fail("strides", `strides is ${show(options.strides)}`, "no 0");
  const inside = (position: number, i: number) => {
    const [least, most] = steps[i] > 0 ? [0, shape[i]] : [-1, shape[i] - 1];
    return Math.max(least, Math.min(most, position < 0 ? position + shape[i] : position));
  };
  const begin = given.map(inside);
  const size = ends.map((end, i) => Math.ceil((inside(end, i) - begin[i]) / steps[i]));
  size.forEach((one, i) => {
    if (one >= 1) return;
    context.fail(
      "end",
      `dimension ${i} has ${shape[i]} elements, and none is left from ${given[i]} to ${ends[i]} by ${steps[i]}`,
      "at least one",
    );
  });
  return { begin, size, strides: steps };
}
