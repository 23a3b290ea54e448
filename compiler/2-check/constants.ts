/** Tensors of a weights file as constants of the graph: dtype, shape and values checked, dimensions in canonical order. */

import type { Site } from "../../dsl/graph.js";
import type { TensorReference } from "../../dsl/weights.js";
import { reject, type Place } from "../diagnostics/diagnostic.js";
import type { StoredTensor } from "../files/tensor-file.js";
import { elements, type Constant } from "../ir/graph.js";
import type { ConstantLayout } from "../ops/operator.js";
import {
  canonicalData,
  canonicalShape,
  channelDimension,
  describeExpected,
  fittingOrder,
} from "./layouts.js";
import { shapeText } from "../diagnostics/shape-text.js";
import { sliced } from "./slices.js";
import { dtypeName } from "./text.js";
import type { Tensors } from "./tensors.js";

/** 64 Mi: far beyond any microcontroller's flash, small enough to hold here. */
export const maxConstantElements = 2 ** 26;

/** How a constant is wanted: see `ResolveContext.constant`. */
export interface Wanted {
  readonly shape: readonly number[];
  readonly layout: ConstantLayout;
  /** true: a vector may be int32 (the bias of int8 weights). */
  readonly integers: boolean;
  /** The diagnostic's place. */
  readonly at: Place | undefined;
  readonly site?: Site;
}

/** @returns undefined where the reference is optional and the file has no such tensor, or a super-network has no file yet */
export function readConstant(
  tensors: Tensors,
  reference: TensorReference,
  wanted: Wanted,
): Constant | undefined {
  const stored = tensors.find(reference, reference.name, wanted.at);
  if (!stored) return undefined;
  const tensor = reference.elastic ? sliced(stored, wanted.shape, wanted.layout, reference.layout) : stored;
  const order = fittingOrder(tensor.shape, wanted.shape, wanted.layout, reference.layout);
  if (!order) return rejectShape(tensor, reference, wanted);
  const shape = canonicalShape(tensor.shape, order);
  const site = wanted.site;
  const { data } = tensor;
  if (data instanceof Float32Array) {
    checkFinite(tensor, data, wanted.at);
    const origin = { name: reference.name, file: reference.file, order };
    return { shape, dtype: "float32", data: canonicalData(data, tensor.shape, order), origin, site };
  }
  if (data instanceof Int32Array && wanted.integers) return { shape, dtype: "int32", data, site };
  if (data instanceof Int8Array && wanted.layout !== "vector") {
    const scales = readScales(tensors, reference, shape[channelDimension(wanted.layout)], wanted.at);
    return { shape, dtype: "int8", data: canonicalData(data, tensor.shape, order), scales, site };
  }
  if (data instanceof Int16Array && wanted.layout === "time") {
    const scales = readScales(tensors, reference, shape[channelDimension(wanted.layout)], wanted.at);
    return { shape, dtype: "int16", data: canonicalData(data, tensor.shape, order), scales, site };
  }
  return rejectDType(tensor, wanted);
}

function rejectShape(tensor: StoredTensor, reference: TensorReference, { shape, layout, at }: Wanted): never {
  const other = reference.layout === "pytorch" ? "tensorflow" : "pytorch";
  const fitsOther = fittingOrder(tensor.shape, shape, layout, other) !== undefined;
  const expected = describeExpected(shape, layout, reference.layout);
  return reject("MCU2004", at, {
    tensor: reference.name,
    found: shapeText(tensor.shape),
    expected: shapeText(expected.shape),
    dimensions: expected.dimensions,
    help: fitsOther
      ? `the shape fits the other layout: weights("${reference.file}", { layout: "${other}" })`
      : undefined,
  });
}

function rejectDType(tensor: StoredTensor, { layout, integers, at }: Wanted): never {
  const widen = ["F16", "BF16", "F64"].includes(tensor.dtype);
  const expected = integers
    ? "float32, or int32 beside int8 weights"
    : layout === "vector"
      ? "float32"
      : layout === "time"
        ? "int16"
        : "float32 or int8";
  return reject("MCU2005", at, {
    tensor: tensor.name,
    found: dtypeName(tensor.dtype),
    expected,
    help: widen
      ? "convert it before saving: tensor.float() in PyTorch, .astype(numpy.float32) in NumPy"
      : undefined,
  });
}

/** Rejects with MCU2006 where a value is NaN or infinite. */
export function checkFinite(tensor: StoredTensor, data: Float32Array, at: Place | undefined): void {
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index < 0) return;
  reject("MCU2006", at, {
    tensor: tensor.name,
    what: `has ${data[index]} as its element ${index}`,
    expected: "finite numbers",
  });
}

/** Scales of int8 weights: `<name>_scale`, float32, one for the tensor or one an output channel. */
function readScales(
  tensors: Tensors,
  reference: TensorReference,
  channels: number,
  at: Place | undefined,
): number[] {
  const name = `${reference.name}_scale`;
  const tensor = tensors.find({ ...reference, optional: false }, name, at)!;
  const { data } = tensor;
  if (!(data instanceof Float32Array)) {
    return reject("MCU2005", at, { tensor: name, found: dtypeName(tensor.dtype), expected: "float32" });
  }
  if (data.length !== 1 && data.length !== channels) {
    const expected = channels === 1 ? "1" : `${channels}, one an output channel, or 1 for all`;
    return reject("MCU2006", at, { tensor: name, what: `has ${data.length} elements`, expected });
  }
  const wrong = data.findIndex((scale) => !(scale > 0 && Number.isFinite(scale)));
  if (wrong >= 0) {
    const expected = "finite scales greater than 0";
    return reject("MCU2006", at, {
      tensor: name,
      what: `has ${data[wrong]} as its element ${wrong}`,
      expected,
    });
  }
  return [...data];
}

/** A constant of which only the size is known: float32 without data. */
export function untrainedConstant(
  shape: readonly number[],
  what: string,
  at: Place | undefined,
  site?: Site,
): Constant {
  const count = elements(shape);
  if (!(count <= maxConstantElements)) reject("MCU2016", at, { what, count, atMost: maxConstantElements });
  return { shape, dtype: "float32", site };
}
