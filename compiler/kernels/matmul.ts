/** Products of matrices: (a - zeroPoint) * (b - zeroPoint), summed in int32. */

import { elements } from "../ir/graph.js";
import { Block, Pointer, int, type Expr } from "../ir/loop.js";
import { broadcastLoops, type BroadcastLoop } from "../ops/arithmetic/broadcast.js";
import { matmulMultiplier } from "../ops/arithmetic/product.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { matmulSizes } from "../ops/arithmetic/matmul-sizes.js";
import type { Kernel } from "./kernel.js";
import { operand } from "./operand.js";
import { outputRange, twoRoundings } from "./requantization.js";

export const matrixProduct: Kernel<"matmul"> = {
  name: "matmul",
  fits: () => true,
  lower(layer) {
    const { operation, inputs, output } = layer;
    const { rows, depth, columns, a, b } = matmulSizes(operation, inputs, output);
    const [zeroA, zeroB] = inputs.map((input) => quantizationOf(input).zeroPoint);
    const multiplier = matmulMultiplier(
      quantizationOf(inputs[0]),
      quantizationOf(inputs[1]),
      quantizationOf(output),
    );
    const requantization = twoRoundings([multiplier], [depth * 255 * 255], outputRange(output, "linear"));
    const [left, right] = [operand(layer, 0, "a"), operand(layer, 1, "b")];
    const out = new Pointer("out", "int8", true);
    const block = new Block();
    eachMatrix(block, layer, (starts, body) =>
      body.for("row", 0, rows, 1, (row, line) =>
        line.for("column", 0, columns, 1, (column, cell) => {
          const acc = cell.variable("acc", 0);
          cell.for("k", 0, depth, 1, (k, tap) => {
            const x = left.pointer.at(starts[0].plus(row.times(a.row)).plus(k.times(a.depth))).minus(zeroA);
            const y = right.pointer
              .at(starts[1].plus(column.times(b.column)).plus(k.times(b.depth)))
              .minus(zeroB);
            tap.set(acc, acc.plus(x.times(y)));
          });
          const position = starts[2].plus(row.times(columns)).plus(column);
          cell.store(out, position, requantization.apply(acc, int(0)));
        }),
      ),
    );
    return {
      parameters: [...left.parameters, ...right.parameters, out],
      constants: [...left.constants, ...right.constants, ...requantization.constants],
      body: block.statements,
      notes: [requantization.note],
    };
  },
};

/** Loops over the dimensions before the last two; `starts`: of the matrices of both operands and the result. */
function eachMatrix(
  block: Block,
  { inputs, output }: Parameters<Kernel<"matmul">["lower"]>[0],
  body: (starts: readonly Expr[], block: Block) => void,
): void {
  const types = [...inputs, output];
  const batch = output.shape.slice(0, -2);
  const matrices = types.map(({ shape }) => elements(shape.slice(-2)));
  const loops = broadcastLoops(
    types.map(({ shape }) => shape.slice(0, -2)),
    batch,
  );
  const descend = (inner: Block, rest: readonly BroadcastLoop[], starts: readonly Expr[]): void => {
    if (rest.length === 0) return body(starts, inner);
    const [{ size, steps }] = rest;
    inner.for("ijklmn"[loops.length - rest.length], 0, size, 1, (counter, next) =>
      descend(
        next,
        rest.slice(1),
        starts.map((start, i) => start.plus(counter.times(steps[i] * matrices[i]))),
      ),
    );
  };
  descend(block, loops, [int(0), int(0), int(0)]);
}
