/** `constant` nodes: tensors of a weights file as operands. */

import type { Node } from "../../dsl/graph.js";
import { reject, type Place } from "../diagnostics/diagnostic.js";
import { shapeText } from "../diagnostics/shape-text.js";
import type { StoredTensor } from "../files/tensor-file.js";
import { elements, type Constant, type Value } from "../ir/graph.js";
import { checkFinite, maxConstantElements } from "./constants.js";
import { givenQuantization } from "./quantization.js";
import type { Tensors } from "./tensors.js";

/** As for inputs. */
const maxRank = 6;

/** float32 operands are quantised later (3-simplify), by their own range if none is given; their value is int8 like any other. */
export function resolveConstant(node: Node<"constant">, name: string, tensors: Tensors): Value {
  const { site } = node;
  const { tensor } = node.attributes;
  const at = tensor.at ?? site?.attributes.tensor ?? site?.at;
  const stored = tensors.find({ ...tensor, optional: false }, tensor.name, at)!;
  checkShape(stored, at);
  const { shape, data } = stored;
  const quantization = givenQuantization(node, tensors);
  const value = (dtype: "int8" | "int32", constant: Omit<Constant, "shape" | "site">): Value => ({
    ...{ name, shape, dtype, site },
    constant: { shape, site, ...constant },
  });
  if (data instanceof Float32Array) {
    checkFinite(stored, data, at);
    return { ...value("int8", { dtype: "float32", data }), quantization };
  }
  if (data instanceof Int32Array) return value("int32", { dtype: "int32", data });
  if (!(data instanceof Int8Array) || !quantization)
    return reject("MCU2022", at, { tensor: tensor.name, unquantised: data instanceof Int8Array });
  return { ...value("int8", { dtype: "int8", data, scales: [quantization.scale] }), quantization };
}

function checkShape({ name, shape }: StoredTensor, at: Place | undefined): void {
  const isUsable = shape.length <= maxRank && shape.every((size) => size > 0);
  if (isUsable && elements(shape) <= maxConstantElements) return;
  const expected = `at most ${maxRank} sizes of at least 1, and at most ${maxConstantElements} elements`;
  reject("MCU2006", at, { tensor: name, what: `has the shape ${shapeText(shape)}`, expected });
}
