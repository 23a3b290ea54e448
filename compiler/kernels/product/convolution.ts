/** What convolutions with any window need as products: their geometry, the order of their products, and how rows of the image are written. */

import type { Operation } from "../../ir/graph.js";
import type { Pointer } from "../../ir/loop.js";
import { copy, fill, store2 } from "../../targets/cortex-m7.js";
import type { Layer } from "../kernel.js";
import { bandWidth, type Geometry, type RowWriter } from "./band.js";
import { columnOrder } from "./columns.js";
import { productOf, type Order } from "./layer.js";
import { reachesThree, type Product } from "./product.js";
import type { Unrolling } from "./tile.js";
import { widenRun } from "./widen.js";

type Conv = Layer<"conv2d">;

export function geometryOf({ operation: { attributes }, inputs, output }: Conv): Geometry {
  const [height, width, channels] = inputs[0].shape;
  return {
    image: [height, width],
    channels,
    results: [output.shape[0], output.shape[1]],
    window: attributes,
  };
}

/** Windows of neighbouring pixels over all channels; what is a product of matrices as it is has kernels of its own. */
export function isWhole({ operation: { attributes }, inputs }: Conv): boolean {
  const { weights, dilation, kernel, padding } = attributes;
  const isLarger = kernel[0] * kernel[1] > 1 || Math.max(...Object.values(padding)) > 0;
  const plain = isLarger || inputs[0].shape[2] < 4;
  return plain && weights.shape[3] === inputs[0].shape[2] && dilation[0] === 1 && dilation[1] === 1;
}

export function wideOrder({ operation: { attributes }, inputs }: Conv): Order {
  const values = attributes.kernel[1] * inputs[0].shape[2];
  return { rows: attributes.kernel[0], values, weight: (row, value) => row * values + value };
}

export const widePitch = (layer: Conv) => bandWidth(geometryOf(layer)) * layer.inputs[0].shape[2];

export function wideProductOf(layer: Conv, unrolling: Unrolling): Product | undefined {
  const depth = layer.inputs[0].shape[2];
  const { stride } = layer.operation.attributes;
  if (!isWhole(layer) || depth % 4 !== 0 || !reachesThree(2 * stride[1] * depth)) return undefined;
  return productOf(layer, "weights raw", "rows", wideOrder(layer), unrolling);
}

/** int16 pairs; a zero point widened is the same two words again and again. */
export function wideWriter(scratch: Pointer, zeroPoint: number): RowWriter {
  const pair = (half: number) => (half & 0xffff) | (half << 16);
  return {
    copy(block, from, to, values) {
      widenRun(block, from, block.point("line_wide", scratch.plus(to), true), values);
    },
    pad(block, to, values) {
      block.for("p", 0, values, 4, (p, body) => {
        body.do(store2, scratch.plus(to.plus(p)), pair(zeroPoint));
        body.do(store2, scratch.plus(to.plus(p).plus(2)), pair(255 * zeroPoint + 127));
      });
    },
  };
}

interface ColumnSizes {
  /** Of a window's row. */
  readonly rowBytes: number;
  readonly order: Order;
}

const sizes = new WeakMap<Operation<"conv2d">, ColumnSizes>();

/** A window's row in bytes, and the values of a column. */
export function columnSizes({ operation, inputs }: Conv): ColumnSizes {
  const { kernel } = operation.attributes;
  const rowBytes = kernel[1] * inputs[0].shape[2];
  const found = sizes.get(operation) ?? { rowBytes, order: columnOrder(kernel[0], rowBytes) };
  sizes.set(operation, found);
  return found;
}

/** Bytes of a row of a band, in whole words; the last window may read on by 3. */
export const narrowPitch = (layer: Conv) =>
  (bandWidth(geometryOf(layer)) * layer.inputs[0].shape[2] + 3) & ~3;

export function rawProductOf(layer: Conv, unrolling: Unrolling): Product | undefined {
  if (!isWhole(layer)) return undefined;
  return productOf(layer, "weights wide", "columns", columnSizes(layer).order, unrolling);
}

export function narrowWriter(scratch: Pointer, zeroPoint: number): RowWriter {
  return {
    copy: (block, from, to, values) => block.do(copy, scratch.plus(to), from.plus(0), values),
    pad: (block, to, values) => block.do(fill, scratch.plus(to), zeroPoint, values),
  };
}
