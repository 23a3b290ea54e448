/** The kernels of layers that are one matrix product: 1x1 convolutions, dense layers. */

import type { Kernel, Layer } from "../kernel.js";
import { plainOrder, productOf, type Role } from "./layer.js";
import { lowerDirect, lowerRaw, lowerVector, lowerWide, matrixScratch, type Matrix } from "./matrix.js";
import { reachesThree, type Product } from "./product.js";
import { DIRECT_FILTERS, fitsDirect } from "./direct.js";
import type { Width } from "./panels.js";
import { vectorWidth } from "./vector.js";
import { directWork, resultsOf, rawWork, vectorWork, wideWork, type Sizes } from "./work.js";

type Kind = "conv2d" | "dense";

/** How a kind of layer is a matrix product. */
export interface MatrixLayers<K extends Kind> {
  /** Of the kernels: "pointwise". */
  readonly name: string;
  /** undefined: the layer is none, or its rows are shorter than a word. */
  matrix(layer: Layer<K>): Matrix | undefined;
  /** Results never lie before inputs that are still to be read, if both share memory. */
  inPlace(layer: Layer<K>): boolean;
}

/** More code for speed, or less: steps of four that are written without a loop, and what the loop is like. */
export const unrollings = {
  usual: { straight: 8, compact: false },
  unrolled: { straight: 16, compact: false },
  compact: { straight: 4, compact: true },
} as const;
export type Unrolled = keyof typeof unrollings;

/** All of them; which is best depends on cycles and flash. */
export function matrixKernels<K extends Kind>(layers: MatrixLayers<K>): readonly Kernel<K>[] {
  return [
    vectorKernel(layers),
    tiledKernel(layers, "weights wide", "raw", "usual"),
    tiledKernel(layers, "weights raw", "wide", "usual"),
    tiledKernel(layers, "weights wide", "raw, unrolled", "unrolled"),
    tiledKernel(layers, "weights raw", "wide, unrolled", "unrolled"),
    tiledKernel(layers, "weights raw", "wide, compact", "compact"),
    directKernel(layers),
  ];
}

function prepare<K extends Kind>(
  layer: Layer<K>,
  matrix: Matrix,
  role: Role,
  unrolled: Unrolled,
  filters?: Width,
): Product | undefined {
  const widths = filters ? ([filters] as const) : undefined;
  const weighted = layer as unknown as Layer<"conv2d"> | Layer<"dense">;
  return productOf(weighted, role, "plain", plainOrder(matrix.depth), { ...unrollings[unrolled], widths });
}

function sizesOf<K extends Kind>(layer: Layer<K>, { padded }: Matrix, unrolled: Unrolled): Sizes {
  const { operation, output } = layer as unknown as Layer<"conv2d"> | Layer<"dense">;
  const [channels] = operation.attributes.weights.shape;
  const results = resultsOf(output, operation.attributes.activation);
  // One rounding needs no signs.
  const signed = operation.kind === "conv2d" && results.signed;
  return { channels, rows: 1, steps: padded / 4, unrolling: unrollings[unrolled], ...results, signed };
}

function tiledKernel<K extends Kind>(
  layers: MatrixLayers<K>,
  role: Role,
  name: string,
  unrolled: Unrolled,
): Kernel<K> {
  const isRaw = role === "weights raw";
  const find = (layer: Layer<K>) => {
    const matrix = layers.matrix(layer);
    if (!matrix || (isRaw && !reachesThree(2 * matrix.padded))) return undefined;
    // Unrolling is another kernel only where there is something to unroll.
    const steps = matrix.padded / 4;
    const { usual, unrolled: long } = unrollings;
    if (unrolled === "unrolled" && (steps <= usual.straight || steps > long.straight)) return undefined;
    const product = prepare(layer, matrix, role, unrolled);
    return product && { matrix, product };
  };
  return {
    name: `${layers.name} ${name}`,
    fits: (layer) => find(layer) !== undefined,
    scratch(layer) {
      const { padded, ...matrix } = layers.matrix(layer)!;
      return matrixScratch({ padded, ...matrix }, isRaw ? 2 * padded : padded);
    },
    inPlace: (layer) => (layers.inPlace(layer) ? [0] : []),
    readsBiased: !isRaw,
    writesBiased: true,
    lower(layer, granted) {
      const { matrix, product } = find(layer)!;
      return (isRaw ? lowerWide : lowerRaw)(matrix, product, granted);
    },
    work(layer, granted) {
      const matrix = layers.matrix(layer)!;
      return (isRaw ? wideWork : rawWork)(matrix, sizesOf(layer, matrix, unrolled), granted);
    },
  };
}

/** Slower than with scratch by a twentieth, about as fast as with little. */
function directKernel<K extends Kind>(layers: MatrixLayers<K>): Kernel<K> {
  const find = (layer: Layer<K>) => {
    const matrix = layers.matrix(layer);
    if (!matrix || !fitsDirect(matrix.depth, matrix.pixel, layer.output.shape.at(-1)!)) return undefined;
    const product = prepare(layer, matrix, "weights raw", "unrolled", DIRECT_FILTERS);
    return product && { matrix, product };
  };
  return {
    name: `${layers.name} direct`,
    fits: (layer) => find(layer) !== undefined,
    writesBiased: true,
    lower(layer, granted) {
      const { matrix, product } = find(layer)!;
      return lowerDirect(matrix, product, granted);
    },
    work(layer, { output }) {
      const matrix = layers.matrix(layer)!;
      const sizes = sizesOf(layer, matrix, "unrolled");
      return directWork("direct", sizes, matrix.stretches, matrix.pixels, output === "biased");
    },
  };
}

function vectorKernel<K extends Kind>(layers: MatrixLayers<K>): Kernel<K> {
  const find = (layer: Layer<K>) => {
    const matrix = layers.matrix(layer);
    if (!matrix || matrix.pixels * matrix.stretches !== 1) return undefined;
    const channels = layer.output.shape.at(-1)!;
    const product = prepare(layer, matrix, "weights raw", "usual", vectorWidth(channels));
    return product && { matrix, product };
  };
  return {
    name: `${layers.name} vector`,
    fits: (layer) => find(layer) !== undefined,
    lower(layer) {
      const { matrix, product } = find(layer)!;
      return lowerVector(matrix, product);
    },
    work(layer) {
      const matrix = layers.matrix(layer)!;
      return vectorWork(matrix, sizesOf(layer, matrix, "usual"));
    },
  };
}
