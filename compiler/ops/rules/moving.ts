/** What operators that only move elements have in common. */

import { move } from "../../kernels/data-movement.js";
import { elements, type Operation } from "../../ir/graph.js";
import { channelMoves, movedIntervals } from "../arithmetic/moved-channels.js";
import { perform, quantized, stretch, type MovementOf } from "../arithmetic/movement.js";
import { int8Data, quantizationOf } from "../arithmetic/quantization.js";
import type { OperatorKind } from "../attributes.js";
import { channelsOf, channelwise } from "../channels.js";
import type { Operator } from "../operator.js";

type Moving<K extends OperatorKind> = Pick<
  Operator<K>,
  "quantization" | "macs" | "view" | "float" | "reference" | "intervals" | "channels" | "kernels"
>;

/** All of an operator but its shape rule. @param name of the kernel, in the report */
export function moving<K extends OperatorKind>(name: string, movementOf: MovementOf<K>): Moving<K> {
  return {
    quantization: () => "input",

    macs: () => 0,

    view: (operation, input, output) => stretch(movementOf(operation, [input], output)),

    float(operation, inputs, types, output) {
      const movement = movementOf(operation, types, output);
      return perform(movement, inputs, new Float32Array(elements(output.shape)).fill(movement.fill ?? 0));
    },

    reference(operation, inputs, types, output) {
      const movement = movementOf(operation, types, output);
      const fill = movement.fill === undefined ? 0 : quantized(movement.fill, quantizationOf(output));
      return perform(movement, inputs.map(int8Data), new Int8Array(elements(output.shape)).fill(fill));
    },

    intervals(operation, inputs, types, output) {
      const movement = movementOf(operation, types, output);
      const fill = movement.fill === undefined ? undefined : quantized(movement.fill, quantizationOf(output));
      return movedIntervals(channelMoves(movement, types, output), inputs, channelsOf(output), fill);
    },

    channels: {
      links(operation, types, output) {
        const moves = channelMoves(movementOf(operation, types, output), types, output);
        const isSame =
          channelsOf(types[0]) === channelsOf(output) && moves?.every(({ from, to }) => from === to);
        return isSame ? channelwise.links(operation as Operation, types, output) : undefined;
      },
    },

    kernels: [move(name, movementOf)],
  };
}
