/** What products need of a layer, once: how its sums become results, and its weights as panels. */

import type { Constant, Operation } from "../../ir/graph.js";
import { int8Values, int32Bias } from "../../ops/arithmetic/constants.js";
import { clamp, multiplyByQuantizedMultiplier } from "../../ops/arithmetic/fixed-point.js";
import { convMultipliers, quantizationOf, realMultipliers } from "../../ops/arithmetic/quantization.js";
import type { Activation } from "../../../dsl/tensor.js";
import type { Layer } from "../kernel.js";
import { originalOf } from "../padded-anew.js";
import { outputRange } from "../requantization.js";
import { canShift, scalingOf, type Scaling } from "../scaling/scaling.js";
import { oneRoundingScale, twoRoundingScale, type ChannelScale } from "../scaling/steps.js";
import {
  fitRaw,
  fitWide,
  rawPanels,
  rawSums,
  widePanels,
  wideSums,
  type Filters,
  type Panels,
  type Width,
} from "./panels.js";
import type { Product } from "./product.js";

type Weighted = Layer<"conv2d"> | Layer<"dense">;

interface Attributes {
  readonly weights: Constant;
  readonly bias?: Constant;
  readonly activation: Activation;
}

/** Where the products of K lie: position in the tile's order to the filter's weight, or -1 where activations are padding. */
export interface Order {
  readonly rows: number;
  /** Values of a row, a multiple of 4. */
  readonly values: number;
  weight(row: number, value: number): number;
}

/** [channel][k] in its own order, filled up to a multiple of 4. */
export function plainOrder(depth: number): Order {
  const values = (depth + 3) & ~3;
  return { rows: 1, values, weight: (_, value) => (value < depth ? value : -1) };
}

export type Role = "weights raw" | "weights wide";

interface Scales {
  readonly starts: readonly number[];
  readonly channels: readonly ChannelScale[];
}

const scales = new WeakMap<Operation, Scales | false>();
const products = new WeakMap<Operation, Map<string, Product | false>>();

export interface Options {
  /** As in `Unrolling`. */
  readonly straight: number;
  readonly compact?: boolean;
  /** Of panels. */
  readonly widths?: readonly Width[];
}

/**
 * The layer as a product; undefined: weights, sums or scales are outside of what it computes exactly.
 * @param name of the order, by which the result is remembered
 */
export function productOf(
  layer: Weighted,
  role: Role,
  name: string,
  order: Order,
  options: Options,
): Product | undefined {
  const operation = originalOf(layer.operation as unknown as Operation);
  const known = products.get(operation) ?? new Map<string, Product | false>();
  products.set(operation, known);
  const key = [role, name, options.straight, options.compact, options.widths].join();
  let product = known.get(key);
  if (product === undefined) known.set(key, (product = make(layer, role, name, order, options) ?? false));
  return product || undefined;
}

/** The constants are made when they are asked for: most products are candidates that no plan takes. */
function make(
  layer: Weighted,
  role: Role,
  name: string,
  order: Order,
  { straight, compact = false, widths }: Options,
): Product | undefined {
  const proven = provenOf(layer, role, name, order);
  if (!proven) return undefined;
  const { filters } = proven;
  let panels: Panels | undefined;
  return {
    get scaling() {
      return proven.scaling();
    },
    get panels() {
      return (panels ??=
        role === "weights raw"
          ? rawPanels(filters, this.scaling, widths?.[0] ?? 2)
          : widePanels(filters, this.scaling, widths ?? [3, 2]));
    },
    channels: filters.channels,
    rows: order.rows,
    steps: order.values / 4,
    unrolling: { straight, compact },
  };
}

/** Filters whose products are exact, and how their sums become results. */
interface Proven {
  readonly filters: Filters;
  scaling(): Scaling;
}

const proofs = new WeakMap<Operation, Map<string, Proven | false>>();

