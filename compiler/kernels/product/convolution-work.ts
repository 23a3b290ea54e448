/** What convolutions with larger windows have to do (../work.ts): bands of rows, columns, and products. */

import type { Layer } from "../kernel.js";
import type { Work } from "../work.js";
import { bandRows, bandWidth } from "./band.js";
import { columnSizes, geometryOf } from "./convolution.js";
import { pairingOf, tilingOf } from "./product.js";
import type { Unrolling } from "./tile.js";
import { formOf, resultsOf, rawConstants, rawCounts, wideConstants, wideCounts, type Sizes } from "./work.js";

type Conv = Layer<"conv2d">;

/** Bands of `each` rows of results, of `rows` in all. */
export interface Bands {
  readonly family: string;
  readonly rows: number;
  readonly each: number;
  /** Rows that a band shares with the next are moved, and not written again. */
  readonly keeps: boolean;
  readonly biased: boolean;
  /** Pixels whose columns there are at a time; left out: all of a band. */
  readonly block?: number;
}

/** Rows of the image that are written, words that are moved, and whether there are columns of padding. */
function bandCounts(layer: Conv, { rows, each, keeps }: Bands, elementBytes: number): number[] {
  const geometry = geometryOf(layer);
  const { kernel, stride, padding } = geometry.window;
  const bands = Math.ceil(rows / each);
  const kept = keeps ? Math.max(0, kernel[0] - stride[0]) : 0;
  const written = bandRows(geometry, rows) + (bands - 1) * (Math.max(0, kernel[0] - stride[0]) - kept);
  const inside = Math.min(geometry.image[0], written);
  const width = bandWidth(geometry) * geometry.channels;
  const sides = padding.left + padding.right > 0 ? 1 : 0;
  return [
    1,
    bands > 1 ? bands : 0,
    inside,
    (inside * geometry.image[1] * geometry.channels) / 4,
    inside * sides,
    written - inside,
    ((written - inside) * width) / 4,
    ((bands - 1) * kept * width * elementBytes) / 4,
  ];
}

function sizesOf(layer: Conv, rows: number, values: number, unrolling: Unrolling): Sizes {
  const { output, operation } = layer;
  const results = resultsOf(output, operation.attributes.activation);
  return { channels: output.shape[2], rows, steps: Math.ceil(values / 4), unrolling, ...results };
}

/** The image widened, windows share its rows. */
export function wideConvolutionWork(layer: Conv, unrolling: Unrolling, bands: Bands): Work {
  const { kernel } = layer.operation.attributes;
  const sizes = sizesOf(layer, kernel[0], kernel[1] * layer.inputs[0].shape[2], unrolling);
  const tiling = tilingOf(layer.output.shape[1], unrolling.compact);
  const product = wideCounts(sizes, [{ ...tiling, times: bands.rows }], bands.biased);
  const passes = Math.ceil(bands.rows / bands.each);
  const has = [tiling.threes, tiling.twos].map((one) => (one > 0 ? 1 : 0));
  return {
    form: `${bands.family} wide: ${formOf(sizes)}`,
    // Panels begin once a band.
    counts: [...bandCounts(layer, bands, 2), (passes * product[0]) / bands.rows, ...product],
    code: [1, passes > 1 ? 1 : 0, ...has, ...(sizes.signed ? has : [0, 0]), tiling.again > 0 ? 1 : 0],
    constants: wideConstants(sizes),
  };
}

/** Columns of int8. */
export function rawConvolutionWork(layer: Conv, unrolling: Unrolling, bands: Bands): Work {
  const { kernel } = layer.operation.attributes;
  const { order, rowBytes } = columnSizes(layer);
  const sizes = sizesOf(layer, 1, order.values, unrolling);
  const columns = layer.output.shape[1];
  const { rows, each, biased, block } = bands;
  const last = rows % each;
  const pixels = rows * columns;
  const products = block
    ? [{ ...pairingOf(block), times: pixels / block }]
    : [
        { ...pairingOf(each * columns), times: Math.floor(rows / each) },
        ...(last > 0 ? [{ ...pairingOf(last * columns), times: 1 }] : []),
      ];
  const rest = rowBytes % 4 === 0 ? 0 : kernel[0];
  const odd = products.some((one) => one.odd > 0) ? 1 : 0;
  const groups = [sizes.channels > 2 ? 1 : 0, sizes.channels % 3 === 0 ? 0 : 1];
  return {
    form: `${bands.family} raw: ${formOf(sizes)}`,
    counts: [
      ...bandCounts(layer, bands, 1),
      block ? pixels / block : rows,
      pixels,
      (pixels * order.values) / 4,
      pixels * rest,
      rowBytes % 4 === 1 ? pixels * rest : 0,
      ...rawCounts(sizes, products, biased),
    ],
    code: [
      1,
      each < rows ? 1 : 0,
      Math.min(48, order.values / 4),
      rest,
      ...groups,
      ...(sizes.signed ? groups : [0, 0]),
      odd,
      biased ? 1 : 0,
    ],
    constants: rawConstants(sizes),
  };
}
