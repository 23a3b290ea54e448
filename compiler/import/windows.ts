/** Translators of operators that slide a window over an image: convolutions and pooling. */

import { averagePool2d, conv2d, depthwiseConv2d, maxPool2d } from "../../dsl/index.js";
import type { Pair } from "../../dsl/index.js";
import type { Call } from "./call.js";
import { fusedActivation } from "./fused-activation.js";
import { optionsTables, paddings } from "./schema.js";
import { print, type Value } from "./values.js";

interface WindowFields {
  readonly padding: number;
  readonly strideWidth: number;
  readonly strideHeight: number;
  readonly dilationWidth?: number;
  readonly dilationHeight?: number;
  readonly activation: number;
}

type Two = readonly [number, number];

/** The shortest way to say two numbers. */
export const pair = ([vertical, horizontal]: Two): Pair =>
  vertical === horizontal ? vertical : [vertical, horizontal];

/**
 * Options of a window that are not default, and the height and width of the result.
 * @param usual the default of `stride`
 */
function windowOptions(call: Call, fields: WindowFields, kernel: Two, image: readonly number[], usual: Two) {
  const stride: Two = [fields.strideHeight, fields.strideWidth];
  const dilation: Two = [fields.dilationHeight ?? 1, fields.dilationWidth ?? 1];
  const padding = paddings[fields.padding] ?? call.fail(`padding of kind ${fields.padding}`, "SAME or VALID");
  for (const [what, sizes] of Object.entries({ window: kernel, stride, dilation })) {
    if (sizes.some((size) => size < 1)) call.fail(`a ${what} of ${sizes.join(" x ")}`, "at least 1 x 1");
  }
  const [height, width] = [0, 1].map((axis) => {
    const covered = padding === "same" ? image[axis] : image[axis] - (kernel[axis] - 1) * dilation[axis];
    return Math.ceil(covered / stride[axis]);
  });
  if (height < 1 || width < 1)
    call.fail(`the window does not fit into ${print(image)}`, "a result of at least 1 x 1");
  const isUsual = stride[0] === usual[0] && stride[1] === usual[1];
  // A window of one element never reaches over the edge: "same" and "valid", the default, are the same.
  const reaches = kernel[0] > 1 || kernel[1] > 1;
  const options = {
    ...(isUsual ? {} : { stride: pair(stride) }),
    ...(padding === "same" && reaches ? { padding } : {}),
    ...(dilation[0] === 1 && dilation[1] === 1 ? {} : { dilation: pair(dilation) }),
    ...fusedActivation(call, fields.activation),
  };
  return { options, height, width };
}

export function translateConv2D(call: Call): Value {
  const { tensor, shape } = call.image(0);
  const weights = call.constant(1, "weights", ["int8"]);
  if (weights.shape.length !== 4)
    call.fail(`its weights are ${print(weights.shape)}`, "[out, height, width, in]");
  const [filters, kernelHeight, kernelWidth, channels] = weights.shape;
  const groups = shape[2] / channels;
  if (!Number.isInteger(groups) || filters % groups !== 0) {
    call.fail(
      `weights for ${channels} channels on an input of ${shape[2]}`,
      `weights ${print([filters, kernelHeight, kernelWidth, shape[2]])}, or for a part of the channels in groups`,
    );
  }
  const fields = call.options(optionsTables.conv2D);
  const { options, height, width } = windowOptions(call, fields, [kernelHeight, kernelWidth], shape, [1, 1]);
  call.storeWeights(weights, weights.shape, filters, 0);
  const grouped = groups === 1 ? {} : { groups };
  const result = conv2d(tensor, { ...call.weights.conv(call.name), ...grouped, ...options });
  return { tensor: result, shape: [height, width, filters] };
}

export function translateDepthwiseConv2D(call: Call): Value {
  const { tensor, shape } = call.image(0);
  const weights = call.constant(1, "weights", ["int8"]);
  const [one, kernelHeight, kernelWidth, channels] = weights.shape;
  if (weights.shape.length !== 4 || one !== 1)
    call.fail(`its weights are ${print(weights.shape)}`, "[1, height, width, channels]");
  const fields = call.options(optionsTables.depthwiseConv2D);
  const multiplier = channels / shape[2];
  if (!Number.isInteger(multiplier) || multiplier < 1)
    call.fail(`weights for ${channels} channels`, `a multiple of ${shape[2]}`);
  // Some writers leave the option at 0; then the shapes decide.
  if (fields.depthMultiplier !== 0 && fields.depthMultiplier !== multiplier) {
    call.fail(`depth_multiplier ${fields.depthMultiplier}`, `${multiplier}, as input and weights have it`);
  }
  const { options, height, width } = windowOptions(call, fields, [kernelHeight, kernelWidth], shape, [1, 1]);
  call.storeWeights(weights, [kernelHeight, kernelWidth, channels], channels, 3);
  const result = depthwiseConv2d(tensor, { ...call.weights.conv(call.name), ...options });
  return { tensor: result, shape: [height, width, channels] };
}

function translatePool(pool: typeof averagePool2d): (call: Call) => Value {
  return (call) => {
    const { tensor, shape } = call.image(0);
    const fields = call.options(optionsTables.pool2D);
    const size: Two = [fields.filterHeight, fields.filterWidth];
    const { options, height, width } = windowOptions(call, fields, size, shape, size);
    const result = pool(tensor, { size: pair(size), ...options, ...call.quantizationUnless() });
    return { tensor: result, shape: [height, width, shape[2]] };
  };
}

export const translateAveragePool2D = translatePool(averagePool2d);
export const translateMaxPool2D = translatePool(maxPool2d);