/** What kernels of one role and order share. */
function provenOf(layer: Weighted, role: Role, name: string, order: Order): Proven | undefined {
  const operation = originalOf(layer.operation as unknown as Operation);
  const known = proofs.get(operation) ?? new Map<string, Proven | false>();
  proofs.set(operation, known);
  const key = `${role} ${name}`;
  let found = known.get(key);
  if (found === undefined) known.set(key, (found = prove(layer, role, order) ?? false));
  return found || undefined;
}

function prove(layer: Weighted, role: Role, order: Order): Proven | undefined {
  const filters = filtersOf(layer.operation.attributes.weights, order);
  const isRaw = role === "weights raw";
  if (!(isRaw ? fitRaw(filters) : fitWide(filters))) return undefined;
  const known = scalesOf(layer);
  if (!known) return undefined;
  const { channels, starts } = known;
  const range = outputRange(layer.output, layer.operation.attributes.activation);
  let scaling: Scaling | undefined;
  const find = () => (scaling ??= scalingOf(channels, range, (isRaw ? rawSums : wideSums)(filters, starts)));
  // The search for the cheapest form can wait where there is one for certain.
  if (!canShift(channels) && !find()) return undefined;
  return { filters, scaling: () => find()! };
}

function filtersOf(weights: Constant, { rows, values, weight }: Order): Filters {
  const data = int8Values(weights);
  const [channels] = weights.shape;
  const own = data.length / channels;
  const filters = new Int8Array(channels * rows * values);
  for (let row = 0; row < rows; row++) {
    for (let value = 0; value < values; value++) {
      const from = weight(row, value);
      if (from < 0) continue;
      for (let channel = 0; channel < channels; channel++)
        filters[(channel * rows + row) * values + value] = data[channel * own + from];
    }
  }
  return { weights: filters, channels, depth: rows * values };
}

function scalesOf(layer: Weighted): Scales | undefined {
  const operation = originalOf(layer.operation as unknown as Operation);
  let found = scales.get(operation);
  if (found === undefined) scales.set(operation, (found = computeScales(layer) ?? false));
  return found || undefined;
}

function computeScales(layer: Weighted): Scales | undefined {
  const { weights, bias } = layer.operation.attributes as Attributes;
  const [channels] = weights.shape;
  const [input, output] = [quantizationOf(layer.inputs[0]), quantizationOf(layer.output)];
  const ends = accumulatorEnds(int8Values(weights), int32Bias(bias, channels), input.zeroPoint);
  if (layer.operation.kind === "dense") {
    const factors = realMultipliers(weights, channels, input, output);
    return collect(ends.map(({ start, low, high }, c) => [start, oneRoundingScale(low, high, factors[c])]));
  }
  const multipliers = convMultipliers(weights, channels, input, output);
  return collect(
    ends.map(({ start, low, high }, c) => {
      // A channel whose weights are all zero gives one result: the same from a small accumulator and an ordinary multiplier.
      if (low < high || Math.abs(start) >= 2 ** 31)
        return [start, twoRoundingScale(low, high, multipliers[c])];
      const settled = 4 * clamp(multiplyByQuantizedMultiplier(start, multipliers[c]), -512, 512);
      return [settled, twoRoundingScale(settled, settled, { multiplier: 2 ** 30, shift: -1 })];
    }),
  );
}

function collect(list: readonly (readonly [number, ChannelScale | undefined])[]): Scales | undefined {
  const channels = list.map(([, scale]) => scale);
  if (!channels.every((one) => one !== undefined)) return undefined;
  return { starts: list.map(([start]) => start), channels };
}

/** Of each channel: the accumulator of inputs that are all 0, and the least and greatest over all int8 inputs. */
function accumulatorEnds(weights: Int8Array, bias: Int32Array, zeroPoint: number) {
  const depth = weights.length / bias.length;
  return Array.from(bias, (from, channel) => {
    let [sum, low, high] = [0, 0, 0];
    for (let k = channel * depth; k < (channel + 1) * depth; k++) {
      const weight = weights[k];
      sum += weight;
      low += weight > 0 ? -128 * weight : 127 * weight;
      high += weight > 0 ? 127 * weight : -128 * weight;
    }
    const start = from - zeroPoint * sum;
    return { start, low: start + low, high: start + high };
  });
}
