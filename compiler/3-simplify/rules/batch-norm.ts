/** batchNorm goes into the layer before it, or becomes a convolution. */

import type { Operation } from "../../ir/graph.js";
import { outputChannelAxis, type Sides, type Window } from "../../ops/attributes.js";
import { affineOf, scaleBias, scaleWeights } from "../affine.js";
import type { Rule } from "../fixpoint.js";
import { absorb, become, endsOf, isA } from "../fuse.js";

/** conv → batchNorm: into the weights and the bias. */
export const batchNormIntoWeights: Rule = {
  name: "batchNorm into weights",
  at: ["batchNorm"],
  rewrite(operation, wired) {
    const norm = operation as Operation<"batchNorm">;
    const { id, input } = endsOf(norm, wired);
    const layer = wired.producer(id);
    if (
      !isA(layer, "conv2d", "conv2dTranspose", "depthwiseConv2d", "dense") ||
      !wired.usedOnce(id) ||
      input.quantization
    )
      return undefined;
    const { weights, bias, activation } = layer.attributes;
    if (activation !== "linear" || weights.dtype !== "float32" || (bias && bias.dtype !== "float32"))
      return undefined;
    const affine = affineOf(norm.attributes);
    const folded = {
      ...layer.attributes,
      weights: scaleWeights(weights, outputChannelAxis[layer.kind], affine.factor),
      bias: scaleBias(bias, affine),
      activation: norm.attributes.activation,
    };
    return absorb<"conv2d" | "conv2dTranspose" | "depthwiseConv2d" | "dense">(layer, norm, folded, wired);
  },
};

/** batchNorm with nothing to fold into: a depthwise 1x1 convolution, over [elements / channels, 1, channels]. */
export const batchNormToConvolution: Rule = {
  name: "batchNorm to convolution",
  at: ["batchNorm"],
  rewrite(operation, wired) {
    const norm = operation as Operation<"batchNorm">;
    const { input, output } = endsOf(norm, wired);
    const { factor, offset } = affineOf(norm.attributes);
    const channels = factor.shape[0];
    const attributes = {
      ...pointWindow,
      depthMultiplier: 1,
      activation: norm.attributes.activation,
      weights: { ...factor, shape: [1, 1, channels] },
      bias: offset,
    };
    if (input.shape.length === 3) return become(norm, "depthwiseConv2d", attributes);
    const shape = [input.shape.reduce((product, size) => product * size, 1) / channels, 1, channels];
    const [before, after] = [wired.graph.values.length, wired.graph.values.length + 1];
    const names = [wired.freeName(`${norm.name}_from`), wired.freeName(`${norm.name}_image`)];
    const reshape = (name: string, from: number, to: number): Operation<"reshape"> => ({
      ...norm,
      kind: "reshape",
      name,
      inputs: [from],
      output: to,
      attributes: {},
    });
    return {
      remove: [norm],
      insert: [
        reshape(names[0], norm.inputs[0], before),
        { ...norm, kind: "depthwiseConv2d", inputs: [before], output: after, attributes } as Operation,
        reshape(names[1], after, norm.output),
      ],
      values: new Map([
        [before, { ...input, name: names[0], shape, constant: undefined }],
        [after, { ...output, name: names[1], shape }],
      ]),
    };
  },
};

const none: Sides = { top: 0, bottom: 0, left: 0, right: 0 };
const pointWindow: Window = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: none };
