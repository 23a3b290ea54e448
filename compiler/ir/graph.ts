/**
 * The graph from 2-check to 4-plan: values (tensors) and operations over them, immutable. `Checked` and `Simplified`
 * differ in what is known: a `Simplified` value always has its quantisation, and all constants are integers.
 */

import type { Site } from "../../dsl/graph.js";
import type { OperatorAttributes, OperatorKind } from "../ops/index.js";
import type { Quantization } from "../../dsl/tensor.js";
import type { Limits } from "../limits/limits.js";
import type { Board } from "../targets/board.js";

export type { Quantization, Site };

/** Networks compute in int8; int32 is also what biases are, int16 what recurrent layers keep from run to run. */
export type DType = "int8" | "uint8" | "int16" | "int32" | "int64" | "float32";

export interface TensorType {
  /** Without the batch; NHWC. */
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Index into `Graph.values`. */
export type ValueId = number;

export interface Value extends TensorType {
  readonly name: string;
  /** int8 and uint8 only. Undefined: not yet known (float weights before calibration). */
  readonly quantization?: Quantization;
  /** Set when the value is the same in every inference. */
  readonly constant?: Constant;
  /** Of a network's input: it arrives row by row (dimension 0) and never exists as a whole. */
  readonly feed?: "rows";
  readonly site?: Site;
}

/**
 * A constant tensor. `scales`: real = scales[c] * q, one entry (per tensor) or one per output channel; absent for float32.
 * `data` is absent before training, when only sizes are given: such a network can be checked but not built.
 */
export interface Constant extends TensorType {
  readonly data?: Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;
  readonly scales?: readonly number[];
  /** Of float32 constants, in `Checked`: the tensor that they are (a part of). */
  readonly origin?: TensorOrigin;
  readonly site?: Site;
}

/** A tensor of a weights file, and for each of its dimensions the constant's dimension that it is (`1`: of size 1, and none). */
export interface TensorOrigin {
  readonly name: string;
  /** As the model names it. */
  readonly file: string;
  readonly order: readonly (number | "1")[];
}

/** One operator applied. `attributes` are resolved: pairs are pairs, padding is explicit, names are unique. */
export interface Operation<K extends OperatorKind = OperatorKind> {
  readonly kind: K;
  /** Unique; a C identifier. */
  readonly name: string;
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
  readonly attributes: OperatorAttributes[K];
  readonly site?: Site;
  /** Operations that were folded into this one, first to last. */
  readonly from?: readonly { readonly name: string; readonly kind: string; readonly site?: Site }[];
}

export interface Graph {
  readonly name: string;
  readonly values: readonly Value[];
  /** In a topological order. */
  readonly operations: readonly Operation[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly { readonly name: string; readonly value: ValueId }[];
}

/** The graph with its surroundings, as 2-check leaves it. */
export interface Checked extends Graph {
  /** The `network(...)` call. */
  readonly site?: Site;
  readonly board: Board;
  readonly limits: Limits;
  /** Calibration samples per network input (float32, NHWC, one after the other); undefined where none were given. */
  readonly calibration?: CalibrationSamples;
}

export interface CalibrationSamples {
  readonly method: "min-max" | "percentile" | "mse" | "default";
  readonly count: number;
  readonly inputs: ReadonlyMap<ValueId, Float32Array>;
  readonly site?: Site;
}

/** After 3-simplify: every int8 and uint8 value has its quantisation (nominal where `nominal`), every weight is int8 (or int16, over time), every bias int32. */
export interface Simplified extends Graph {
  readonly board: Board;
  readonly limits: Limits;
  /** true: quantisation or weights are placeholders (no calibration asked for, or no weights yet): sizes are right, numbers are not. */
  readonly nominal: boolean;
  /** What is known of channels, and which were left out; absent where `nominal`. */
  readonly channels?: ChannelFacts;
}

/** What 3-simplify found out about the channels of the layers with weights. */
export interface ChannelFacts {
  /** Their results, in order, with the channels they had. */
  readonly tensors: readonly {
    readonly name: string;
    readonly channels: number;
    /** Channels that have one value, whatever the network's inputs. */
    readonly constant: number;
    /** Channels left out: constant ones, and ones that nothing depends on. */
    readonly removed: number;
  }[];
  /** Multiply-accumulates of the network with all of them, and its int8 weights. */
  readonly macsBefore: number;
  readonly weightsBefore: number;
}

/** int8 weights of the operations, bytes. */
export function int8Weights(operations: readonly Operation[]): number {
  return operations.reduce((sum, { attributes }) => {
    const constants = Object.values(attributes as unknown as Record<string, Partial<Constant> | undefined>);
    const weights = constants.filter((one) => one?.dtype === "int8" && one.shape !== undefined);
    return weights.reduce((bytes, one) => bytes + elements(one!.shape!), sum);
  }, 0);
}

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export const bytesPerElement: Record<DType, number> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
};

/** Bytes of one row of a tensor of at least two dimensions: what is fed at a time. */
export function rowBytes({ shape, dtype }: TensorType): number {
  return elements(shape.slice(1)) * bytesPerElement[dtype];
}

/** Bytes of a tensor. */
export function bytes(type: TensorType): number {
  return elements(type.shape) * bytesPerElement[type.dtype];
}
