/** Reshapes and transposes that move nothing. */

import { elements, type Operation, type TensorType } from "../../ir/graph.js";
import { operatorOf } from "../../ops/index.js";
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

/** Whatever moves no byte of its whole input: squeeze, a slice of everything, a transpose of dimensions of 1. */
export const viewToReshape: Rule = {
  name: "view to reshape",
  rewrite(operation, wired) {
    const { input, output } = endsOf(operation, wired);
    const isWhole = operation.kind !== "reshape" && elements(input.shape) === elements(output.shape);
    const isView = isWhole && operatorOf(operation).view?.(operation, input, output) === 0;
    return isView && keepsQuantization(operation, wired) ? become(operation, "reshape", {}) : undefined;
  },
};

function sameShape(a: TensorType, b: TensorType): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, i) => size === b.shape[i]);
}

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
