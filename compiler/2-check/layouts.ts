/** The order of dimensions in weights files, against the canonical order of ops/attributes.ts. */

import type { Layout } from "../../dsl/weights.js";
import type { ConstantLayout } from "../ops/operator.js";

/** For every dimension of the file, the canonical dimension it holds; `1`: a dimension of size 1 without meaning. */
export type Order = readonly (number | "1")[];

interface Arrangement {
  /** Names of the canonical dimensions. */
  readonly dimensions: readonly string[];
  /** The canonical dimension that counts output channels. */
  readonly channels: number;
  /** Accepted orders, the documented one first. */
  readonly orders: Readonly<Record<Layout, readonly Order[]>>;
}

const arrangements: Record<ConstantLayout, Arrangement> = {
  conv: {
    dimensions: ["out", "height", "width", "in"],
    channels: 0,
    orders: { pytorch: [[0, 3, 1, 2]], tensorflow: [[0, 1, 2, 3]] },
  },
  convTranspose: {
    dimensions: ["out", "height", "width", "in"],
    channels: 0,
    orders: { pytorch: [[3, 0, 1, 2]], tensorflow: [[0, 1, 2, 3]] },
  },
  depthwise: {
    dimensions: ["height", "width", "channels"],
    channels: 2,
    // TFLite itself writes a leading 1.
    orders: {
      pytorch: [[2, "1", 0, 1]],
      tensorflow: [
        [0, 1, 2],
        ["1", 0, 1, 2],
      ],
    },
  },
  dense: { dimensions: ["out", "in"], channels: 0, orders: { pytorch: [[0, 1]], tensorflow: [[0, 1]] } },
  time: {
    dimensions: ["filter", "memory"],
    channels: 0,
    orders: { pytorch: [[0, 1]], tensorflow: [[0, 1]] },
  },
  vector: { dimensions: ["channels"], channels: 0, orders: { pytorch: [[0]], tensorflow: [[0]] } },
};

/** The dimension, in canonical order, that counts output channels. */
export function channelDimension(layout: ConstantLayout): number {
  return arrangements[layout].channels;
}

/** A shape as the file must have it, for messages: sizes (`-1`: any) and what they are. */
export function describeExpected(expected: readonly number[], layout: ConstantLayout, file: Layout) {
  const { orders, dimensions } = arrangements[layout];
  const order = orders[file][0];
  return {
    shape: order.map((dimension) => (dimension === "1" ? 1 : expected[dimension])),
    dimensions: order.map((dimension) => (dimension === "1" ? "1" : dimensions[dimension])).join(", "),
  };
}

/**
 * The order in which a tensor of the file fits the expected canonical shape.
 * @returns undefined where it does not
 */
export function fittingOrder(
  found: readonly number[],
  expected: readonly number[],
  layout: ConstantLayout,
  file: Layout,
): Order | undefined {
  return arrangements[layout].orders[file].find(
    (order) =>
      order.length === found.length &&
      order.every((dimension, i) => fits(found[i], dimension === "1" ? 1 : expected[dimension])),
  );
}

function fits(found: number, expected: number): boolean {
  return found > 0 && (expected === -1 || found === expected);
}

/** The order of a tensor of so many dimensions, the documented one where several have as many. */
export function orderOf(rank: number, layout: ConstantLayout, file: Layout): Order | undefined {
  return arrangements[layout].orders[file].find(({ length }) => length === rank);
}

/** Whether a canonical dimension counts the rows or columns of a window. */
export const isSpatial = (layout: ConstantLayout, dimension: number): boolean =>
  ["height", "width"].includes(arrangements[layout].dimensions[dimension]);

/** The canonical shape of a tensor that has `shape` in the file. */
export function canonicalShape(shape: readonly number[], order: Order): number[] {
  const result: number[] = [];
  order.forEach((dimension, i) => {
    if (dimension !== "1") result[dimension] = shape[i];
  });
  return result;
}

/** Elements of a file's tensor in canonical order; the file's own array where the orders agree. */
export function canonicalData<Data extends Float32Array | Int8Array | Int16Array | Int32Array>(
  data: Data,
  shape: readonly number[],
  order: Order,
): Data {
  const sizes = canonicalShape(shape, order);
  const strides = fileStrides(shape, order);
  if (isContiguous(sizes, strides)) return data;
  const result = data.slice() as Data;
  const [a, b, c, d] = [1, 1, 1, 1, ...sizes].slice(-4);
  const [sa, sb, sc, sd] = [0, 0, 0, 0, ...strides].slice(-4);
  let to = 0;
  for (let i = 0; i < a; i++)
    for (let j = 0; j < b; j++)
      for (let k = 0; k < c; k++)
        for (let l = 0; l < d; l++) result[to++] = data[i * sa + j * sb + k * sc + l * sd];
  return result;
}

/** Distance in the file between neighbours along each canonical dimension. */
function fileStrides(shape: readonly number[], order: Order): number[] {
  const result: number[] = [];
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const dimension = order[i];
    if (dimension !== "1") result[dimension] = stride;
    stride *= shape[i];
  }
  return result;
}

function isContiguous(sizes: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let i = sizes.length - 1; i >= 0; i--) {
    if (sizes[i] !== 1 && strides[i] !== expected) return false;
    expected *= sizes[i];
  }
  return true;
}
