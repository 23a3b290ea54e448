/** Translators of operators that move elements: parts, joins, repetitions, borders, blocks, sizes. */

import * as t from "../../dsl/index.js";
import type { Call } from "./call.js";
import { axisOf, operandOf, rankOf, type Operand } from "./dimensions.js";
import { shortestFloat32 } from "./float32.js";
import { optionsTables } from "./schema.js";
import { fusedActivation } from "./fused-activation.js";
import { hasBatch, print, type Value } from "./values.js";

/** Each is a loop of its own. */
const mostJoined = 256;

/** Parallel or one after the other, the inputs have the result's quantisation: the kernels of TensorFlow Lite demand it. */
function checkJoined(call: Call): void {
  if (call.operator.inputs.length > mostJoined)
    call.fail(`${call.operator.inputs.length} inputs`, `at most ${mostJoined}`);
  call.operator.inputs.forEach((_, index) => {
    if (!call.hasStep(call.stepOfInput(index))) {
      const help = "the converter puts QUANTIZE before inputs of another";
      call.fail(`input ${index} has another quantisation than the result`, "the same for all", help);
    }
  });
}

export function translateConcatenation(call: Call): Value {
  const fields = call.options(optionsTables.concatenation);
  if (fusedActivation(call, fields.activation).activation) call.fail("a fused activation", "none");
  const axis = axisOf(call, fields.axis, rankOf(call, 0));
  checkJoined(call);
  const values = call.operator.inputs.map((_, index) => operandOf(call, index, axis === 0));
  return joined(call, values, axis - values[0].skipped);
}

function joined(call: Call, values: readonly Value[], axis: number): Value {
  const [{ shape }] = values;
  for (const one of values) {
    const fits =
      one.shape.length === shape.length && one.shape.every((size, i) => i === axis || size === shape[i]);
    if (!fits)
      call.fail(`inputs of ${print(shape)} and ${print(one.shape)}`, `equal sizes besides dimension ${axis}`);
  }
  const isLast = axis === shape.length - 1;
  const tensors = values.map(({ tensor }) => tensor);
  const sum = values.reduce((total, one) => total + one.shape[axis], 0);
  const tensor = t.concatenate(tensors, isLast ? {} : { axis });
  return { tensor, shape: shape.map((size, i) => (i === axis ? sum : size)) };
}

/** PACK: a concatenation of inputs that have a dimension of size 1 more. */
export function translatePack(call: Call): Value {
  const rank = rankOf(call, 0);
  const axis = axisOf(call, call.options(optionsTables.pack).axis, rank + 1);
  checkJoined(call);
  const values = call.operator.inputs.map((_, index) => operandOf(call, index, axis === 0));
  const place = axis - values[0].skipped;
  const expanded = values.map(({ tensor, shape }): Value => {
    const larger = shape.toSpliced(place, 0, 1);
    return { tensor: t.reshape(tensor, larger), shape: larger };
  });
  return joined(call, expanded, place);
}

export function translateGather(call: Call): Value {
  const { axis: given, batchDimensions } = call.options(optionsTables.gather);
  const rank = rankOf(call, 0);
  const axis = axisOf(call, given, rank);
  const indices = call.integers(1, "indices", 4096);
  const { shape: full } = call.inputTensor(0)!;
  let { shape: places } = call.inputTensor(1)!;
  if (batchDimensions !== 0) {
    if (batchDimensions !== 1 || !hasBatch(full) || places[0] !== 1 || axis === 0)
      call.fail(`${batchDimensions} batch dimensions`, "none, or one of a batch of 1");
    places = places.slice(1);
  }
  const { tensor, shape, skipped } = operandOf(call, 0, axis === 0);
  const at = axis - skipped;
  const wrong = indices.find((index) => index < 0 || index >= shape[at]);
  if (wrong !== undefined) call.fail(`the index ${wrong}`, `0 to ${shape[at] - 1}`);
  if (indices.length === 0) call.fail("no indices", "at least one");
  const gathered = t.gather(tensor, indices, { axis: at, ...call.quantizationUnless() });
  const flat = shape.with(at, indices.length);
  const result = shape.toSpliced(at, 1, ...places);
  if (places.length === 1 || result.length === 0) return { tensor: gathered, shape: flat };
  return { tensor: t.reshape(gathered, result), shape: result };
}

