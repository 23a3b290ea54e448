/** What operators on two tensors, element by element with broadcasting, have in common. */

import type { Activation } from "../../../dsl/tensor.js";
import { reject } from "../../diagnostics/diagnostic.js";
import { shapeText } from "../../diagnostics/shape-text.js";
import { elements, type Operation, type Quantization } from "../../ir/graph.js";
import { activate, activationLimits } from "../arithmetic/activation.js";
import { broadcastShape, broadcastStrides } from "../arithmetic/broadcast.js";
import { clamp } from "../arithmetic/fixed-point.js";
import { intervalsOf } from "../arithmetic/intervals.js";
import { positions } from "../arithmetic/positions.js";
import { int8Data, quantizationOf } from "../arithmetic/quantization.js";
import type { OperatorKind } from "../attributes.js";
import { channelsOf, channelwise, type Intervals } from "../channels.js";
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
  /** Whether the least and the largest result over a range of left and one of right are at their ends. Left out: not. */
  extremesAtEnds?(left: Quantization, right: Quantization, output: Quantization): boolean;
}

type Binary<K extends OperatorKind> = Pick<
  Operator<K>,
  "macs" | "float" | "reference" | "intervals" | "channels"
>;

export function binary<K extends OperatorKind>(own: BinaryFunction): Binary<K> {
  const { real, exact } = own;
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

    intervals(operation, operands, types, output) {
      const [left, right, to] = [...types, output].map(quantizationOf);
      const limits = activationLimits(activationOf(operation), to);
      const apply = exact(left, right, to);
      const atEnds = own.extremesAtEnds?.(left, right, to) ?? false;
      return intervalsOf(channelsOf(output), (channel) => {
        const [a, b] = operands.map((operand) => endsOf(operand, channel));
        if (!atEnds && (a[0] !== a[1] || b[0] !== b[1])) return limits;
        const results = a.flatMap((x) => b.map((y) => clamp(apply(x, y), ...limits)));
        return [Math.min(...results), Math.max(...results)];
      });
    },

    channels: channelwise,
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

/** The ends of a channel's interval; of an operand of one channel, that one's. */
function endsOf({ low, high }: Intervals, channel: number): [number, number] {
  const own = low.length === 1 ? 0 : channel;
  return [low[own], high[own]];
}

function activationOf({ attributes }: Operation): Activation {
  return (attributes as { readonly activation?: Activation }).activation ?? "linear";
}
