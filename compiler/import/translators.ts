/** The operators of TensorFlow Lite that can be imported, and what makes each into the DSL's. */

import * as arithmetic from "./arithmetic.js";
import type { Call, Value } from "./call.js";
import * as shapes from "./shapes.js";
import * as windows from "./windows.js";

export const translators: ReadonlyMap<string, (call: Call) => Value> = new Map([
  ["ADD", arithmetic.translateAdd],
  ["AVERAGE_POOL_2D", windows.translateAveragePool2D],
  ["CONV_2D", windows.translateConv2D],
  ["DEPTHWISE_CONV_2D", windows.translateDepthwiseConv2D],
  ["DEQUANTIZE", arithmetic.translateDequantize],
  ["EXPAND_DIMS", shapes.translateReshape],
  ["FULLY_CONNECTED", arithmetic.translateFullyConnected],
  ["MAX_POOL_2D", windows.translateMaxPool2D],
  ["MEAN", shapes.translateMean],
  ["PAD", shapes.translatePad],
  ["QUANTIZE", arithmetic.translateQuantize],
  ["RELU", arithmetic.translateRelu],
  ["RELU6", arithmetic.translateRelu6],
  ["RESHAPE", shapes.translateReshape],
  ["SOFTMAX", arithmetic.translateSoftmax],
  ["SQUEEZE", shapes.translateReshape],
  ["TRANSPOSE", shapes.translateTranspose],
]);
