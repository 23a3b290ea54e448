/** The table of operators. */

import type { Operation } from "../ir/graph.js";
import type { OperatorKind } from "./attributes.js";
import type { Operator } from "./operator.js";
import { abs } from "./abs.js";
import { add } from "./add.js";
import { argMax } from "./arg-max.js";
import { argMin } from "./arg-min.js";
import { averagePool2d } from "./average-pool2d.js";
import { batchNorm } from "./batch-norm.js";
import { batchToSpace } from "./batch-to-space.js";
import { broadcastTo } from "./broadcast-to.js";
import { concatenate } from "./concatenate.js";
import { conv2d } from "./conv2d.js";
import { conv2dTranspose } from "./conv2d-transpose.js";
import { dense } from "./dense.js";
import { depthToSpace } from "./depth-to-space.js";
import { depthwiseConv2d } from "./depthwise-conv2d.js";
import { dequantize } from "./dequantize.js";
import { elu } from "./elu.js";
import { exp } from "./exp.js";
import { expandDims } from "./expand-dims.js";
import { gather } from "./gather.js";
import { gelu } from "./gelu.js";
import { hardSwish } from "./hard-swish.js";
import { l2Normalize } from "./l2-normalize.js";
import { leakyRelu } from "./leaky-relu.js";
import { logSoftmax } from "./log-softmax.js";
import { log } from "./log.js";
import { lstm } from "./lstm.js";
import { matmul } from "./matmul.js";
import { maxPool2d } from "./max-pool2d.js";
import { maximum } from "./maximum.js";
import { mean } from "./mean.js";
import { minimum } from "./minimum.js";
import { mirrorPad } from "./mirror-pad.js";
import { multiply } from "./multiply.js";
import { pad } from "./pad.js";
import { prelu } from "./prelu.js";
import { quantize } from "./quantize.js";
import { reduceMax } from "./reduce-max.js";
import { reduceMin } from "./reduce-min.js";
import { reluN1To1 } from "./relu-n1-to-1.js";
import { relu } from "./relu.js";
import { relu6 } from "./relu6.js";
import { reshape } from "./reshape.js";
import { resizeBilinear } from "./resize-bilinear.js";
import { resizeNearest } from "./resize-nearest.js";
import { rsqrt } from "./rsqrt.js";
import { sigmoid } from "./sigmoid.js";
import { slice } from "./slice.js";
import { softmax } from "./softmax.js";
import { spaceToBatch } from "./space-to-batch.js";
import { spaceToDepth } from "./space-to-depth.js";
import { split } from "./split.js";
import { sqrt } from "./sqrt.js";
import { squaredDifference } from "./squared-difference.js";
import { squeeze } from "./squeeze.js";
import { subtract } from "./subtract.js";
import { svdf } from "./svdf.js";
import { tanh } from "./tanh.js";
import { tile } from "./tile.js";
import { transpose } from "./transpose.js";

export type { OperatorAttributes, OperatorKind } from "./attributes.js";

/** One entry an operator; leaving one out does not compile. */
export const operators = {
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  dense,
  add,
  subtract,
  multiply,
  maximum,
  minimum,
  squaredDifference,
  matmul,
  averagePool2d,
  maxPool2d,
  mean,
  reduceMax,
  reduceMin,
  argMax,
  argMin,
  pad,
  reshape,
  transpose,
  concatenate,
  slice,
  split,
  gather,
  tile,
  broadcastTo,
  mirrorPad,
  spaceToDepth,
  depthToSpace,
  spaceToBatch,
  batchToSpace,
  expandDims,
  squeeze,
  resizeNearest,
  resizeBilinear,
  softmax,
  relu,
  relu6,
  reluN1To1,
  leakyRelu,
  prelu,
  elu,
  gelu,
  hardSwish,
  sigmoid,
  tanh,
  exp,
  log,
  sqrt,
  rsqrt,
  abs,
  logSoftmax,
  l2Normalize,
  batchNorm,
  lstm,
  svdf,
  quantize,
  dequantize,
} satisfies { readonly [K in OperatorKind]: Operator<K> };

/** The operator of an operation, with its type. */
export function operatorOf<K extends OperatorKind>(operation: Operation<K>): Operator<K> {
  return operators[operation.kind] as unknown as Operator<K>;
}
