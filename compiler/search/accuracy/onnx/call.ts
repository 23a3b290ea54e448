/** What the translation of one operation is given, and what translations have in common. */

import type { Activation } from "../../../../dsl/tensor.js";
import type { Operation } from "../../../ir/graph.js";
import { activationRange } from "../../../ops/arithmetic/activation.js";
import type { OperatorKind } from "../../../ops/index.js";
import type { Typed } from "../../../ops/operator.js";
import { channelsFirst, type Builder } from "./builder.js";

export interface Call<K extends OperatorKind = OperatorKind> {
  readonly operation: Operation<K>;
  /** The ONNX tensors of the operation's inputs. */
  readonly inputs: readonly string[];
  readonly types: readonly Typed[];
  readonly output: Typed;
  readonly builder: Builder;
}

/** Adds what computes the operation. @returns the ONNX tensor of its result */
export type Translator<K extends OperatorKind> = (call: Call<K>) => string;

/** The tensor after an activation that belongs to an operation. */
export function activated(builder: Builder, tensor: string, activation: Activation): string {
  const [least, most] = activationRange(activation);
  if (least === -Infinity) return tensor;
  if (most === Infinity) return builder.node("Relu", [tensor]);
  return builder.node("Clip", [tensor, builder.scalar(least), builder.scalar(most)]);
}

/** The tensor under the network's own order of dimensions, after the batch. */
export function channelsLast(builder: Builder, tensor: string, { shape }: Typed): string {
  const isSame = shape.length < 2 || shape.slice(0, -1).every((size) => size === 1) || shape.at(-1) === 1;
  if (isSame) return reshaped(builder, tensor, shape);
  const others = shape.slice(1).map((_, i) => i + 2);
  return builder.node("Transpose", [tensor], { perm: [0, ...others, 1] });
}

/** The inverse of `channelsLast`. */
export function channelsFirstAgain(builder: Builder, tensor: string, { shape }: Typed): string {
  const rank = shape.length;
  const isSame = rank < 2 || shape.slice(0, -1).every((size) => size === 1) || shape.at(-1) === 1;
  if (isSame) return reshaped(builder, tensor, channelsFirst(shape));
  const others = shape.slice(1).map((_, i) => i + 1);
  return builder.node("Transpose", [tensor], { perm: [0, rank, ...others] });
}

/** The same elements under other dimensions after the batch. */
export function reshaped(builder: Builder, tensor: string, shape: readonly number[]): string {
  return builder.node("Reshape", [tensor, builder.whole([-1, ...shape])]);
}
