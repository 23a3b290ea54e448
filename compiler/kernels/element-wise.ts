/** Functions of one int8 or uint8, element by element, as a table: in place where the memory allows it. */

import { elements, type DType } from "../ir/graph.js";
import { Block, Pointer, type ConstantArray, type Expr } from "../ir/loop.js";
import type { OperatorKind } from "../ops/index.js";
import type { TensorData } from "../ops/operator.js";
import type { Kernel, Layer } from "./kernel.js";
import { inStages, overRun } from "./run.js";

/** Values of one turn of the loop. */
const TURN = 8;

/**
 * Any function of one int8 is a table of its 256 results, computed by the operator's own reference. Other operands, if there
 * are any, are constants of one element.
 */
export function table<K extends OperatorKind>(name: string): Kernel<K> {
  return {
    name,
    fits: ({ inputs, output }) => {
      const [variable, ...more] = inputs.filter((input) => !isScalar(input));
      return (
        more.length === 0 &&
        variable !== undefined &&
        isByte(variable.dtype) &&
        !variable.constant &&
        isByte(output.dtype) &&
        elements(variable.shape) === elements(output.shape)
      );
    },
    inPlace: ({ inputs }) => [inputs.findIndex((input) => !isScalar(input))],
    lower(layer) {
      const { inputs, output } = layer;
      const variable = inputs.find((input) => !isScalar(input))!;
      const [x, y] = [new Pointer("in", variable.dtype, false), new Pointer("out", output.dtype, true)];
      const results = tabulate(layer, "table");
      const block = new Block();
      lookUp(block, results, x, y, elements(output.shape));
      return {
        parameters: [x, y],
        constants: [results.array],
        body: block.statements,
        notes: [results.note],
      };
    },
  };
}

/** The result of every value of the operand that is no constant. */
export interface Results {
  readonly array: ConstantArray;
  /** The first value: -128, or 0. */
  readonly first: number;
  readonly note: string;
}

export function tabulate({ operation, operator, inputs, output }: Layer, name: string): Results {
  const variable = inputs.find((input) => !isScalar(input))!;
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const every = variable.dtype === "int8" ? Int8Array.from(bytes, (i) => i - 128) : bytes;
  const shape = { shape: [256] };
  const data = inputs.map((input): TensorData => (isScalar(input) ? input.constant!.data! : every));
  const types = inputs.map((input) => ({ ...input, shape: isScalar(input) ? [] : shape.shape }));
  const results = operator.reference(operation, data, types, { ...output, ...shape });
  return {
    array: { name, element: output.dtype, data: results, align: 1 },
    first: every[0],
    note: `table: the result of every ${variable.dtype}, from ${every[0]} on.`,
  };
}

/** @param x points at values of the type that `results` are for */
export function lookUp(block: Block, { array, first }: Results, x: Pointer, y: Pointer, count: number): void {
  const [from, to] = [x, y].map((pointer, i) => block.point(["from", "to"][i], pointer.plus(0), true));
  const middle = block.point("results", new Pointer(array.name, array.element, false).plus(-first));
  overRun(block, [from, to], count, TURN, (hot, size, part) => {
    const [indices, found]: Expr[][] = [[], []];
    inStages(size, [
      (i) => void (indices[i] = hot.let(`x${i}${part}`, from.at(i))),
      (i) => void (found[i] = hot.let(`y${i}${part}`, middle.at(indices[i]))),
      (i) => hot.store(to, i, found[i]),
    ]);
  });
}

export function isScalar({ constant, shape }: Layer["inputs"][number]): boolean {
  return constant?.data !== undefined && elements(shape) === 1;
}

function isByte(dtype: DType): boolean {
  return dtype === "int8" || dtype === "uint8";
}
