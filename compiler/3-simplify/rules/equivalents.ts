/** Operations that are another, or none, or a constant. */

import type { Constant, Operation } from "../../ir/graph.js";
import { operatorOf } from "../../ops/index.js";
import type { TensorData } from "../../ops/operator.js";
import { withFactors } from "../../ops/representable.js";
import type { Rule } from "../fixpoint.js";
import { isQuantized } from "../propagate.js";
import { become, bypass, endsOf } from "../fuse.js";

/** A depthwise convolution of one channel sums the same products as a convolution, and those have better kernels. */
export const depthwiseOfOneChannel: Rule = {
  name: "depthwise of one channel",
  at: ["depthwiseConv2d"],
  rewrite(operation, wired) {
    const { depthMultiplier, weights, ...rest } = (operation as Operation<"depthwiseConv2d">).attributes;
    if (endsOf(operation, wired).input.shape[2] !== 1) return undefined;
    return become(operation, "conv2d", { ...rest, weights: channelsFirst(weights) });
  },
};

/** [height, width, channels] → [channels, height, width, 1]. */
function channelsFirst(weights: Constant): Constant {
  const [height, width, channels] = weights.shape;
  const taps = height * width;
  const data = weights.data?.slice();
  for (let i = 0; data && i < data.length; i++)
    data[i] = weights.data![(i % taps) * channels + Math.floor(i / taps)];
  return { ...weights, shape: [channels, height, width, 1], data };
}

/** A convolution whose groups are single channels is a depthwise one, and those have better kernels. */
export const convolutionOfEachChannel: Rule = {
  name: "convolution of each channel",
  at: ["conv2d"],
  rewrite(operation, wired) {
    const { weights, ...rest } = (operation as Operation<"conv2d">).attributes;
    const channels = endsOf(operation, wired).input.shape[2];
    if (weights.shape[3] !== 1 || channels === 1) return undefined;
    const depthMultiplier = weights.shape[0] / channels;
    return become(operation, "depthwiseConv2d", { ...rest, depthMultiplier, weights: channelsLast(weights) });
  },
};

/** [channels, height, width, 1] → [height, width, channels]. */
function channelsLast(weights: Constant): Constant {
  const [channels, height, width] = weights.shape;
  const taps = height * width;
  const data = weights.data?.slice();
  for (let i = 0; data && i < data.length; i++)
    data[i] = weights.data![(i % channels) * taps + Math.floor(i / channels)];
  return { ...weights, shape: [height, width, channels], data };
}

export const quantizeToTheSame: Rule = {
  name: "quantize to the same",
  at: ["quantize"],
  rewrite(operation, wired) {
    const { input, output } = endsOf(operation, wired);
    return input.dtype === output.dtype && input.quantization ? bypass(operation, wired) : undefined;
  },
};

/** An operation on constants is computed here. */
export const constantResult: Rule = {
  name: "constant result",
  rewrite(operation, wired) {
    const types = operation.inputs.map((id) => wired.graph.values[id]);
    const output = wired.graph.values[operation.output];
    const known = (type: typeof output) => !isQuantized(type) || type.quantization !== undefined;
    // Reals that are to be int8 wait for their quantisation.
    const isInteger = ({ constant, dtype }: typeof output) => constant?.data && constant.dtype === dtype;
    if (
      !types.every((type) => isInteger(type) && known(type)) ||
      !known(output) ||
      wired.isOutput(operation.output)
    ) {
      return undefined;
    }
    const inputs = types.map((type) => type.constant!.data as TensorData);
    const data = withFactors(operation, () =>
      operatorOf(operation).reference(operation, inputs, types, output),
    );
    const scales = output.quantization && [output.quantization.scale];
    const constant: Constant = {
      shape: output.shape,
      dtype: output.dtype,
      data,
      scales,
      site: operation.site,
    };
    return {
      remove: [operation],
      insert: [],
      values: new Map([[operation.output, { ...output, constant }]]),
    };
  },
};
