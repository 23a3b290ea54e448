/**
 * The simplification rules: this list and the files of rules/ are the one place outside compiler/ops that names operators. They run twice,
 * on the float network before quantisation and on the int8 network after it, and are exact on both: on int8 to the bit, on float up to
 * rounding.
 */

import type { Rule } from "./fixpoint.js";
import { activationIntoProducer } from "./rules/activations.js";
import { batchNormIntoWeights, batchNormToConvolution } from "./rules/batch-norm.js";
import {
  constantResult,
  convolutionOfEachChannel,
  depthwiseOfOneChannel,
  quantizeToTheSame,
} from "./rules/equivalents.js";
import { padIntoWindow, padOfNothing, padOfPad } from "./rules/padding.js";
import { concatenationOfOne, quantizeToShared } from "./rules/shared.js";
import { reshapeOfReshape, reshapeToSameShape, transposeOfTranspose, viewToReshape } from "./rules/views.js";

export const rules: readonly Rule[] = [
  batchNormIntoWeights,
  batchNormToConvolution,
  activationIntoProducer,
  padIntoWindow,
  padOfPad,
  padOfNothing,
  reshapeToSameShape,
  reshapeOfReshape,
  viewToReshape,
  transposeOfTranspose,
  quantizeToShared,
  concatenationOfOne,
  depthwiseOfOneChannel,
  convolutionOfEachChannel,
  quantizeToTheSame,
  constantResult,
];
