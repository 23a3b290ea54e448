/** Translators of functions of every element, and of those that normalise over the last dimension. */

import * as dsl from "../../dsl/index.js";
import type { CommonOptions, Tensor } from "../../dsl/index.js";
import type { Call } from "./call.js";
import { shortestFloat32 } from "./float32.js";
import { optionsTables } from "./schema.js";
import type { Step, Value } from "./values.js";

type Translator = (call: Call) => Value;

/** Functions without options. */
function translateFunction(name: (x: Tensor, options: CommonOptions) => Tensor): Translator {
  return (call) => {
    const { tensor, shape } = call.value(0);
    return { tensor: name(tensor, call.quantization()), shape };
  };
}

/** The same, of a result whose quantisation TensorFlow Lite prescribes and the DSL takes by itself. */
function translatePrescribed(name: (x: Tensor, options: CommonOptions) => Tensor, step: Step): Translator {
  return (call) => {
    const { tensor, shape } = call.value(0);
    return { tensor: name(tensor, call.quantizationUnless(step)), shape };
  };
}

const share: Step = { scale: 1 / 256, zeroPoint: -128 };
const signed: Step = { scale: 1 / 128, zeroPoint: 0 };

export const translateAbs = translateFunction(dsl.abs);
export const translateElu = translateFunction(dsl.elu);
export const translateExp = translateFunction(dsl.exp);
export const translateHardSwish = translateFunction(dsl.hardSwish);
export const translateLog = translateFunction(dsl.log);
export const translateLogSoftmax = translatePrescribed(dsl.logSoftmax, { scale: 1 / 16, zeroPoint: 127 });
export const translateRelu = translateFunction(dsl.relu);
export const translateRelu6 = translateFunction(dsl.relu6);
export const translateReluN1To1 = translateFunction(dsl.reluN1To1);
export const translateRsqrt = translateFunction(dsl.rsqrt);
export const translateSigmoid = translatePrescribed(dsl.sigmoid, share);
export const translateSqrt = translateFunction(dsl.sqrt);
export const translateTanh = translatePrescribed(dsl.tanh, signed);

export function translateGelu(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const approximate = call.options(optionsTables.gelu).approximate !== 0;
  const options = { ...(approximate ? { approximate } : {}), ...call.quantization() };
  return { tensor: dsl.gelu(tensor, options), shape };
}

export function translateL2Normalize(call: Call): Value {
  const { activation } = call.options(optionsTables.l2Norm);
  if (activation !== 0) call.fail("a fused activation", "none: TensorFlow Lite has no int8 kernel with one");
  return translatePrescribed(dsl.l2Normalize, signed)(call);
}

export function translateLeakyRelu(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const { alpha } = call.options(optionsTables.leakyRelu);
  if (!Number.isFinite(alpha)) call.fail(`alpha ${alpha}`, "a finite number");
  const options = { alpha: shortestFloat32(alpha), ...call.quantization() };
  return { tensor: dsl.leakyRelu(tensor, options), shape };
}

export function translatePrelu(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const alpha = call.operand(1);
  return { tensor: dsl.prelu(tensor, alpha.tensor, call.quantization()), shape };
}

export function translateSoftmax(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const { beta } = call.options(optionsTables.softmax);
  if (!Number.isFinite(beta) || beta <= 0) call.fail(`beta ${beta}`, "a finite number above 0");
  const options = {
    ...(beta === 1 ? {} : { beta: shortestFloat32(beta) }),
    ...call.quantizationUnless(share),
  };
  return { tensor: dsl.softmax(tensor, options), shape };
}
