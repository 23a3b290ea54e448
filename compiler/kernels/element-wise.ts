/** Functions of one int8 or uint8, element by element, as a table: in place where the memory allows it. */

import { elements, type DType } from "../ir/graph.js";
import { Block, Pointer } from "../ir/loop.js";
import type { OperatorKind } from "../ops/index.js";
import type { TensorData } from "../ops/operator.js";
import type { Kernel, Layer } from "./kernel.js";

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
    lower({ operation, operator, inputs, output }) {
      const variable = inputs.find((input) => !isScalar(input))!;
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      const every = variable.dtype === "int8" ? Int8Array.from(bytes, (i) => i - 128) : bytes;
      const shape = { shape: [256] };
      const data = inputs.map((input): TensorData => (isScalar(input) ? input.constant!.data! : every));
      const types = inputs.map((input) => ({ ...input, shape: isScalar(input) ? [] : shape.shape }));
      const results = operator.reference(operation, data, types, { ...output, ...shape });
      const [x, y] = [new Pointer("in", variable.dtype, false), new Pointer("out", output.dtype, true)];
      const values = new Pointer("table", output.dtype, false);
      const block = new Block();
      block.for("i", 0, elements(output.shape), 1, (i, body) =>
        body.store(y, i, values.at(x.at(i).minus(every[0]))),
      );
      return {
        parameters: [x, y],
        constants: [{ name: "table", element: output.dtype, data: results, align: 1 }],
        body: block.statements,
        notes: [`table: the result of every ${variable.dtype}, from ${every[0]} on.`],
      };
    },
  };
}

function isScalar({ constant, shape }: Layer["inputs"][number]): boolean {
  return constant?.data !== undefined && elements(shape) === 1;
}

function isByte(dtype: DType): boolean {
  return dtype === "int8" || dtype === "uint8";
}
