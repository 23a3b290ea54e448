import { move } from "../kernels/data-movement.js";
import { elements } from "../ir/graph.js";
import { perform, type Copy, type MovementOf } from "./arithmetic/movement.js";
import { strides } from "./arithmetic/positions.js";
import { int8Data, quantizationOf, sameQuantization } from "./arithmetic/quantization.js";
import { requantizeMultiplier, rescale } from "./arithmetic/rescale.js";
import { channelsOf } from "./channels.js";
import { channelMoves, movedIntervals } from "./arithmetic/moved-channels.js";
import type { Operator, TensorData, Typed } from "./operator.js";
import { axisOption } from "./rules/dimension-options.js";
import { int8Input, resultType } from "./rules/options.js";
import { shapeText } from "../diagnostics/shape-text.js";

/**
 * Tensors one after the other along a dimension. Inputs of another quantisation than the result's are requantised first, as by
 * QUANTIZE: 3-simplify makes operations of that, TFLite's converter did.
 */
export const concatenate: Operator<"concatenate"> = {
  kind: "concatenate",
  tflite: "CONCATENATION",

  resolve(context) {
    if (context.inputs.length === 0) context.fail("tensors", "there is no tensor", "at least one");
    const shapes = context.inputs.map((_, i) => int8Input(context, undefined, i));
    const [first] = shapes;
    const axis = axisOption(context, "axis", context.node.attributes.axis ?? -1, first.length);
    shapes.forEach((shape, i) => {
      if (shape.length === first.length && shape.every((size, d) => d === axis || size === first[d])) return;
      context.fail(
        undefined,
        `input ${context.inputName(i)} has shape ${shapeText(shape)}, the first has ${shapeText(first)}`,
        `the same sizes besides dimension ${axis}`,
      );
    });
    const sum = shapes.reduce((total, shape) => total + shape[axis], 0);
    return {
      attributes: { axis },
      output: resultType(
        context,
        first.map((size, d) => (d === axis ? sum : size)),
      ),
    };
  },

  quantization: () => "shared",

  macs: () => 0,

  join({ attributes: { axis } }, inputs, output) {
    const isOutermost = output.shape.slice(0, axis).every((size) => size === 1);
    if (!isOutermost || !inputs.every((input) => sameQuantization(input.quantization, output.quantization)))
      return undefined;
    return startsOf(inputs.map((input) => elements(input.shape)));
  },

  float(operation, inputs, types, output) {
    return perform(movement(operation, types, output), inputs, new Float32Array(elements(output.shape)));
  },

  reference(operation, inputs, types, output) {
    const same = inputs.map((data, i) => requantised(data, types[i], output));
    return perform(movement(operation, types, output), same, new Int8Array(elements(output.shape)));
  },

  intervals(operation, inputs, types, output) {
    if (!types.every((type) => sameQuantization(type.quantization, output.quantization))) return undefined;
    const moves = channelMoves(movement(operation, types, output), types, output);
    return movedIntervals(moves, inputs, channelsOf(output), undefined);
  },

  channels: {
    links(operation, types, output) {
      const moves = channelMoves(movement(operation, types, output), types, output);
      return (
        moves &&
        types.map((_, i) =>
          moves.filter(({ input }) => input === i).map(({ from, to }) => [from, to] as const),
        )
      );
    },
  },

  kernels: [
    {
      ...move("concatenate", movement),
      fits: ({ inputs, output }) =>
        inputs.every((input) => sameQuantization(input.quantization, output.quantization)),
    },
  ],
};

function movement(
  ...[
    {
      attributes: { axis },
    },
    inputs,
    output,
  ]: Parameters<MovementOf<"concatenate">>
) {
  const to = strides(output.shape);
  const starts = startsOf(inputs.map((input) => input.shape[axis]));
  const copies = inputs.map((one, input): Copy => {
    const from = strides(one.shape);
    const axes = one.shape.map((size, d) => ({ size, from: from[d], to: to[d] }));
    return { input, start: 0, target: starts[input] * to[axis], axes };
  });
  return { copies };
}

function requantised(data: TensorData, type: Typed, output: Typed): Int8Array {
  const [from, to] = [quantizationOf(type), quantizationOf(output)];
  if (sameQuantization(from, to)) return int8Data(data);
  return rescale(int8Data(data), from, to, requantizeMultiplier(from, to), [-128, 127]);
}

/** Where each of some stretches begins that lie one after the other. */
function startsOf(sizes: readonly number[]): number[] {
  let end = 0;
  return sizes.map((size) => (end += size) - size);
}
