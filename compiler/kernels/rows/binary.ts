/**
 * Operators of two tensors of one shape, or of a tensor and a constant of one value for each channel, as stages of segments. Both values
 * are read before the result in their place.
 */

import { Pointer, type Block, type ConstantArray, type Expr } from "../../ir/loop.js";
import { elements, type Operation } from "../../ir/graph.js";
import * as m7 from "../../targets/cortex-m7.js";
import type { BinaryRun } from "../binary-run.js";
import { extreme, product, squaredDifference, sum, type Combination } from "../binary.js";
import type { Layer } from "../kernel.js";
import { linear } from "../linear-sum.js";
import { twoFactors } from "../prelu.js";
import { scaledProduct } from "../product-run.js";
import { overRun } from "../run.js";
import { byTables } from "../table-sum.js";
import { oneRow } from "./element-wise.js";
import type { RowInputs, RowKernel, RowStage, RowTarget } from "./row-kernel.js";
import { forRuns } from "./window-rows.js";

type Binary = "add" | "subtract" | "multiply" | "maximum" | "minimum" | "squaredDifference" | "prelu";

/** Both operands as runs of values beside the result's. */
interface Operands {
  /** The constant, if one is. */
  readonly constants: readonly ConstantArray[];
  /** Runs of results: as long as rows, or as pixels where one operand is repeated for each. */
  runs(
    block: Block,
    inputs: RowInputs,
    rows: number,
    streamed: number,
    write: (block: Block, operands: readonly Pointer[], target: RowTarget, count: number) => void,
  ): void;
}

/** Which operand is a constant; undefined where the shapes are others than these kernels'. */
function constantOf({ inputs, output }: Layer): 0 | 1 | "none" | undefined {
  if (output.shape.length !== 3) return undefined;
  const isSame = inputs.map(({ shape }) => shape.join() === output.shape.join());
  const isValues = inputs.map(({ constant }) => constant !== undefined);
  if (isSame[0] && isSame[1] && !isValues[0] && !isValues[1]) return "none";
  for (const index of [0, 1] as const) {
    const { shape, constant } = inputs[index];
    const channels = output.shape[2];
    const repeats = elements(shape) === channels && shape[shape.length - 1] === channels;
    if (constant?.data && repeats && isSame[1 - index] && !isValues[1 - index]) return index;
  }
  return undefined;
}

function operandsOf(layer: Layer, prefix: string): Operands {
  const [, width, channels] = layer.output.shape;
  const known = constantOf(layer);
  if (known === "none") {
    return {
      constants: [],
      runs: (block, { source, others, target }, rows, streamed, write) =>
        forRuns(block, rows, width, target, (body, row, pixels, to) => {
          const ends = streamed === 1 ? [others[0], source] : [source, others[0]];
          const operands = ends.map((end, i) =>
            body.point(["left", "right"][i], end.plus(row.times(width * channels)), true),
          );
          write(body, operands, to, pixels * channels);
        }),
    };
  }
  const { data } = layer.inputs[known!].constant!;
  const array = { name: `${prefix}operand`, element: "int8", data: data!, align: 4 } as const;
  const values = new Pointer(array.name, "int8", false);
  return {
    constants: [array],
    runs: (block, { source, target }, rows, _streamed, write) =>
      block.for("r", 0, rows, 1, (row, outer) =>
        outer.for("pixel", 0, width, 1, (pixel, body) => {
          const at = row.times(width).plus(pixel).times(channels);
          const moving = body.point("moving", source.plus(at), true);
          const repeated = body.point("repeated", values.plus(0), true);
          const place = row.times(target.row).plus(pixel.times(target.pixel));
          const pointer = body.point("place", target.pointer.plus(place));
          const operands = known === 0 ? [repeated, moving] : [moving, repeated];
          write(body, operands, { ...target, pointer }, channels);
        }),
      ),
  };
}

