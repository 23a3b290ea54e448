/**
 * From int32 accumulators to int8 results. The form is chosen by what is known about the layer: each is exact where it
 * is used, and the general one is always right.
 */

import { activationLimits } from "../ops/arithmetic/activation.js";
import type { QuantizedMultiplier } from "../ops/arithmetic/fixed-point.js";
import { quantizationOf } from "../ops/arithmetic/quantization.js";
import type { Activation } from "../../dsl/tensor.js";
import type { Value } from "../ir/graph.js";
import { type Block, Constant, Pointer, type ConstantArray, type Expr } from "../ir/loop.js";
import { call } from "../targets/call.js";
import type { Instruction } from "../targets/instruction.js";
import * as m7 from "../targets/cortex-m7.js";

export interface Requantization {
  readonly constants: readonly ConstantArray[];
  /** The int8 result (as int32) of an accumulator of `channel`. */
  apply(accumulator: Expr, channel: Expr): Expr;
  /** The same for many accumulators of one channel, whose constants become locals of `block`. */
  of(block: Block, channel: Expr): (accumulator: Expr) => Expr;
  readonly note: string;
}

/** Output range of a layer: its zero point and the limits its activation sets, all int8. */
export interface OutputRange {
  readonly zeroPoint: number;
  readonly min: number;
  readonly max: number;
}

export function outputRange(output: Value, activation: Activation): OutputRange {
  const quantization = quantizationOf(output);
  const [min, max] = activationLimits(activation, quantization);
  return { zeroPoint: quantization.zeroPoint, min, max };
}

/**
 * TFLite's MultiplyByQuantizedMultiplier per channel (two roundings).
 * @param bounds of |accumulator| per channel
 * @param prefix of the names of its constants
 */
export function twoRoundings(
  multipliers: readonly QuantizedMultiplier[],
  bounds: readonly number[],
  range: OutputRange,
  prefix = "",
): Requantization {
  const right = multipliers.every(({ shift }) => shift <= -1) && bounds.every((bound) => bound < 2 ** 30);
  const instruction = right ? m7.requantizeRight : m7.requantize;
  const multiplier = perChannel(
    `${prefix}multiplier`,
    "int32",
    multipliers.map((one) => one.multiplier),
  );
  const shift = perChannel(
    `${prefix}shift`,
    "int8",
    multipliers.map((one) => (right ? -one.shift : one.shift)),
  );
  const note = right
    ? `|acc| <= ${largest(bounds)} < 2^30 and all shifts are to the right: five-instruction requantisation`
    : `|acc| <= ${largest(bounds)}: general requantisation`;
  return applying(instruction, [multiplier, shift], range, note);
}

/**
 * TFLite's FULLY_CONNECTED: the accumulator times the real multiplier in double, rounded half away from zero. One
 * 64-bit multiply does the same if it crosses each of the 255 steps between int8 results at the same accumulator: both
 * are monotone, so agreement at the steps is agreement everywhere. Where it does not, the double product is computed.
 */
export function oneRounding(
  factors: readonly number[],
  multipliers: readonly QuantizedMultiplier[],
  bounds: readonly number[],
  range: OutputRange,
): Requantization {
  const exact = multipliers.every((one, channel) => {
    const { shift } = one;
    return shift >= -31 && shift <= 30 && sameSteps(factors[channel], one, bounds[channel], range);
  });
  if (!exact) {
    const factor = perChannel("factor", "float64", factors);
    const note = "no 64-bit multiplier rounds as the reference does: requantisation in double";
    return applying(m7.requantizeDouble, [factor], range, note);
  }
  const multiplier = perChannel(
    "multiplier",
    "int32",
    multipliers.map((one) => one.multiplier),
  );
  const shift = perChannel(
    "shift",
    "int8",
    multipliers.map((one) => 31 - one.shift),
  );
  const note = "one 64-bit rounding, equal to the reference's double product at every step between results";
  return applying(m7.requantizeOnce, [multiplier, shift], range, note);
}

/** `instruction(accumulator, …constants of the channel)`, moved to the zero point and limited. */
function applying(
  instruction: Instruction,
  parameters: readonly PerChannel[],
  range: OutputRange,
  note: string,
): Requantization {
  return {
    constants: parameters.flatMap(({ constants }) => constants),
    apply: (accumulator, channel) =>
      limit(call(instruction, accumulator, ...parameters.map((one) => one.at(channel))), range),
    of: (block, channel) => {
      const values = parameters.map((one) => one.local(block, channel));
      return (accumulator) => limit(call(instruction, accumulator, ...values), range);
    },
    note,
  };
}

/** Whether integer and double requantisation step from each result to the next at the same accumulator. */
function sameSteps(
  factor: number,
  { multiplier, shift }: QuantizedMultiplier,
  bound: number,
  range: OutputRange,
): boolean {
  const integer = m7.requantizeOnce.meaning(undefined as never) as (
    a: number,
    m: number,
    s: number,
  ) => number;
  const real = (acc: number) => Math.trunc(acc * factor + (acc < 0 ? -0.5 : 0.5));
  if (multiplier === 0) return Math.abs(bound * factor) < 0.5;
  for (let result = range.min + 1; result <= range.max; result++) {
    const steps = result - range.zeroPoint;
    // The first accumulator that gives `steps` or more: near (steps - 0.5) / factor. Most lie beyond what occurs.
    const near = (steps - 0.5) / factor;
    if (!(Math.abs(near) <= bound + 4)) continue;
    let first = Math.ceil(near) - 2;
    while (real(first) < steps) first++;
    while (real(first - 1) >= steps) first--;
    if (first > bound || first - 1 < -bound) continue;
    if (integer(first, multiplier, 31 - shift) < steps || integer(first - 1, multiplier, 31 - shift) >= steps)
      return false;
  }
  return true;
}

function limit(value: Expr, { zeroPoint, min, max }: OutputRange): Expr {
  let result = value.plus(zeroPoint);
  if (min > -128) result = call(m7.max, result, min);
  if (max < 127) result = call(m7.min, result, max);
  return min > -128 && max < 127 ? result : call(m7.ssat8, result);
}

interface PerChannel {
  readonly constants: readonly ConstantArray[];
  at(channel: Expr): Expr;
  /** A local of `block` that holds it, or the literal. */
  local(block: Block, channel: Expr): Expr;
}

/** One value for each channel; a literal where all are equal. */
export function perChannel(
  name: string,
  element: "int8" | "int32" | "float64",
  values: readonly number[],
): PerChannel {
  if (values.every((value) => value === values[0])) {
    const literal = new Constant(values[0], element === "float64" ? "float64" : "int32");
    return { constants: [], at: () => literal, local: () => literal };
  }
  const pointer = new Pointer(name, element, false);
  return {
    constants: [
      { name, element, data: values, align: element === "float64" ? 8 : element === "int32" ? 4 : 1 },
    ],
    at: (channel) => pointer.at(channel),
    local: (block, channel) => block.let(name, pointer.at(channel)),
  };
}

/** Of magnitudes, however many: arguments of a call lie on the stack. */
export function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
