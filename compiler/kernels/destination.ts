/** Where the results of a run of pixels go, and how they lie there. */

import type { Pointer } from "../ir/loop.js";

/**
 * Result (pixel p, channel c) goes to `pointer[p * pixel + c * channel]`; strides in elements.
 * int8: NHWC rows (`channel` 1). int16: channel lines for depthwise (`pixel` 1), the int8 value widened.
 */
export interface Destination {
  /** int8 or int16; a local that points at pixel 0, channel 0. */
  readonly pointer: Pointer;
  readonly pixel: number;
  readonly channel: number;
  /** Biased rows: even channels are stored + 128, as bytes 0 .. 255. What `rawProduct` reads. int8 only. */
  readonly biased: boolean;
}