function binaryRows<K extends Binary>(
  name: string,
  fits: (layer: Layer<K>) => boolean,
  biased: boolean,
  prepare: (layer: Layer<K>, rows: number, prefix: string, streamed: number) => RowStage,
): RowKernel<K> {
  return {
    name,
    fits: (layer) => constantOf(layer as unknown as Layer) !== undefined && fits(layer),
    window: oneRow,
    reads: "plain",
    writes: biased ? ["plain", "biased"] : ["plain"],
    reading: "along",
    scratch: () => 0,
    prepare,
  };
}

/** By a scheduled run. @param way undefined where it does not compute the layer exactly */
function runRows<K extends Binary>(
  name: string,
  way: (layer: Layer<K>, prefix: string) => BinaryRun | undefined,
  biased = false,
): RowKernel<K> {
  const known = new WeakMap<Operation<K>, boolean>();
  const fits = (layer: Layer<K>): boolean => {
    const found = known.get(layer.operation) ?? way(layer, "") !== undefined;
    known.set(layer.operation, found);
    return found;
  };
  return binaryRows(name, fits, biased, (layer, rows, prefix, streamed) => {
    const run = way(layer, prefix)!;
    const operands = operandsOf(layer as unknown as Layer, prefix);
    return {
      constants: [...operands.constants, ...run.constants],
      notes: run.notes,
      emit: (block, inputs) =>
        operands.runs(block, inputs, rows, streamed, (body, ends, { pointer, biased }, count) => {
          const pointers = [...ends, body.point("to", pointer.plus(0), true)];
          const output = biased ? "biased" : "plain";
          overRun(body, pointers, count, run.turn, run.group(body, pointers, { output }));
        }),
    };
  });
}

/** Value by value. */
function combinationRows<K extends Binary>(
  name: string,
  combine: (layer: Layer<K>) => Combination,
): RowKernel<K> {
  return binaryRows(
    name,
    () => true,
    false,
    (layer, rows, prefix, streamed) => {
      const operands = operandsOf(layer as unknown as Layer, prefix);
      const { left, right, both, constants, notes } = combine(layer);
      return {
        constants: [...operands.constants, ...constants],
        notes,
        emit: (block, inputs) =>
          operands.runs(block, inputs, rows, streamed, (body, [a, b], { pointer }, count) =>
            body.for("i", 0, count, 1, (i: Expr, inner) => {
              const x = inner.let("x", left(a.at(i)));
              const y = inner.let("y", right(b.at(i)));
              inner.store(pointer, i, both(x, y, inner));
            }),
          ),
      };
    },
  );
}

/** A kernel for layers that the others do not fit. */
function otherwise<K extends Binary>(others: readonly RowKernel<K>[], kernel: RowKernel<K>): RowKernel<K> {
  return {
    ...kernel,
    fits: (layer) => !others.some((one) => one.fits(layer)) && kernel.fits(layer),
  };
}

function inOrder<K extends Binary>(...kernels: readonly RowKernel<K>[]): readonly RowKernel<K>[] {
  return kernels.map((kernel, i) => otherwise(kernels.slice(0, i), kernel));
}

export const sumRows = inOrder<"add">(
  runRows("add linear", (layer) => linear(layer, 1), true),
  runRows("add tables", (layer, prefix) => byTables(layer, 1, prefix)),
  combinationRows("add", (layer) => sum(layer, 1)),
);

export const differenceRows = inOrder<"subtract">(
  runRows("subtract linear", (layer) => linear(layer, -1), true),
  runRows("subtract tables", (layer, prefix) => byTables(layer, -1, prefix)),
  combinationRows("subtract", (layer) => sum(layer, -1)),
);

export const productRows = inOrder<"multiply">(
  runRows("multiply run", (layer) => scaledProduct(layer)),
  combinationRows("multiply", product),
);

export const maximumRows = combinationRows<"maximum">("maximum", () => extreme(m7.max));
export const minimumRows = combinationRows<"minimum">("minimum", () => extreme(m7.min));
export const squareRows = combinationRows<"squaredDifference">("squared difference", squaredDifference);
export const preluRows = combinationRows<"prelu">("prelu", twoFactors);
