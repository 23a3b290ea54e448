/** The operators of TensorFlow Lite that can be imported, and what makes each into the DSL's. */

import * as activations from "./activations.js";
import * as arithmetic from "./arithmetic.js";
import * as binary from "./binary.js";
import type { Call } from "./call.js";
import * as movement from "./movement.js";
import * as reductions from "./reductions.js";
import * as recurrent from "./recurrent.js";
import * as shapes from "./shapes.js";
import * as slices from "./slices.js";
import * as transposed from "./transposed.js";
import * as windows from "./windows.js";
import type { Value } from "./values.js";

type Translator = (call: Call) => Value | readonly Value[];

/** Their translators give one value for each result. */
export const severalResults: ReadonlySet<string> = new Set(["SPLIT", "SPLIT_V", "UNPACK"]);

/** More results of one operator are a mistake. */
export const mostResults = 1024;

export const translators: ReadonlyMap<string, Translator> = new Map<string, Translator>([
  ["ABS", activations.translateAbs],
  ["ADD", binary.translateAdd],
  ["ARG_MAX", reductions.translateArgMax],
  ["ARG_MIN", reductions.translateArgMin],
  ["AVERAGE_POOL_2D", windows.translateAveragePool2D],
  ["BATCH_MATMUL", binary.translateBatchMatmul],
  ["BATCH_TO_SPACE_ND", movement.translateBatchToSpace],
  ["BROADCAST_TO", movement.translateBroadcastTo],
  ["CONCATENATION", movement.translateConcatenation],
  ["CONV_2D", windows.translateConv2D],
  ["DEPTHWISE_CONV_2D", windows.translateDepthwiseConv2D],
  ["DEPTH_TO_SPACE", movement.translateDepthToSpace],
  ["DEQUANTIZE", arithmetic.translateDequantize],
  ["ELU", activations.translateElu],
  ["EXP", activations.translateExp],
  ["EXPAND_DIMS", shapes.translateReshape],
  ["FULLY_CONNECTED", arithmetic.translateFullyConnected],
  ["GATHER", movement.translateGather],
  ["GELU", activations.translateGelu],
  ["HARD_SWISH", activations.translateHardSwish],
  ["L2_NORMALIZATION", activations.translateL2Normalize],
  ["LEAKY_RELU", activations.translateLeakyRelu],
  ["LOG", activations.translateLog],
  ["LOGISTIC", activations.translateSigmoid],
  ["LOG_SOFTMAX", activations.translateLogSoftmax],
  ["MAXIMUM", binary.translateMaximum],
  ["MAX_POOL_2D", windows.translateMaxPool2D],
  ["MEAN", reductions.translateMean],
  ["MINIMUM", binary.translateMinimum],
  ["MIRROR_PAD", movement.translateMirrorPad],
  ["MUL", binary.translateMultiply],
  ["PACK", movement.translatePack],
  ["PAD", movement.translatePad],
  ["PADV2", movement.translatePad],
  ["PRELU", activations.translatePrelu],
  ["QUANTIZE", arithmetic.translateQuantize],
  ["REDUCE_MAX", reductions.translateReduceMax],
  ["REDUCE_MIN", reductions.translateReduceMin],
  ["RELU", activations.translateRelu],
  ["RELU6", activations.translateRelu6],
  ["RELU_N1_TO_1", activations.translateReluN1To1],
  ["RESHAPE", shapes.translateReshape],
  ["RESIZE_BILINEAR", movement.translateResizeBilinear],
  ["RESIZE_NEAREST_NEIGHBOR", movement.translateResizeNearest],
  ["RSQRT", activations.translateRsqrt],
  ["SLICE", slices.translateSlice],
  ["SOFTMAX", activations.translateSoftmax],
  ["SPACE_TO_BATCH_ND", movement.translateSpaceToBatch],
  ["SPACE_TO_DEPTH", movement.translateSpaceToDepth],
  ["SPLIT", slices.translateSplit],
  ["SPLIT_V", slices.translateSplitV],
  ["SQRT", activations.translateSqrt],
  ["SQUARED_DIFFERENCE", binary.translateSquaredDifference],
  ["SQUEEZE", shapes.translateReshape],
  ["STRIDED_SLICE", slices.translateStridedSlice],
  ["SUB", binary.translateSubtract],
  ["TANH", activations.translateTanh],
  ["TILE", movement.translateTile],
  ["TRANSPOSE", shapes.translateTranspose],
  ["SVDF", recurrent.translateSvdf],
  ["UNIDIRECTIONAL_SEQUENCE_LSTM", recurrent.translateLstm],
  ["TRANSPOSE_CONV", transposed.translateTransposeConv],
  ["UNPACK", slices.translateUnpack],
]);
