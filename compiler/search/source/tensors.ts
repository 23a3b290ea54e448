/** The weights of a member: its own part of the super-network's tensors, in the layout of the file they come from. */

import type { Net } from "../../../dsl/graph.js";
import { openSafetensors } from "../../files/safetensors.js";
import type { StoredTensor, TensorFile } from "../../files/tensor-file.js";
import type { Checked, Constant, TensorOrigin } from "../../ir/graph.js";
import type { Places } from "./places.js";

/** The tensors of each weights file, by the file's name in the model. */
export type WeightsFiles = ReadonlyMap<string, readonly StoredTensor[]>;

/** A `TensorReference` or `QuantizationReference`. */
interface Reference {
  readonly kind: "tensor" | "quantization";
  readonly file: string;
  readonly name: string;
}

/** Tensors beside those that a model names: int8 weights have scales, layers the quantisation of their result. */
const companions: Readonly<{ [kind in Reference["kind"]]: readonly string[] }> = {
  tensor: ["", "_scale"],
  quantization: [".output_scale", ".output_zero_point"],
};

/**
 * Float weights are those of `checked`, sliced and with BatchNorm's statistics measured again; all others are copied from their file.
 * @param tensors in place of the files that the model names
 */
export function weightsOf(net: Net, checked: Checked, places: Places, tensors?: TensorFile): WeightsFiles {
  const sliced = slicedTensors(checked);
  const opened = new Map<string, TensorFile | undefined>();
  const open = (file: string): TensorFile | undefined => {
    if (tensors) return tensors;
    if (!opened.has(file)) {
      const path = places.existing(file);
      opened.set(file, path === undefined ? undefined : openSafetensors(path));
    }
    return opened.get(file);
  };
  const files = new Map<string, Map<string, StoredTensor>>();
  for (const { kind, file, name } of referencesOf(net)) {
    for (const suffix of companions[kind]) {
      const wanted = name + suffix;
      const found = sliced.get(keyOf(file, wanted)) ?? open(file)?.get(wanted);
      if (!found?.data) continue;
      if (!files.has(file)) files.set(file, new Map());
      files.get(file)!.set(wanted, found);
    }
  }
  return new Map([...files].map(([file, found]) => [file, [...found.values()]]));
}

/** Names of all weights files of a network. */
export function weightsNames(net: Net): readonly string[] {
  return [...new Set([...referencesOf(net)].map(({ file }) => file))];
}

const keyOf = (file: string, name: string): string => JSON.stringify([file, name]);

function slicedTensors({ operations }: Checked): ReadonlyMap<string, StoredTensor> {
  const found = new Map<string, StoredTensor>();
  for (const { attributes } of operations) {
    for (const constant of Object.values(attributes as unknown as Record<string, Constant | undefined>)) {
      const { origin, data } = constant ?? {};
      if (origin && data instanceof Float32Array)
        found.set(keyOf(origin.file, origin.name), inFileOrder(origin, constant!.shape, data));
    }
  }
  return found;
}

/** The inverse of what 2-check did when it read the tensor. */
function inFileOrder(
  { name, order }: TensorOrigin,
  canonical: readonly number[],
  data: Float32Array,
): StoredTensor {
  const strides = canonical.map((_, i) => canonical.slice(i + 1).reduce((a, b) => a * b, 1));
  const shape = order.map((dimension) => (dimension === "1" ? 1 : canonical[dimension]));
  const steps = order.map((dimension) => (dimension === "1" ? 0 : strides[dimension]));
  const result = new Float32Array(data.length);
  let to = 0;
  const copy = (dimension: number, from: number): void => {
    if (dimension === shape.length) {
      result[to++] = data[from];
      return;
    }
    for (let i = 0; i < shape[dimension]; i++) copy(dimension + 1, from + i * steps[dimension]);
  };
  copy(0, 0);
  return { name, dtype: "F32", shape, data: result };
}

function* referencesOf({ nodes }: Net): Iterable<Reference> {
  for (const { attributes } of nodes) {
    for (const value of Object.values(attributes as object)) {
      if (isReference(value)) yield value;
    }
  }
}

const isReference = (value: unknown): value is Reference =>
  typeof value === "object" &&
  value !== null &&
  "kind" in value &&
  (value.kind === "tensor" || value.kind === "quantization");
