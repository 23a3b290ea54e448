/** Windows that slide over height and width: padding made explicit, the size of the result, the taps inside the image. */

import type { Padding, Pair } from "../../../dsl/tensor.js";
import type { Sides, Two, Window } from "../attributes.js";
import { pair, show, wholeNumber, type Asker } from "./options.js";

interface WindowOptions {
  readonly stride?: Pair;
  readonly dilation?: Pair;
  readonly padding?: Padding;
}

/** Taps times dilation: the rows (or columns) a window spans. */
export function span(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** Positions of a window along one direction; 0 or less where it does not fit. */
export function outputSize(
  input: number,
  spanned: number,
  stride: number,
  before: number,
  after: number,
): number {
  return Math.floor((input + before + after - spanned) / stride) + 1;
}

/** TensorFlow's "same": ceil(input / stride) positions, the odd zero after the image. */
export function samePadding(input: number, spanned: number, stride: number): Two {
  const total = Math.max((Math.ceil(input / stride) - 1) * stride + spanned - input, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
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

function resolvePadding(context: Asker, padding: Padding, image: Two, spanned: Two, stride: Two): Sides {
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

/**
 * The taps of one window that lie inside the image, along one direction: first and one past the last.
 * @param start coordinate of tap 0, negative in the padding
 */
export function tapsInside(start: number, kernel: number, dilation: number, image: number): Two {
  const first = start >= 0 ? 0 : Math.ceil(-start / dilation);
  const end = Math.min(kernel, Math.ceil((image - start) / dilation));
  return [first, Math.max(first, end)];
}

/** Visits every position of the window: index of the result's pixel, coordinates of tap (0, 0), taps inside the image. */
export function forEachWindow(
  window: Window,
  image: Two,
  size: Two,
  visit: (pixel: number, y: number, x: number, rows: Two, columns: Two) => void,
): void {
  const { kernel, stride, dilation, padding } = window;
  for (let outY = 0; outY < size[0]; outY++) {
    const y = outY * stride[0] - padding.top;
    const rows = tapsInside(y, kernel[0], dilation[0], image[0]);
    for (let outX = 0; outX < size[1]; outX++) {
      const x = outX * stride[1] - padding.left;
      visit(outY * size[1] + outX, y, x, rows, tapsInside(x, kernel[1], dilation[1], image[1]));
    }
  }
}
