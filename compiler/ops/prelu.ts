import { preluRows } from "../kernels/rows/binary.js";
import { tableRows } from "../kernels/rows/element-wise.js";
import { elementWisePrelu } from "../kernels/prelu.js";
import { table } from "../kernels/element-wise.js";
import { shapeText } from "../diagnostics/shape-text.js";
import { preluOf } from "./arithmetic/prelu.js";
import type { Operator } from "./operator.js";
import { binary, plainResult } from "./rules/binary.js";

/** x where it is positive, else alpha * x; alpha repeats over x (He et al., "Delving Deep into Rectifiers", ICCV 2015). */
export const prelu: Operator<"prelu"> = {
  kind: "prelu",
  tflite: "PRELU",

  resolve(context) {
    const resolved = plainResult(context);
    const [x, alpha] = context.inputs.map(({ shape }) => shapeText(shape));
    if (shapeText(resolved.output.shape) !== x)
      context.fail(undefined, `alpha has the shape ${alpha}`, `one that repeats over the input's, ${x}`);
    return resolved;
  },

  quantization: () => "calibrated",
  ...binary<"prelu">({ real: (x, alpha) => (x >= 0 ? x : x * alpha), exact: preluOf }),
  kernels: [table("prelu table"), elementWisePrelu],
  rowKernels: [tableRows("prelu table"), preluRows],
};
