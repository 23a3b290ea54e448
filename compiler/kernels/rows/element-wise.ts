/** Element-wise operators of one tensor as stages of segments: every value is read before the result in its place. */

import type { Block, ConstantArray, Pointer } from "../../ir/loop.js";
import type { OperatorKind } from "../../ops/attributes.js";
import { changeSign, dequantizeRun, quantizeFloats, quantizeRun, turnSigns } from "../edges.js";
import { isScalar, lookUp, table, tabulate } from "../element-wise.js";
import type { Layer } from "../kernel.js";
import type { RowKernel } from "./row-kernel.js";
import { forRuns } from "./window-rows.js";

export const oneRow = () => ({ size: 1, stride: 1, before: 0 });

/** @param values the same function of a run of values */
function unaryRows<K extends OperatorKind>(
  name: string,
  fits: (layer: Layer<K>) => boolean,
  values: (layer: Layer<K>, prefix: string) => Run,
  reading?: "along",
): RowKernel<K> {
  return {
    name,
    fits: (layer) => layer.output.shape.length === 3 && fits(layer),
    window: oneRow,
    reads: "plain",
    writes: ["plain"],
    reading,
    scratch: () => 0,
    prepare(layer, rows, prefix) {
      const [, width, channels] = layer.output.shape;
      const { constants, notes, emit } = values(layer, prefix);
      return {
        constants,
        notes,
        emit: (block, { source, target }) =>
          forRuns(block, rows, width, target, (body, row, pixels, to) => {
            const from = body.point("operand", source.plus(row.times(width * channels)));
            emit(body, from, to.pointer, pixels * channels);
          }),
      };
    },
  };
}

interface Run {
  readonly constants: readonly ConstantArray[];
  readonly notes: readonly string[];
  emit(block: Block, from: Pointer, to: Pointer, count: number): void;
}

/** As `table` of kernels/element-wise.ts. */
export function tableRows<K extends OperatorKind>(name: string): RowKernel<K> {
  const { fits } = table<K>(name);
  const isSame = ({ inputs, output }: Layer<K>) =>
    inputs.some((input) => !isScalar(input) && input.shape.join() === output.shape.join());
  return unaryRows<K>(
    name,
    (layer) => fits(layer) && isSame(layer),
    (layer, prefix) => {
      const results = tabulate(layer as unknown as Layer, `${prefix}table`);
      return {
        constants: [results.array],
        notes: [results.note],
        emit: (block, from, to, count) => lookUp(block, results, from, to, count),
      };
    },
    "along",
  );
}

export const quantizeRows = unaryRows<"quantize">("quantize", quantizeFloats.fits, ({ output }) => ({
  constants: [],
  notes: [],
  emit: (block, from, to, count) => void quantizeRun(block, output, from, to, count),
}));

export const changeSignRows = unaryRows<"quantize">(
  "quantize sign",
  changeSign.fits,
  () => ({ constants: [], notes: [], emit: turnSigns }),
  "along",
);

export const dequantizeRows = unaryRows<"dequantize">(
  "dequantize",
  () => true,
  ({ inputs }) => ({
    constants: [],
    notes: [],
    emit: (block, from, to, count) => dequantizeRun(block, inputs[0], from, to, count),
  }),
);
