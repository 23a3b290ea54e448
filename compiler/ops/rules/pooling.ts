/** The shape rule that average and maximum pooling share. */

import type { Pool2DOptions } from "../../../dsl/signatures.js";
import type { TensorType } from "../../ir/graph.js";
import type { Pool2D } from "../attributes.js";
import { activationOption, int8Input, pair, resultType, type Asker } from "./options.js";
import { resolveWindow } from "./window-options.js";

/** Every window has at least one element inside the image: padding is smaller than the window. */
export function resolvePool(
  context: Asker,
  options: Pool2DOptions,
): { attributes: Pool2D; output: TensorType } {
  const [height, width, channels] = int8Input(context, 3);
  const kernel = pair(context, "size", options.size);
  const { window, size } = resolveWindow(
    context,
    { stride: options.stride, padding: options.padding },
    kernel,
    [height, width],
    kernel,
  );
  const { top, bottom, left, right } = window.padding;
  if (Math.max(top, bottom) >= kernel[0] || Math.max(left, right) >= kernel[1]) {
    context.fail(
      "padding",
      `the padding is as large as the window of ${kernel[0]}x${kernel[1]}, so that windows lie outside of the image`,
      "padding smaller than the window",
    );
  }
  const activation = activationOption(context, options.activation);
  return { attributes: { ...window, activation }, output: resultType(context, [...size, channels]) };
}
