/** Operators that want one quantisation for all inputs and the result. */

import type { Operation, Value, ValueId } from "../../ir/graph.js";
import { operatorOf } from "../../ops/index.js";
import type { Rule } from "../fixpoint.js";
import { become, keepsQuantization } from "../fuse.js";
import { sameQuantization } from "../../ops/arithmetic/quantization.js";

/** Inputs that have another are requantised first. */
export const quantizeToShared: Rule = {
  name: "quantize to shared",
  rewrite(operation, wired) {
    if (operatorOf(operation).quantization(operation) !== "shared") return undefined;
    const { values } = wired.graph;
    const output = values[operation.output];
    const differs = ({ quantization }: Value) =>
      quantization !== undefined && !sameQuantization(quantization, output.quantization);
    const others = [...new Set(operation.inputs)].filter((id) => differs(values[id]));
    if (!output.quantization || others.length === 0) return undefined;
    const made = new Map<ValueId, Value>();
    const replaced = new Map<ValueId, ValueId>();
    const insert = others.map((input, i): Operation => {
      const id = values.length + i;
      const name = wired.freeName(`${operation.name}_${values[input].name}`);
      const { shape, dtype } = values[input];
      made.set(id, { name, shape, dtype, quantization: output.quantization, site: operation.site });
      replaced.set(input, id);
      return { kind: "quantize", name, inputs: [input], output: id, attributes: {}, site: operation.site };
    });
    const inputs = operation.inputs.map((id) => replaced.get(id) ?? id);
    return { remove: [operation], insert: [...insert, { ...operation, inputs }], values: made };
  },
};

export const concatenationOfOne: Rule = {
  name: "concatenation of one",
  at: ["concatenate"],
  rewrite(operation, wired) {
    if (operation.inputs.length > 1 || !keepsQuantization(operation, wired)) return undefined;
    return become(operation, "reshape", {});
  },
};
