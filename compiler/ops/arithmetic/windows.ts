/** Windows that slide over height and width: the size of the result, the padding that TensorFlow calls "same", the taps inside the image. */

import type { Two, Window } from "../attributes.js";

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