export function translateTile(call: Call): Value {
  const rank = rankOf(call, 0);
  const all = call.integers(1, "multiples");
  if (all.length !== rank || all.some((one) => one < 1 || one > 65535))
    call.fail(`the multiples ${print(all)}`, `${rank} numbers of at least 1`);
  const { tensor, shape, skipped } = operandOf(call, 0, all[0] !== 1);
  const repeats = all.slice(skipped);
  const result = t.tile(tensor, repeats, call.quantizationUnless());
  return { tensor: result, shape: shape.map((size, i) => size * repeats[i]) };
}

export function translateBroadcastTo(call: Call): Value {
  const { tensor, shape } = call.value(0);
  const full = call.output.shape;
  const wanted = hasBatch(full) ? full.slice(1) : full;
  const added = wanted.length - shape.length;
  if (added < 0 || shape.some((size, i) => size !== 1 && size !== wanted[added + i]))
    call.fail(`${print(shape)} becomes ${print(wanted)}`, "sizes of 1 becoming larger");
  return { tensor: t.broadcastTo(tensor, wanted, call.quantizationUnless()), shape: wanted };
}

type Side = readonly [number, number];

/** `[before, after]` of every dimension that the operand has. */
function borders(call: Call, role: string): { operand: Operand; paddings: Side[] } {
  const rank = rankOf(call, 0);
  const flat = call.integers(1, role);
  if (flat.length !== 2 * rank)
    call.fail(`${role} of ${flat.length} numbers`, `2 for each of ${rank} dimensions`);
  if (flat.some((size) => size < 0 || size > 65535)) call.fail(`${role} ${print(flat)}`, "0 to 65535");
  const all = Array.from({ length: rank }, (_, axis): Side => [flat[2 * axis], flat[2 * axis + 1]]);
  const operand = operandOf(call, 0, flat[0] !== 0 || flat[1] !== 0);
  return { operand, paddings: all.slice(operand.skipped) };
}

/** PAD and PADV2, which has the value as its third input. */
export function translatePad(call: Call): Value {
  const { operand, paddings } = borders(call, "paddings");
  const { tensor, shape } = operand;
  // Converters from PyTorch write a padding before every convolution, most of them of nothing.
  if (paddings.flat().every((size) => size === 0) && call.hasStep()) return { tensor, shape };
  const { scale, zeroPoint } = call.stepOfInput(0);
  const [filling] = call.inputTensor(2) ? call.int8s(2, "value") : [zeroPoint];
  const value = filling === zeroPoint ? {} : { value: shortestFloat32(scale * (filling - zeroPoint)) };
  const result = t.pad(tensor, { paddings, ...value, ...call.quantizationUnless() });
  return { tensor: result, shape: shape.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]) };
}

export function translateMirrorPad(call: Call): Value {
  const { operand, paddings } = borders(call, "paddings");
  const { tensor, shape } = operand;
  const mode = call.options(optionsTables.mirrorPad).mode === 1 ? "symmetric" : "reflect";
  const result = t.mirrorPad(tensor, { paddings, mode, ...call.quantizationUnless() });
  return { tensor: result, shape: shape.map((size, axis) => paddings[axis][0] + size + paddings[axis][1]) };
}

export function translateSpaceToDepth(call: Call): Value {
  const { tensor, shape } = call.image(0);
  const { blockSize: b } = call.options(optionsTables.spaceToDepth);
  if (b < 1 || shape[0] % b !== 0 || shape[1] % b !== 0)
    call.fail(`blocks of ${b} in ${print(shape)}`, "a divisor of height and width");
  const result = t.spaceToDepth(tensor, b, call.quantizationUnless());
  return { tensor: result, shape: [shape[0] / b, shape[1] / b, shape[2] * b * b] };
}

