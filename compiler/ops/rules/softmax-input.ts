import { int8Input, type Asker } from "./options.js";

/** The shape of an input whose rows (of the last dimension) are summed as exponentials: with 12 bits above the point. */
export function softmaxInput(context: Asker): readonly number[] {
  const shape = int8Input(context);
  const size = shape.at(-1);
  if (size === undefined)
    return context.fail(undefined, "the input is a single number", "at least 1 dimension");
  if (size >= 4096) context.fail(undefined, `the last dimension has ${size} elements`, "fewer than 4096");
  return shape;
}
