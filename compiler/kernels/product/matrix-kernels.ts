/** The kernels of layers that are one matrix product: 1x1 convolutions, dense layers. */

import type { Kernel, Layer } from "../kernel.js";
import { plainOrder, productOf, type Role } from "./layer.js";
import { lowerRaw, lowerVector, lowerWide, matrixScratch, type Matrix } from "./matrix.js";
import { reachesThree, type Product } from "./product.js";

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
type Unrolled = keyof typeof unrollings;

/** All of them; which is best depends on cycles and flash. */
export function matrixKernels<K extends Kind>(layers: MatrixLayers<K>): readonly Kernel<K>[] {
  return [
    vectorKernel(layers),
    tiledKernel(layers, "weights wide", "raw", "usual"),
    tiledKernel(layers, "weights raw", "wide", "usual"),
    tiledKernel(layers, "weights wide", "raw, unrolled", "unrolled"),
    tiledKernel(layers, "weights raw", "wide, unrolled", "unrolled"),
    tiledKernel(layers, "weights raw", "wide, compact", "compact"),
  ];
}

function prepare<K extends Kind>(
  layer: Layer<K>,
  matrix: Matrix,
  role: Role,
  unrolled: Unrolled,
  filters?: 4,
): Product | undefined {
  const widths = filters ? ([filters] as const) : undefined;
  const weighted = layer as unknown as Layer<"conv2d"> | Layer<"dense">;
  return productOf(weighted, role, "plain", plainOrder(matrix.depth), { ...unrollings[unrolled], widths });
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
  };
}

function vectorKernel<K extends Kind>(layers: MatrixLayers<K>): Kernel<K> {
  const find = (layer: Layer<K>) => {
    const matrix = layers.matrix(layer);
    if (!matrix || matrix.pixels * matrix.stretches !== 1) return undefined;
    const product = prepare(layer, matrix, "weights raw", "usual", 4);
    return product && { matrix, product };
  };
  return {
    name: `${layers.name} vector`,
    fits: (layer) => find(layer) !== undefined,
    scratch(layer) {
      const bytes = 2 * layers.matrix(layer)!.padded;
      return { least: bytes, most: bytes };
    },
    // Everything is widened before the first result.
    inPlace: () => [0],
    lower(layer) {
      const { matrix, product } = find(layer)!;
      return lowerVector(matrix, product);
    },
  };
}