export function translateDepthToSpace(call: Call): Value {
  const { tensor, shape } = call.image(0);
  const { blockSize: b } = call.options(optionsTables.depthToSpace);
  if (b < 1 || shape[2] % (b * b) !== 0)
    call.fail(`blocks of ${b} from ${print(shape)}`, "a number whose square divides the channels");
  const result = t.depthToSpace(tensor, b, call.quantizationUnless());
  return { tensor: result, shape: [shape[0] * b, shape[1] * b, shape[2] / (b * b)] };
}

/** BATCH_TO_SPACE_ND and SPACE_TO_BATCH_ND have the batch in front whatever its size. */
function blocks(call: Call, role: string) {
  const { tensor, shape } = operandOf(call, 0, true);
  const block = call.integers(1, "block shape");
  const flat = call.integers(2, role);
  const least = block.length < 1 || block.some((size) => size < 1 || size > 256);
  if (least || block.length >= shape.length)
    call.fail(`blocks of ${print(block)} in ${print(shape)}`, "sizes for the dimensions behind the batch");
  if (flat.length !== 2 * block.length || flat.some((size) => size < 0 || size > 65535))
    call.fail(`${role} ${print(flat)}`, "2 numbers of at least 0 for each of the block's dimensions");
  const sides = block.map((_, i): Side => [flat[2 * i], flat[2 * i + 1]]);
  const isPlain = flat.every((size) => size === 0);
  return { tensor, shape, block, sides, isPlain, elements: block.reduce((a, b) => a * b, 1) };
}

export function translateSpaceToBatch(call: Call): Value {
  const { tensor, shape, block, sides, isPlain, elements } = blocks(call, "paddings");
  const image = block.map((size, i) => (sides[i][0] + shape[1 + i] + sides[i][1]) / size);
  if (!image.every(Number.isInteger))
    call.fail(`blocks of ${print(block)} in ${print(shape)}`, "divisors of the image");
  const options = { block, ...(isPlain ? {} : { paddings: sides }), ...call.quantizationUnless() };
  const result = [shape[0] * elements, ...image, ...shape.slice(1 + block.length)];
  return { tensor: t.spaceToBatch(tensor, options), shape: result };
}

export function translateBatchToSpace(call: Call): Value {
  const { tensor, shape, block, sides, isPlain, elements } = blocks(call, "crops");
  const image = block.map((size, i) => shape[1 + i] * size - sides[i][0] - sides[i][1]);
  if (shape[0] % elements !== 0 || image.some((size) => size < 1))
    call.fail(
      `blocks of ${print(block)} from ${print(shape)}`,
      "a batch of as many images, and crops inside",
    );
  const options = { block, ...(isPlain ? {} : { crops: sides }), ...call.quantizationUnless() };
  const result = [shape[0] / elements, ...image, ...shape.slice(1 + block.length)];
  return { tensor: t.batchToSpace(tensor, options), shape: result };
}

function translateResize(
  resize: typeof t.resizeNearest,
  table: typeof optionsTables.resizeBilinear,
): (call: Call) => Value {
  return (call) => {
    const { tensor, shape } = call.image(0);
    const { shape: full } = call.output;
    const [, height, width] = full;
    if (full.length !== 4 || full[0] !== 1 || height < 1 || width < 1 || full[3] !== shape[2])
      call.fail(`${print(shape)} becomes ${print(full)}`, `[1, height, width, ${shape[2]}]`);
    const fields = call.options(table);
    const options = {
      ...(fields.alignCorners !== 0 ? { alignCorners: true } : {}),
      ...(fields.halfPixelCenters !== 0 ? { halfPixelCenters: true } : {}),
      ...call.quantizationUnless(),
    };
    if (options.alignCorners && options.halfPixelCenters)
      call.fail("align_corners and half_pixel_centers", "one of both");
    return { tensor: resize(tensor, [height, width], options), shape: [height, width, shape[2]] };
  };
}

export const translateResizeBilinear = translateResize(t.resizeBilinear, optionsTables.resizeBilinear);
export const translateResizeNearest = translateResize(t.resizeNearest, optionsTables.resizeNearest);
