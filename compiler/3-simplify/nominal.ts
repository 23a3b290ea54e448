/**
 * Placeholders for what calibration and training would give: sizes and costs come out right, values do not. They are of the kind that
 * real networks have (scales differ from channel to channel, few zero points are 0), so that no kernel finds a short cut in them.
 */

import type { Activation } from "../../dsl/tensor.js";
import {
  elements,
  type Constant,
  type Graph,
  type Operation,
  type Quantization,
  type ValueId,
} from "../ir/graph.js";
import { activationRange } from "../ops/arithmetic/activation.js";
import { isWeighted, channelOf, type WeightedOperation } from "./layers.js";
import { propagateQuantization } from "./propagate.js";
import { shareQuantization } from "./shared-quantization.js";

export function quantizeNominally<G extends Graph>(graph: G): G {
  const chosen = new Map<ValueId, Quantization>();
  const choose = (id: ValueId, producer: Operation | undefined) => {
    chosen.set(id, nominalQuantization(producer));
    return chosen.get(id);
  };
  propagateQuantization(graph, choose);
  const shared = shareQuantization(graph, chosen);
  const quantized = propagateQuantization(graph, (id) => shared.get(id));
  return {
    ...quantized,
    operations: quantized.operations.map((operation) => nominalLayer(operation, quantized)),
  };
}

function nominalQuantization(producer: Operation | undefined): Quantization {
  const { activation } = (producer?.attributes ?? {}) as { readonly activation?: Activation };
  const isPositive = activation !== undefined && activationRange(activation)[0] === 0;
  return isPositive
    ? { scale: Math.fround(1 / 40), zeroPoint: -128 }
    : { scale: Math.fround(1 / 20), zeroPoint: 5 };
}

function nominalLayer(operation: Operation, graph: Graph): Operation {
  if (!isWeighted(operation)) return operation;
  const { weights, bias } = operation.attributes;
  if (weights.dtype === "int8" && weights.data) return operation;
  const scales = nominalScales(operation, graph);
  const attributes = {
    ...operation.attributes,
    weights: { ...weights, dtype: "int8", data: pattern(Int8Array, weights, 127), scales },
    bias: bias && { ...bias, dtype: "int32", data: pattern(Int32Array, bias, 2000), scales },
  };
  return { ...operation, attributes } as Operation;
}

/** input * weight / output between 2^-10 and 2^-9. */
function nominalScales(operation: WeightedOperation, graph: Graph): number[] {
  const input = graph.values[operation.inputs[0]].quantization!;
  const output = graph.values[operation.output].quantization!;
  const { channels } = channelOf(operation);
  const ratio = output.scale / input.scale;
  let known = scalesOf.get(ratio);
  if (!known || known.length < channels) {
    if (scalesOf.size >= MOST_RATIOS) scalesOf.clear();
    known = Array.from({ length: Math.max(channels, LEAST_SCALES) }, (_, c) =>
      Math.fround(ratio * 2 ** -10 * (1 + ((c * 37) % 128) / 128)),
    );
    scalesOf.set(ratio, known);
  }
  return known.slice(0, channels);
}

/** By output / input: the most that were needed, of which fewer are the first. */
const scalesOf = new Map<number, readonly number[]>();
const MOST_RATIOS = 256;
const LEAST_SCALES = 1024;

/** Numbers without a pattern that matters, from -most to most; shared, since they are never written. */
function pattern<T extends Int8Array | Int32Array>(
  Type: { new (length: number): T },
  { shape }: Constant,
  most: number,
): T {
  const count = elements(shape);
  let known = patterns.get(Type) as T | undefined;
  if (!known || known.length < count) {
    known = patternOf(Type, Math.max(count, 2 * (known?.length ?? LEAST_PATTERN)), most);
    patterns.set(Type, known);
    buffers.add(known.buffer);
  }
  return known.subarray(0, count) as T;
}

/** The longest so far of each type: shorter ones begin in the same way. */
const patterns = new Map<unknown, Int8Array | Int32Array>();
const buffers = new WeakSet<ArrayBufferLike>();
const LEAST_PATTERN = 2 ** 15;

function patternOf<T extends Int8Array | Int32Array>(
  Type: { new (length: number): T },
  length: number,
  most: number,
): T {
  const data = new Type(length);
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    data[i] = (state >> 8) % (most + 1);
  }
  return data;
}

/** Whether a constant's numbers are placeholders, which follow from its shape. */
export function isPattern({ data }: Pick<Constant, "data">): boolean {
  return data !== undefined && data.byteOffset === 0 && buffers.has(data.buffer);
}
