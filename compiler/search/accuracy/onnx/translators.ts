/** The operators of networks in real numbers, and what makes each into ONNX's. */

import type { Graph, Operation } from "../../../ir/graph.js";
import type { OperatorKind } from "../../../ops/index.js";
import type { Translator } from "./call.js";
import * as elementWise from "./element-wise.js";
import * as layers from "./layers.js";
import * as movement from "./movement.js";

/** Left out: what exists quantised only, indices as results, and images in the place of batches. */
export const translators: { readonly [K in OperatorKind]?: Translator<K> } = {
  abs: elementWise.unary("Abs"),
  add: elementWise.translateAdd,
  averagePool2d: layers.translateAveragePool2D,
  batchNorm: layers.translateBatchNorm,
  broadcastTo: movement.translateBroadcastTo,
  concatenate: movement.translateConcatenate,
  conv2d: layers.translateConv2D,
  conv2dTranspose: layers.translateConv2DTranspose,
  dense: layers.translateDense,
  depthToSpace: movement.translateDepthToSpace,
  depthwiseConv2d: layers.translateDepthwiseConv2D,
  dequantize: elementWise.same,
  elu: elementWise.translateElu,
  exp: elementWise.unary("Exp"),
  expandDims: movement.translateReshape,
  gather: movement.translateGather,
  gelu: elementWise.translateGelu,
  hardSwish: elementWise.unary("HardSwish"),
  l2Normalize: elementWise.translateL2Normalize,
  leakyRelu: elementWise.translateLeakyRelu,
  log: elementWise.translateLog,
  logSoftmax: elementWise.translateLogSoftmax,
  matmul: elementWise.translateMatmul,
  maximum: elementWise.translateMaximum,
  maxPool2d: layers.translateMaxPool2D,
  mean: layers.translateMean,
  minimum: elementWise.translateMinimum,
  mirrorPad: movement.translateMirrorPad,
  multiply: elementWise.translateMultiply,
  pad: movement.translatePad,
  prelu: elementWise.translatePrelu,
  quantize: elementWise.same,
  reduceMax: layers.translateReduceMax,
  reduceMin: layers.translateReduceMin,
  relu: elementWise.unary("Relu"),
  relu6: elementWise.limited(0, 6),
  reluN1To1: elementWise.limited(-1, 1),
  reshape: movement.translateReshape,
  resizeBilinear: movement.translateResizeBilinear,
  resizeNearest: movement.translateResizeNearest,
  rsqrt: elementWise.translateRsqrt,
  sigmoid: elementWise.unary("Sigmoid"),
  slice: movement.translateSlice,
  softmax: elementWise.translateSoftmax,
  spaceToDepth: movement.translateSpaceToDepth,
  split: movement.translateSlice,
  sqrt: elementWise.translateSqrt,
  squaredDifference: elementWise.translateSquaredDifference,
  squeeze: movement.translateReshape,
  subtract: elementWise.translateSubtract,
  tanh: elementWise.unary("Tanh"),
  tile: movement.translateTile,
  transpose: movement.translateTranspose,
};

/**
 * The translator of an operation, with its type. Constants have a batch of one, which is repeated as operands of other shapes are;
 * joined with a batch of many they cannot be.
 */
export function translatorOf<K extends OperatorKind>(
  { kind, inputs }: Operation<K>,
  { values }: Graph,
): Translator<K> | undefined {
  if (kind === "concatenate" && inputs.some((id) => values[id].constant)) return undefined;
  return translators[kind] as Translator<K> | undefined;
}
