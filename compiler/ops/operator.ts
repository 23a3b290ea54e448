/** What everything in the compiler may ask of an operator. One file an operator implements it; passes use only this. */

import type { Node, Site } from "../../dsl/graph.js";
import type { Signatures } from "../../dsl/signatures.js";
import type { TensorReference } from "../../dsl/weights.js";
import type { Constant, Operation, Quantization, TensorType, Value } from "../ir/graph.js";
import type { Kernel } from "../kernels/kernel.js";
import type { RowKernel } from "../kernels/rows/row-kernel.js";
import type { OperatorAttributes, OperatorKind } from "./attributes.js";
import type { ChannelRule, Intervals } from "./channels.js";

/** Data of one tensor, as the reference semantics see it: the array of its dtype. int64 (indices) is held as int32. */
export type TensorData = Int8Array | Uint8Array | Int16Array | Int32Array | Float32Array;

/** A tensor with everything known about its type. */
export type Typed = Pick<Value, "shape" | "dtype" | "quantization">;

/** One tensor of an operator's state. */
export interface StateType extends TensorType {
  /** int8: the value of every element after a reset (a zero point). Other dtypes start at 0. */
  readonly initial: number;
}

/** An operator's result of the shape rule. */
export interface Resolved<K extends OperatorKind> {
  readonly attributes: OperatorAttributes[K];
  readonly output: TensorType;
}

/** What the shape rule may ask of 2-check. Every method rejects (throws `Rejected`) with a diagnostic at the right place. */
export interface ResolveContext<K extends OperatorKind = OperatorKind> {
  readonly node: Node<K & keyof Signatures>;
  readonly inputs: readonly Typed[];
  /** Name of the i-th input's layer, for messages. */
  inputName(index: number): string;
  /**
   * Reads a tensor of the weights file. Checks existence, dtype (float32, or int8 with its scales; int32 for a bias) and shape.
   * @param attribute the option that names it, for the diagnostic's place
   * @param shape expected, in the canonical layout of ops/attributes.ts; -1 where any size will do
   * @param layout how a pytorch or tensorflow file's dimensions map to the canonical ones
   */
  constant(
    attribute: string,
    reference: TensorReference,
    shape: readonly number[],
    layout: ConstantLayout,
  ): Constant | undefined;
  /** A constant of which only the size is known (`filters` and `kernel` without weights). */
  untrained(shape: readonly number[]): Constant;
  /** Rejects with MCU2001 at `attribute` (or the whole call). */
  fail(attribute: string | undefined, what: string, expected: string, help?: string): never;
  readonly site?: Site;
}

/** Source order of a weights file's dimensions, by the kind of layer; 2-check knows the permutations. */
export type ConstantLayout = "conv" | "convTranspose" | "depthwise" | "dense" | "time" | "vector";

/**
 * How the result's quantisation comes about:
 * `calibrated`: own range, by calibration (or given); `input`: the first input's; a value: prescribed by the operator;
 * `shared`: all inputs and the result have the same, which covers all inputs; calibration gives it to inputs too, quantize operations
 * are put before those that have another; `none`: the result is not int8.
 */
export type QuantizationRule = "calibrated" | "input" | "shared" | Quantization | "none";

export interface Operator<K extends OperatorKind = OperatorKind> {
  readonly kind: K;
  /** TFLite's name, as in its schema: `CONV_2D`. */
  readonly tflite: string;
  /** Shape rule: DSL attributes and input types to canonical attributes and the output's type. */
  resolve(context: ResolveContext<K>): Resolved<K>;
  quantization(operation: Operation<K>): QuantizationRule;
  /** Multiply-accumulates of one inference. */
  macs(operation: Operation<K>, inputs: readonly Typed[], output: Typed): number;
  /**
   * Real-valued semantics, for calibration. `inputs` are float32 whatever the dtype; constants must be float32.
   * Absent: the operator does not occur in float networks.
   */
  float?(
    operation: Operation<K>,
    inputs: readonly Float32Array[],
    types: readonly Typed[],
    output: Typed,
  ): Float32Array;
  /** Exact semantics on quantised tensors: TFLite's reference kernel, bit for bit. Written for clarity; the oracle of all kernels. */
  reference(
    operation: Operation<K>,
    inputs: readonly TensorData[],
    types: readonly Typed[],
    output: Typed,
    /** One array for each of `state()`, as the last run left it; the operator updates it. */
    state?: readonly TensorData[],
  ): TensorData;
  /**
   * The values that the result's channels can take, from those of the inputs' channels. Asked where all inputs and the result are
   * int8. Left out, or undefined: all of int8.
   */
  intervals?(
    operation: Operation<K>,
    inputs: readonly Intervals[],
    types: readonly Typed[],
    output: Typed,
  ): Intervals | undefined;
  /** How the operation looks on fewer channels. Left out: all channels of its inputs and of its result must be there. */
  readonly channels?: ChannelRule<K>;
  /**
   * Where the result lies in the bytes of its first input, if it is a stretch of them and nothing is computed: 0 for another
   * shape, more for a slice of the outermost dimension. undefined: it must be computed.
   */
  view?(operation: Operation<K>, input: Typed, output: Typed): number | undefined;
  /**
   * Where each input lies in the bytes of the result, if it is those stretches one after the other and nothing is computed:
   * a concatenation along the outermost dimension. undefined: it must be computed. A kernel is needed all the same, for
   * inputs that cannot be placed there.
   */
  join?(operation: Operation<K>, inputs: readonly Typed[], output: Typed): readonly number[] | undefined;
  /** Memory that lasts from run to run: its types, and what a reset fills it with. Left out: none. */
  state?(operation: Operation<K>, inputs: readonly Typed[], output: Typed): readonly StateType[];
  /** Ways to compute it; the planner takes the fastest that fits the layer and the flash. Empty for views. */
  readonly kernels: readonly Kernel<K>[];
  /** Ways to compute it row by row, as a stage of a segment. */
  readonly rowKernels?: readonly RowKernel<K>[];
}
