/** The table of operators. */

import type { Operation } from "../ir/graph.js";
import type { OperatorKind } from "./attributes.js";
import type { Operator } from "./operator.js";
import { add } from "./add.js";
import { averagePool2d } from "./average-pool2d.js";
import { batchNorm } from "./batch-norm.js";
import { conv2d } from "./conv2d.js";
import { dense } from "./dense.js";
import { depthwiseConv2d } from "./depthwise-conv2d.js";
import { dequantize } from "./dequantize.js";
import { maxPool2d } from "./max-pool2d.js";
import { mean } from "./mean.js";
import { pad } from "./pad.js";
import { quantize } from "./quantize.js";
import { relu } from "./relu.js";
import { relu6 } from "./relu6.js";
import { reshape } from "./reshape.js";
import { softmax } from "./softmax.js";
import { transpose } from "./transpose.js";

export type { OperatorAttributes, OperatorKind } from "./attributes.js";

/** One entry an operator; leaving one out does not compile. */
export const operators = {
  conv2d,
  depthwiseConv2d,
  dense,
  add,
  averagePool2d,
  maxPool2d,
  mean,
  pad,
  reshape,
  transpose,
  softmax,
  relu,
  relu6,
  batchNorm,
  quantize,
  dequantize,
} satisfies { readonly [K in OperatorKind]: Operator<K> };

/** The operator of an operation, with its type. */
export function operatorOf<K extends OperatorKind>(operation: Operation<K>): Operator<K> {
  return operators[operation.kind] as unknown as Operator<K>;
}
