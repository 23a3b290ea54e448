/**
 * What kernels without weights have to do, where they don't say it themselves: so many rows, pixels and values, under windows of one size.
 * Kernels that are not like that have no formula in the table, since they are fitted by name.
 */

import { elements } from "../../ir/graph.js";
import type { Layer } from "../../kernels/kernel.js";
import type { Work } from "../../kernels/work.js";
import type { Window } from "../../ops/attributes.js";

/** Windows of more positions are loops. */
const MOST_TAPS = 16;

/**
 * @param name of the kernel
 * @param rows of output; of reductions: of input
 * @param biased whether what it reads, and what it writes, is
 * @returns undefined for layers with weights, and for others than images and vectors
 */
export function plainWork(
  name: string,
  layer: Layer,
  rows: number | undefined,
  [reads, writes]: readonly [boolean, boolean],
): Work | undefined {
  const { inputs, output, operation } = layer;
  const attributes = operation.attributes as Partial<Window> & { readonly weights?: unknown };
  if (attributes.weights !== undefined || inputs.length === 0) return undefined;
  const [height, width, channels] = imageOf(inputs[0].shape);
  const [outRows, outWidth, outChannels] = imageOf(output.shape);
  const isReduction = outRows * outWidth === 1 && height * width > 1;
  // Of other dimensions than an image's: no formula.
  if (!attributes.kernel && !isReduction && elements(inputs[0].shape) > elements(output.shape))
    return undefined;
  const all = rows ?? outRows;
  const pixels = all * outWidth;
  const values = pixels * outChannels;
  const taps = attributes.kernel
    ? attributes.kernel[0] * attributes.kernel[1]
    : isReduction
      ? (rows ?? height) * width
      : 1;
  const encodings = `${reads ? " reads biased" : ""}${writes ? " writes biased" : ""}`;
  const form = `${rows === undefined ? "plain" : "plain rows"}: ${name}${windowOf(attributes, isReduction)}${encodings}`;
  if (!isReduction && !attributes.kernel) {
    const rest = values % 8;
    return {
      form: `${form}${rest > 0 ? " rest" : ""}`,
      counts: [1, values, rest],
      code: [1, rest],
      constants: 0,
    };
  }
  const groups = [Math.floor(outChannels / 8), Math.floor((outChannels % 8) / 4), outChannels % 4];
  const runs = groups.map((one) => pixels * one);
  return {
    form,
    counts: [
      1,
      all,
      pixels,
      ...runs,
      ...runs.map((one) => one * taps),
      pixels * taps,
      (rows ?? 0) * width * channels,
    ],
    code: [1, rows ?? 0, groups[0] > 0 ? 1 : 0, groups[1], groups[2]],
    constants: 0,
  };
}

function windowOf({ kernel, padding }: Partial<Window>, isReduction: boolean): string {
  if (isReduction) return " whole";
  if (!kernel) return "";
  const isPadded = padding && padding.top + padding.bottom + padding.left + padding.right > 0;
  return `${kernel[0] * kernel[1] > MOST_TAPS ? " large" : ` ${kernel.join("x")}`}${isPadded ? " padded" : ""}`;
}

/** Without dimensions in front, a vector is a pixel. */
function imageOf(shape: readonly number[]): readonly [number, number, number] {
  const [channels = 1, width = 1, ...more] = [...shape].reverse();
  return [more.reduce((product, one) => product * one, 1), width, channels];
}
