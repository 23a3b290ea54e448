/** Translator of the transposed convolution. */

import { conv2dTranspose } from "../../dsl/index.js";
import type { Conv2DTransposeOptions } from "../../dsl/index.js";
import type { Call } from "./call.js";
import { fusedActivation } from "./fused-activation.js";
import { optionsTables, paddings } from "./schema.js";
import { pair } from "./windows.js";
import { print, type Value } from "./values.js";

type Two = readonly [number, number];

/** TRANSPOSE_CONV: inputs are the result's shape, the weights, the image, and perhaps a bias. */
export function translateTransposeConv(call: Call): Value {
  const { tensor, shape } = call.image(2);
  const weights = call.constant(1, "weights", ["int8"]);
  if (weights.shape.length !== 4 || weights.shape[3] !== shape[2])
    call.fail(`its weights are ${print(weights.shape)}`, `[out, height, width, ${shape[2]}]`);
  const [filters, kernelHeight, kernelWidth] = weights.shape;
  const wanted = call.integers(0, "result's shape");
  if (wanted.length !== 4 || wanted[0] !== 1 || wanted[3] !== filters || wanted.some((size) => size < 1))
    call.fail(`a result of ${print(wanted)}`, `[1, height, width, ${filters}]`);
  const fields = call.options(optionsTables.transposeConv);
  const stride: Two = [fields.strideHeight, fields.strideWidth];
  if (stride.some((size) => size < 1)) call.fail(`a stride of ${stride.join(" x ")}`, "at least 1 x 1");
  const padding = paddings[fields.padding] ?? call.fail(`padding of kind ${fields.padding}`, "SAME or VALID");
  const size: Two = [wanted[1], wanted[2]];
  call.storeWeights(weights, weights.shape, filters, 0, 3);
  const options = {
    ...call.weights.convTranspose(call.name),
    ...(stride[0] === 1 && stride[1] === 1 ? {} : { stride: pair(stride) }),
    ...paddingOptions(padding, shape, [kernelHeight, kernelWidth], stride, size),
    ...fusedActivation(call, fields.activation),
  };
  return { tensor: conv2dTranspose(tensor, options), shape: [...size, filters] };
}

/** The reference derives the padding from the size of the result, which may be any. */
function paddingOptions(
  padding: "same" | "valid",
  image: readonly number[],
  kernel: Two,
  stride: Two,
  size: Two,
): Pick<Conv2DTransposeOptions, "padding" | "outputPadding"> {
  const axes = [0, 1] as const;
  const usual = axes.map((axis) => {
    const scaled = image[axis] * stride[axis];
    return padding === "same" ? scaled : scaled + Math.max(kernel[axis] - stride[axis], 0);
  });
  if (axes.every((axis) => usual[axis] === size[axis])) return padding === "same" ? { padding } : {};
  const before = axes.map((axis) => {
    if (padding === "valid") return 0;
    const steps = Math.ceil(size[axis] / stride[axis]) - 1;
    return Math.floor(Math.max(steps * stride[axis] + kernel[axis] - size[axis], 0) / 2);
  });
  const after = axes.map(
    (axis) => (image[axis] - 1) * stride[axis] + kernel[axis] - before[axis] - size[axis],
  );
  const [bottom, right] = after.map((one) => Math.max(one, 0));
  const more: Two = [Math.max(-after[0], 0), Math.max(-after[1], 0)];
  return {
    padding: { top: before[0], bottom, left: before[1], right },
    ...(more[0] === 0 && more[1] === 0 ? {} : { outputPadding: pair(more) }),
  };
}
