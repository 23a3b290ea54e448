/** Kernels that only move bytes: padding and transposition. */

import { bytes, elements } from "../ir/graph.js";
import { Block, Pointer, int, type Expr } from "../ir/loop.js";
import { strides } from "../ops/arithmetic/positions.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Kernel } from "./kernel.js";
import { nest } from "./reduction.js";

export const padWithZeros: Kernel<"pad"> = {
  name: "pad",
  fits: () => true,
  lower({ operation, inputs, output }) {
    const { paddings } = operation.attributes;
    const from = inputs[0].shape;
    // Trailing dimensions without padding are copied in one piece.
    let inner = from.length;
    while (inner > 0 && paddings[inner - 1][0] === 0 && paddings[inner - 1][1] === 0) inner--;
    const outer = Array.from({ length: Math.max(0, inner - 1) }, (_, axis) => axis);
    const run = elements(from.slice(Math.max(0, inner - 1)));
    const [fromStrides, toStrides] = [strides(from), strides(output.shape)];
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    block.do(m7.fill, y.plus(0), quantizationOf(output).zeroPoint, bytes(output));
    nest(block, outer, from, "i", (indices, body) => {
      const source = outer.reduce<Expr>(
        (sum, axis, i) => sum.plus(indices[i].times(fromStrides[axis])),
        int(0),
      );
      const start = paddings.reduce((sum, [before], axis) => sum + before * toStrides[axis], 0);
      const target = outer.reduce<Expr>(
        (sum, axis, i) => sum.plus(indices[i].times(toStrides[axis])),
        int(0),
      );
      body.do(m7.copy, y.plus(target.plus(start)), x.plus(source), run);
    });
    return { parameters: [x, y], constants: [], body: block.statements, notes: ["outside: the zero point."] };
  },
};

export const transposeElements: Kernel<"transpose"> = {
  name: "transpose",
  fits: () => true,
  lower({ operation, inputs, output }) {
    const { permutation } = operation.attributes;
    const distances = strides(inputs[0].shape);
    const axes = output.shape.map((_, axis) => axis);
    const [x, y] = [new Pointer("in", "int8", false), new Pointer("out", "int8", true)];
    const block = new Block();
    nest(block, axes, output.shape, "i", (indices, body) => {
      const source = axes.reduce<Expr>(
        (sum, axis) => sum.plus(indices[axis].times(distances[permutation[axis]])),
        int(0),
      );
      const target = axes.reduce<Expr>(
        (sum, axis) => sum.times(output.shape[axis]).plus(indices[axis]),
        int(0),
      );
      body.store(y, target, x.at(source));
    });
    return { parameters: [x, y], constants: [], body: block.statements, notes: [] };
  },
};
