/** Stride, dilation and padding of convolutions and pools made explicit. */

import type { Padding, Pair } from "../../../dsl/tensor.js";
import { outputSize, samePadding, span } from "../arithmetic/windows.js";
import type { Sides, Two, Window } from "../attributes.js";
import { pair, show, wholeNumber, type Asker } from "./options.js";

interface WindowOptions {
  readonly stride?: Pair;
  readonly dilation?: Pair;
  readonly padding?: Padding;
}

/**
 * Options of a convolution or pooling layer to a `Window` with explicit padding.
 * @param image height and width of the input
 * @param step stride where none is given
 * @returns the window, and height and width of the result
 */
export function resolveWindow(
  context: Asker,
  options: WindowOptions,
  kernel: Two,
  image: Two,
  step: Two = [1, 1],
): { window: Window; size: Two } {
  const stride = options.stride === undefined ? step : pair(context, "stride", options.stride);
  const dilation =
    options.dilation === undefined ? ([1, 1] as const) : pair(context, "dilation", options.dilation);
  const spanned: Two = [span(kernel[0], dilation[0]), span(kernel[1], dilation[1])];
  const padding = resolvePadding(context, options.padding ?? "valid", image, spanned, stride);
  const { top, bottom, left, right } = padding;
  const size: Two = [
    outputSize(image[0], spanned[0], stride[0], top, bottom),
    outputSize(image[1], spanned[1], stride[1], left, right),
  ];
  if (size[0] < 1 || size[1] < 1) {
    context.fail(
      options.padding === undefined ? undefined : "padding",
      `the window spans ${spanned[0]}x${spanned[1]} and does not fit into the input of ` +
        `${image[0] + top + bottom}x${image[1] + left + right}` +
        (top + bottom + left + right > 0 ? " (with its padding)" : ""),
      "a window no larger than the input",
      'padding: "same" lets every window fit',
    );
  }
  return { window: { kernel, stride, dilation, padding }, size };
}

/** Padding made explicit; "same" for an image of this size. */
export function resolvePadding(
  context: Asker,
  padding: Padding,
  image: Two,
  spanned: Two,
  stride: Two,
): Sides {
  if (padding === "valid") return { top: 0, bottom: 0, left: 0, right: 0 };
  if (padding === "same") {
    const [top, bottom] = samePadding(image[0], spanned[0], stride[0]);
    const [left, right] = samePadding(image[1], spanned[1], stride[1]);
    return { top, bottom, left, right };
  }
  const sides = explicitSides(padding);
  if (sides && Object.values(sides).every((side) => wholeNumber(side, 0))) return sides;
  return context.fail(
    "padding",
    `padding is ${show(padding)}`,
    '"same", "valid", a whole number from 0, [vertical, horizontal], or { top, bottom, left, right }',
  );
}

function explicitSides(padding: Exclude<Padding, string>): Sides | undefined {
  if (typeof padding === "number") return { top: padding, bottom: padding, left: padding, right: padding };
  if (isPair(padding)) {
    if (padding.length !== 2) return undefined;
    return { top: padding[0], bottom: padding[0], left: padding[1], right: padding[1] };
  }
  if (typeof padding !== "object" || padding === null) return undefined;
  const { top, bottom, left, right } = padding;
  return { top, bottom, left, right };
}

function isPair(padding: Exclude<Padding, string | number>): padding is readonly [number, number] {
  return Array.isArray(padding);
}
