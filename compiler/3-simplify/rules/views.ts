/** Reshapes and transposes that move nothing. */

import type { Operation, TensorType } from "../../ir/graph.js";
import type { Rule } from "../fixpoint.js";
import { become, bypass, endsOf, isA, keepsQuantization, lookThrough } from "../fuse.js";

export const reshapeToSameShape: Rule = {
  name: "reshape to the same shape",
  at: ["reshape"],
  rewrite(operation, wired) {
    const { input, output } = endsOf(operation, wired);
    return sameShape(input, output) ? bypass(operation, wired) : undefined;
  },
};

export const reshapeOfReshape: Rule = {
  name: "reshape of reshape",
  at: ["reshape"],
  rewrite(operation, wired) {
    const inner = wired.producer(operation.inputs[0]);
    if (!isA(inner, "reshape") || !keepsQuantization(inner, wired)) return undefined;
    return lookThrough(inner, operation as Operation<"reshape">, {});
  },
};

function sameShape(a: TensorType, b: TensorType): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);
}

/** A transpose that keeps the order of all dimensions larger than 1 moves no byte. */
export const transposeToReshape: Rule = {
  name: "transpose to reshape",
  at: ["transpose"],
  rewrite(operation, wired) {
    const { permutation } = (operation as Operation<"transpose">).attributes;
    const { input } = endsOf(operation, wired);
    const moved = permutation.filter((dimension) => input.shape[dimension] > 1);
    const inOrder = moved.every((dimension, i) => i === 0 || dimension > moved[i - 1]);
    return inOrder && keepsQuantization(operation, wired) ? become(operation, "reshape", {}) : undefined;
  },
};

export const transposeOfTranspose: Rule = {
  name: "transpose of transpose",
  at: ["transpose"],
  rewrite(operation, wired) {
    const outer = operation as Operation<"transpose">;
    const inner = wired.producer(outer.inputs[0]);
    if (!isA(inner, "transpose") || !keepsQuantization(inner, wired)) return undefined;
    const permutation = outer.attributes.permutation.map(
      (dimension) => inner.attributes.permutation[dimension],
    );
    return lookThrough(inner, outer, { permutation });
  },
};
