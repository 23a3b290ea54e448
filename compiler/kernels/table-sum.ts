/**
 * Sums and differences of tensors of one shape, where no plane goes through all results (linear-sum.ts): each operand at the
 * common scale is a table of its 256 values, so that one rounding is left to do.
 */

import { Pointer, type ConstantArray, type Expr } from "../ir/loop.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import { scaledSides, sumMultipliers } from "../ops/arithmetic/sum.js";
import { call } from "../targets/call.js";
import * as m7 from "../targets/cortex-m7.js";
import { binaryRun, saturates, type BinaryRun, type Sum } from "./binary-run.js";
import type { Layer } from "./kernel.js";
import { inStages } from "./run.js";

export const tableSum = binaryRun<"add">("add tables", (layer) => byTables(layer, 1));
export const tableDifference = binaryRun<"subtract">("subtract tables", (layer) => byTables(layer, -1));

/**
 * The doubled sum d, |d| < 2^30, is scaled down as TFLite does: t = SRDHM(d / 2, multiplier) = SMMULR(d, multiplier), then
 * (t + (t >> 31) + 2^(shift - 1)) >> shift, where the sign of d serves for that of t. The zero point goes into the addend: with
 * at most 22 bits of shift that is below 2^30, and |t| < 2^29.
 */
export function byTables<K extends Sum>(layer: Layer<K>, sign: 1 | -1, prefix = ""): BinaryRun | undefined {
  const [left, right, to] = [...layer.inputs, layer.output].map(quantizationOf);
  const { multiplier, shift } = sumMultipliers(left, right, to).output;
  const by = -shift;
  if (!saturates(layer) || by < 1 || by > 22) return undefined;
  const sides = scaledSides(left, right);
  const values = [left, right].map((_, i) =>
    Int32Array.from({ length: 256 }, (_, q) => 2 * (i === 0 ? 1 : sign) * sides[i](q - 128)),
  );
  const isSame = values[0].every((value, i) => value === values[1][i]);
  const constants: ConstantArray[] = (isSame ? ["scaled"] : ["scaled_a", "scaled_b"]).map((name, i) => ({
    name: `${prefix}${name}`,
    element: "int32",
    data: values[i],
    align: 4,
  }));
  return {
    turn: 4,
    constants,
    notes: ["tables: twice the value at the common scale, for every int8 from -128 on; |sum| < 2^30."],
    group(block, [a, b, out]) {
      const tables = constants.map(({ name }, i) =>
        block.point(["middle_a", "middle_b"][i], new Pointer(name, "int32", false).plus(128)),
      );
      const factor = block.let("multiplier", multiplier);
      const addend = block.let("addend", 2 ** (by - 1) + to.zeroPoint * 2 ** by);
      return (hot, size, part) => {
        const indices: Expr[][] = [];
        const sums: Expr[] = [];
        const load = (i: number) =>
          void (indices[i] = [a, b].map((side, k) => hot.let(`${"xy"[k]}${i}${part}`, side.at(i))));
        const add = (i: number) => {
          const [x, y] = indices[i].map((index, k) =>
            hot.let(`${"ab"[k]}${i}${part}`, tables[isSame ? 0 : k].at(index)),
          );
          sums[i] = hot.let(`sum${i}${part}`, x.plus(y));
        };
        const store = (i: number) => {
          const scaled = call(m7.smmlar, sums[i], factor, addend).plus(sums[i].shiftRight(31));
          hot.store(out, i, call(m7.ssat8, scaled.shiftRight(by)));
        };
        inStages(size, [load, add, store]);
      };
    },
  };
}
