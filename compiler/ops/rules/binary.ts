/** What operators on two tensors, element by element with broadcasting, have in common. */

import type { Activation } from "../../../dsl/tensor.js";
import { reject } from "../../diagnostics/diagnostic.js";
import { shapeText } from "../../diagnostics/shape-text.js";
import { elements, type Operation, type Quantization } from "../../ir/graph.js";
import { activate, activationLimits } from "../arithmetic/activation.js";
import { broadcastShape, broadcastStrides } from "../arithmetic/broadcast.js";
import { clamp } from "../arithmetic/fixed-point.js";
import { positions } from "../arithmetic/positions.js";
import { int8Data, quantizationOf } from "../arithmetic/quantization.js";
import type { OperatorKind } from "../attributes.js";
import type { Operator, ResolveContext, Typed } from "../operator.js";
import { activationOption, int8Input, resultType } from "./options.js";

export interface BinaryFunction {
  /** In reals. */
  real(left: number, right: number): number;
  /** In int8: of raw values, before the result's limits. */
  exact(
    left: Quantization,
    right: Quantization,
    output: Quantization,
  ): (left: number, right: number) => number;
}

type Binary<K extends OperatorKind> = Pick<Operator<K>, "macs" | "float" | "reference">;

export function binary<K extends OperatorKind>({ real, exact }: BinaryFunction): Binary<K> {
  return {
    macs: () => 0,

    float(operation, [left, right], types, output) {
      const [a, b] = sources(types, output);
      const result = Float32Array.from(a, (from, i) => real(left[from], right[b[i]]));
      return activate(activationOf(operation), result);
    },

    reference(operation, [left, right], types, output) {
      const [leftValues, rightValues] = [int8Data(left), int8Data(right)];
      const [a, b] = sources(types, output);
      const to = quantizationOf(output);
      const [least, most] = activationLimits(activationOf(operation), to);
      const apply = exact(quantizationOf(types[0]), quantizationOf(types[1]), to);
      const result = new Int8Array(elements(output.shape));
      for (let i = 0; i < result.length; i++)
        result[i] = clamp(apply(leftValues[a[i]], rightValues[b[i]]), least, most);
      return result;
    },
  };
}

/** The shape rule, for operators with a fused activation and without. */
export function activatedResult<K extends "add" | "subtract" | "multiply">(context: ResolveContext<K>) {
  const { activation } = context.node.attributes as { readonly activation?: Activation };
  const { output } = plainResult(context);
  return { attributes: { activation: activationOption(context, activation) }, output };
}

export function plainResult<K extends OperatorKind>(context: ResolveContext<K>) {
  const [left, right] = [int8Input(context, undefined, 0), int8Input(context, undefined, 1)];
  const shape = broadcastShape(left, right);
  if (!shape) {
    return reject("MCU2002", context.site?.at, {
      operator: context.node.operator,
      left: `${shapeText(left)} (${context.inputName(0)})`,
      right: `${shapeText(right)} (${context.inputName(1)})`,
    });
  }
  return { attributes: {}, output: resultType(context, shape) };
}

/** For every element of the result, the elements of both operands that it comes from. */
function sources(types: readonly Typed[], output: Typed): Int32Array[] {
  return types.map(({ shape }) => positions(output.shape, broadcastStrides(shape, output.shape)));
}

function activationOf({ attributes }: Operation): Activation {
  return (attributes as { readonly activation?: Activation }).activation ?? "linear";
}
