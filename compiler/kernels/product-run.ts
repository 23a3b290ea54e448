/** Products of tensors, or of a tensor with one value for each channel, in scheduled code. */

import { productMultiplier } from "../ops/arithmetic/product.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import type { Expr } from "../ir/loop.js";
import { binaryRun, saturates, type BinaryRun } from "./binary-run.js";
import type { Layer } from "./kernel.js";
import { inStages } from "./run.js";

export const productRun = binaryRun<"multiply">("multiply run", scaledProduct);

/** As TFLite rounds (table-sum.ts): the doubled product d, |d| <= 2 * 255 * 255, is scaled down, its sign taken from itself. */
export function scaledProduct(layer: Layer<"multiply">): BinaryRun | undefined {
  const [left, right, to] = [...layer.inputs, layer.output].map(quantizationOf);
  const { multiplier, shift } = productMultiplier(left, right, to);
  const by = -shift;
  if (!saturates(layer) || by < 1 || by > 22) return undefined;
  return {
    turn: 4,
    constants: [],
    notes: ["|2 * product| < 2^18: the reference's two roundings in four instructions."],
    group(block, [a, b, out]) {
      const factor = block.let("multiplier", multiplier);
      const addend = block.let("addend", 2 ** (by - 1) + to.zeroPoint * 2 ** by);
      const zero = block.let("twice_zero_a", -2 * left.zeroPoint);
      return (hot, size, part) => {
        const [values, products]: [Expr[][], Expr[]] = [[], []];
        const load = (i: number) =>
          void (values[i] = [a, b].map((side, k) => hot.let(`${"xy"[k]}${i}${part}`, side.at(i))));
        const multiply = (i: number) => {
          const [x, y] = values[i];
          const doubled = zero.plus(call(m7.shiftLeft, x, 1));
          products[i] = hot.let(`product${i}${part}`, doubled.times(y.minus(right.zeroPoint)));
        };
        const store = (i: number) => {
          const scaled = call(m7.smmlar, products[i], factor, addend).plus(products[i].shiftRight(31));
          hot.store(out, i, call(m7.ssat8, scaled.shiftRight(by)));
        };
        inStages(size, [load, multiply, store]);
      };
    },
  };
}
