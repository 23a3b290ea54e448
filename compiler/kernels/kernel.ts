/** A kernel: one way to compute an operator, as a generator of loop IR specialised to the layer. */

import type { Operation, Value } from "../ir/graph.js";
import type { Encoding } from "../ir/encoding.js";
import type { KernelFunction } from "../ir/loop.js";
import type { OperatorKind } from "../ops/attributes.js";
import type { Operator } from "../ops/operator.js";
import type { Work } from "./work.js";

/** The layer a kernel is asked to compute. */
export interface Layer<K extends OperatorKind = OperatorKind> {
  readonly operation: Operation<K>;
  readonly inputs: readonly Value[];
  readonly output: Value;
  /** The operation's operator: its reference semantics serve kernels that tabulate it. */
  readonly operator: Operator<K>;
}

export interface Kernel<K extends OperatorKind = OperatorKind> {
  /** As the report prints it: "conv2d im2col 2x2". */
  readonly name: string;
  fits(layer: Layer<K>): boolean;
  /** Scratch in the arena, bytes: the least it can do with, and the most it can make use of. `inPlace`: see below. */
  scratch?(layer: Layer<K>, inPlace: boolean): { readonly least: number; readonly most: number };
  /** Inputs whose memory the output may take, if nobody else needs them: the kernel reads every byte before it overwrites it. */
  inPlace?(layer: Layer<K>): readonly number[];
  /** Whether it can read its first input biased, and write its result so (ir/encoding.ts). Default: plain only. */
  readonly readsBiased?: boolean;
  readonly writesBiased?: boolean;
  lower(layer: Layer<K>, granted: LayerGrant): KernelFunction;
  /** What its price is a formula over. Left out, or undefined: there is none, its code says it. */
  work?(layer: Layer<K>, granted: LayerGrant): Work | undefined;
}

/** What the planner gives a kernel. */
export interface LayerGrant {
  /** Bytes of scratch, between least and most. */
  readonly scratch: number;
  /** The output shares an input's memory. */
  readonly inPlace: boolean;
  /** How the first input lies in memory, and how the result is to; absent: plain. */
  readonly input?: Encoding;
  readonly output?: Encoding;
}
