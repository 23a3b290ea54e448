/** Functions of one number, applied to every element: what all of them have in common. */

import { elements, type Quantization } from "../../ir/graph.js";
import { table } from "../../kernels/element-wise.js";
import { tableRows } from "../../kernels/rows/element-wise.js";
import { clamp } from "../arithmetic/fixed-point.js";
import { throughTable } from "../arithmetic/intervals.js";
import { lookup } from "../arithmetic/lookup.js";
import { int8Data, quantizationOf } from "../arithmetic/quantization.js";
import type { OperatorAttributes, OperatorKind } from "../attributes.js";
import { channelwise } from "../channels.js";
import type { Operator, ResolveContext, Typed } from "../operator.js";
import { int8Input, resultType } from "./options.js";

/** What sets one function apart from the others. */
export interface UnaryFunction<K extends OperatorKind> {
  readonly kind: K;
  /** TFLite's name. */
  readonly tflite: string;
  /** The options, checked. Left out: there are none. */
  attributes?(context: ResolveContext<K>): OperatorAttributes[K];
  /** The quantisation that TFLite prescribes for the result. Left out: by calibration. */
  readonly quantization?: Quantization;
  /** The function in float32, rounded after every operation: without `exact`, TFLite's kernel is a table of it. */
  real(x: number, attributes: OperatorAttributes[K]): number;
  /**
   * The function in TFLite's integer arithmetic, from steps above the input's zero point to steps above the output's. The
   * caller limits the result to int8, so that Infinity stands for the largest.
   */
  exact?(
    input: Quantization,
    output: Quantization,
    attributes: OperatorAttributes[K],
  ): (steps: number) => number;
}

/** The operator of a function of one number: a table of its 256 results on int8. */
export function unaryOperator<K extends OperatorKind>(own: UnaryFunction<K>): Operator<K> {
  const noAttributes = {} as OperatorAttributes[K];
  return {
    kind: own.kind,
    tflite: own.tflite,

    resolve: (context) => ({
      attributes: own.attributes?.(context) ?? noAttributes,
      output: resultType(context, int8Input(context)),
    }),

    quantization: () => own.quantization ?? "calibrated",

    macs: () => 0,

    float(operation, [data], _types, output) {
      const result = new Float32Array(elements(output.shape));
      for (let i = 0; i < result.length; i++) result[i] = own.real(data[i], operation.attributes);
      return result;
    },

    reference({ attributes }, [data], [input], output) {
      const results = resultsOf(own, attributes, input, output);
      return int8Data(data).map((q) => results[q + 128]);
    },

    intervals: ({ attributes }, [data], [input], output) =>
      throughTable(data, resultsOf(own, attributes, input, output)),

    channels: channelwise,

    kernels: [table(`${own.kind} table`)],
    rowKernels: [tableRows(`${own.kind} table`)],
  };
}

/** The results of -128 to 127. */
function resultsOf<K extends OperatorKind>(
  own: UnaryFunction<K>,
  attributes: OperatorAttributes[K],
  input: Typed,
  output: Typed,
): Int8Array {
  const [from, to] = [quantizationOf(input), quantizationOf(output)];
  const exact = own.exact?.(from, to, attributes) ?? lookup((x) => own.real(x, attributes), from, to);
  return Int8Array.from({ length: 256 }, (_, i) =>
    clamp(exact(i - 128 - from.zeroPoint) + to.zeroPoint, -128, 127),
  );
}
