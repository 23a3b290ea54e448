/** The quantisation of results, as far as it is given or prescribed; calibration (3-simplify) finds the rest. */

import type { Node, Site } from "../../dsl/graph.js";
import type { OutputQuantization } from "../../dsl/signatures.js";
import type { QuantizationReference } from "../../dsl/weights.js";
import { reject, type Place } from "../diagnostics/diagnostic.js";
import type { StoredTensor } from "../files/tensor-file.js";
import type { Quantization, Value } from "../ir/graph.js";
import { coveringQuantization } from "../ops/arithmetic/quantization.js";
import type { QuantizationRule } from "../ops/operator.js";
import { dtypeName } from "./text.js";
import type { Tensors } from "./tensors.js";

/** What the node's `quantization` option says; undefined where it is left out, or its tensors are optional and absent. */
export function givenQuantization(node: Node, tensors: Tensors): Quantization | undefined {
  const given = (node.attributes as { readonly quantization?: OutputQuantization }).quantization;
  if (given === undefined) return undefined;
  const place = (part: string) => node.site?.attributes[`quantization.${part}`] ?? placeOf(node.site);
  const [least, most] = dtypeOf(node) === "uint8" ? [0, 255] : [-128, 127];
  const checkZeroPoint = (value: unknown, what: string, at: Place | undefined): number => {
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
      return value as number;
    const expected = `an integer from ${least} to ${most}`;
    return reject("MCU2007", at, { what: `${what} is ${value}`, expected });
  };
  if (typeof given === "object" && given !== null && "kind" in given)
    return storedQuantization(given, tensors, placeOf(node.site), checkZeroPoint);
  const { scale, zeroPoint } = (given ?? {}) as Partial<Quantization>;
  return {
    scale: checkScale(scale, "scale", place("scale")),
    zeroPoint: checkZeroPoint(zeroPoint, "zeroPoint", place("zeroPoint")),
  };
}

/** The dtype that the node's options give its result. */
function dtypeOf(node: Node): unknown {
  return (node.attributes as { readonly dtype?: unknown }).dtype;
}

function placeOf(site: Site | undefined): Place | undefined {
  return site?.attributes.quantization ?? site?.at;
}

function storedQuantization(
  reference: QuantizationReference,
  tensors: Tensors,
  at: Place | undefined,
  checkZeroPoint: (value: unknown, what: string, at: Place | undefined) => number,
): Quantization | undefined {
  const place = reference.at ?? at;
  const [scaleName, zeroPointName] = [
    `${reference.name}.output_scale`,
    `${reference.name}.output_zero_point`,
  ];
  const scale = tensors.find(reference, scaleName, place);
  // Half of a pair is a mistake even where the pair may be absent.
  const zeroPoint = tensors.find(
    { ...reference, optional: reference.optional && !scale },
    zeroPointName,
    place,
  );
  if (!scale && zeroPoint) tensors.find({ ...reference, optional: false }, scaleName, place);
  if (!scale || !zeroPoint) return undefined;
  return {
    scale: checkScale(single(scale, "F32", place), `tensor "${scaleName}"`, place),
    zeroPoint: checkZeroPoint(single(zeroPoint, "I32", place), `tensor "${zeroPointName}"`, place),
  };
}

function single(tensor: StoredTensor, dtype: "F32" | "I32", at: Place | undefined): number {
  if (tensor.dtype !== dtype) {
    reject("MCU2005", at, {
      tensor: tensor.name,
      found: dtypeName(tensor.dtype),
      expected: dtypeName(dtype),
    });
  }
  if (tensor.data?.length !== 1) {
    reject("MCU2006", at, {
      tensor: tensor.name,
      what: `has ${tensor.data?.length} elements`,
      expected: "1",
    });
  }
  return tensor.data[0];
}

/** The scale as TFLite holds it, in float32. */
function checkScale(scale: unknown, what: string, at: Place | undefined): number {
  const rounded = typeof scale === "number" ? Math.fround(scale) : NaN;
  if (rounded > 0 && rounded < Infinity) return rounded;
  return reject("MCU2007", at, { what: `${what} is ${scale}`, expected: "a finite number greater than 0" });
}

/**
 * What is known of a result's quantisation: what the operator's rule says, else what is given. Rejects a given one that the rule
 * contradicts. Undefined: found by calibration.
 */
export function resultQuantization(
  rule: QuantizationRule,
  given: Quantization | undefined,
  inputs: readonly Value[],
  node: Node,
): Quantization | undefined {
  if (rule === "calibrated") return given;
  if (rule === "shared") return given ?? coveringQuantization(inputs);
  const prescribed = rule === "input" ? inputs[0].quantization : rule === "none" ? undefined : rule;
  if (given && !agrees(given, prescribed)) {
    const expected =
      rule === "none" ? "none" : prescribed ? quantizationText(prescribed) : "that of its input";
    const reason =
      rule === "none"
        ? "as it is float32"
        : rule === "input"
          ? "as its input has"
          : "which the operator prescribes";
    reject("MCU2008", placeOf(node.site), {
      operator: node.operator,
      found: quantizationText(given),
      expected,
      reason,
    });
  }
  return prescribed;
}

/** TFLite's own tolerance where it demands equal scales. */
function agrees(given: Quantization, prescribed: Quantization | undefined): boolean {
  return (
    prescribed !== undefined &&
    given.zeroPoint === prescribed.zeroPoint &&
    Math.abs(given.scale - prescribed.scale) <= 0.001 * prescribed.scale
  );
}

function quantizationText({ scale, zeroPoint }: Quantization): string {
  return `scale ${Number(scale.toPrecision(7))}, zero point ${zeroPoint}`;
}
