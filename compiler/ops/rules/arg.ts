/** Positions of extremes: the result counts along one dimension, which goes. */

import type { ArgOptions } from "../../../dsl/signatures.js";
import { elements, type Operation } from "../../ir/graph.js";
import { strides } from "../arithmetic/positions.js";
import { int8Data } from "../arithmetic/quantization.js";
import type { Operator, Resolved, TensorData, Typed } from "../operator.js";
import { targets } from "./reduction.js";
import { axisOption } from "./dimension-options.js";
import { int8Input, resultType, show } from "./options.js";

type Arg = "argMax" | "argMin";

/** @param beats whether a value takes the place of the best one before it */
export function arg<K extends Arg>(
  beats: (value: number, best: number) => boolean,
): Omit<Operator<K>, "kind" | "tflite" | "kernels"> {
  function find(
    operation: Operation<K>,
    data: TensorData,
    [input]: readonly Typed[],
    output: Typed,
  ): Int32Array {
    const { axis } = operation.attributes as { readonly axis: number };
    const { shape } = input;
    const [distance, size] = [strides(shape)[axis], shape[axis]];
    const best = new Int32Array(elements(output.shape)).fill(-1);
    const places = new Int32Array(best.length);
    // Elements come in C order, so along the dimension from the first to the last.
    targets([axis], shape).forEach((target, i) => {
      if (best[target] >= 0 && !beats(data[i], data[best[target]])) return;
      best[target] = i;
      places[target] = Math.floor(i / distance) % size;
    });
    return places;
  }
  return {
    resolve(context) {
      const { axis: wanted, dtype = "int32" } = context.node.attributes as ArgOptions;
      const shape = int8Input(context);
      if (shape.length === 0) context.fail(undefined, "the input is a single number", "at least 1 dimension");
      if (dtype !== "int32" && dtype !== "int64") {
        context.fail("dtype", `dtype is ${show(dtype)}`, '"int32" or "int64"');
      }
      const axis = axisOption(context, "axis", wanted ?? shape.length - 1, shape.length);
      const rest = shape.filter((_, i) => i !== axis);
      const attributes = { axis } as Resolved<K>["attributes"];
      return { attributes, output: resultType(context, rest, dtype) };
    },
    quantization: () => "none",
    macs: () => 0,
    float: (operation, [data], types, output) => Float32Array.from(find(operation, data, types, output)),
    reference: (operation, [data], types, output) => find(operation, int8Data(data), types, output),
  };
}
