/** Translators of operators that take parts of a tensor: slices, splits, STRIDED_SLICE with its masks. */

import { slice, stridedSlice, type CommonOptions } from "../../dsl/index.js";
import type { Call } from "./call.js";
import { axisOf, operandOf, rankOf, type Operand } from "./dimensions.js";
import { optionsTables } from "./schema.js";
import { print, type Value } from "./values.js";

/** What is taken of one dimension: `size` elements from `begin` on, every `stride`-th. */
interface Part {
  readonly begin: number;
  readonly size: number;
  readonly stride: number;
}

const all = (size: number): Part => ({ begin: 0, size, stride: 1 });

/** A part of every dimension of the model's tensor, as a call of `slice`, or of `stridedSlice` where there are strides. */
function take(call: Call, index: number, parts: readonly Part[]): Value {
  if (parts.length === 0) call.fail("a slice of a single number", "at least one dimension");
  const touchesBatch = parts[0].size !== 1 || parts[0].begin !== 0;
  const operand = operandOf(call, index, touchesBatch);
  return takeOf(call, operand, parts.slice(operand.skipped), call.quantizationUnless());
}

function takeOf(
  call: Call,
  { tensor, shape }: Operand,
  parts: readonly Part[],
  options: CommonOptions = {},
): Value {
  const outside = parts.findIndex(({ begin, size, stride }, i) => {
    const last = begin + (size - 1) * stride;
    return size < 1 || Math.min(begin, last) < 0 || Math.max(begin, last) >= shape[i];
  });
  if (outside >= 0) {
    const { begin, size, stride } = parts[outside];
    const what = `${size} elements from ${begin} by ${stride} in dimension ${outside} of ${print(shape)}`;
    call.fail(what, "at least one, all inside");
  }
  const sizes = parts.map(({ size }) => size);
  if (print(sizes) === print(shape) && parts.every(({ stride }) => stride > 0)) return { tensor, shape };
  const begin = parts.map((part) => part.begin);
  if (parts.every(({ stride }) => stride === 1))
    return { tensor: slice(tensor, begin, sizes, options), shape: sizes };
  const end = parts.map((part, i) => {
    const behind = part.begin + (part.size - 1) * part.stride + Math.sign(part.stride);
    // Before the first element: negative positions would count from the end.
    return behind < 0 ? -shape[i] - 1 : behind;
  });
  const strides = parts.map(({ stride }) => stride);
  return { tensor: stridedSlice(tensor, begin, end, { ...options, strides }), shape: sizes };
}

export function translateSlice(call: Call): Value {
  const { shape } = call.inputTensor(0) ?? call.fail("input 0 is missing", "a tensor");
  const [begin, size] = [call.integers(1, "begin"), call.integers(2, "size")];
  if (begin.length !== shape.length || size.length !== shape.length)
    call.fail(
      `begin ${print(begin)} and size ${print(size)}`,
      `one number for each of ${shape.length} dimensions`,
    );
  const parts = shape.map((total, i): Part => {
    const rest = size[i] === -1 ? total - begin[i] : size[i];
    return { begin: begin[i], size: rest, stride: 1 };
  });
  return take(call, 0, parts);
}

/** SPLIT: axis, value. */
export function translateSplit(call: Call): Value[] {
  const [given] = call.integers(0, "axis");
  const axis = axisOf(call, given ?? NaN, rankOf(call, 1));
  const total = call.inputTensor(1)!.shape[axis];
  const count = call.operator.outputs.length;
  if (total % count !== 0) call.fail(`${count} parts of ${total} elements`, "parts of equal size");
  return parts(call, 1, axis, Array<number>(count).fill(total / count));
}

/** SPLIT_V: value, sizes, axis; one size may be -1. */
export function translateSplitV(call: Call): Value[] {
  const [given] = call.integers(2, "axis");
  const axis = axisOf(call, given ?? NaN, rankOf(call, 0));
  const sizes = call.integers(1, "sizes", 1024);
  const known = sizes.filter((size) => size !== -1).reduce((a, b) => a + b, 0);
  const rest = call.inputTensor(0)!.shape[axis] - known;
  if (
    sizes.length !== call.operator.outputs.length ||
    sizes.length - 1 > sizes.filter((size) => size !== -1).length
  )
    call.fail(`the sizes ${print(sizes)}`, "one for each result, at most one of them -1");
  return parts(
    call,
    0,
    axis,
    sizes.map((size) => (size === -1 ? rest : size)),
  );
}

/** The parts of the given sizes, which are all there is. */
function parts(call: Call, index: number, axis: number, sizes: readonly number[]): Value[] {
  const { shape } = call.inputTensor(index)!;
  const operand = operandOf(call, index, axis === 0);
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (sum !== shape[axis]) call.fail(`parts of ${print(sizes)}`, `${shape[axis]} elements in all`);
  call.checkSteps(index);
  let begin = 0;
  return sizes.map((size) => {
    const taken = shape.map((total, i) => (i === axis ? { begin, size, stride: 1 } : all(total)));
    begin += size;
    return takeOf(call, operand, taken.slice(operand.skipped));
  });
}

/** UNPACK: slices of size 1, whose dimension goes. */
export function translateUnpack(call: Call): Value[] {
  const axis = axisOf(call, call.options(optionsTables.unpack).axis, rankOf(call, 0));
  const total = call.inputTensor(0)!.shape[axis];
  if (call.operator.outputs.length !== total)
    call.fail(`${call.operator.outputs.length} results`, `${total}, one for each slice`);
  return parts(call, 0, axis, Array<number>(total).fill(1));
}

const bit = (mask: number, i: number): boolean => ((mask >> i) & 1) === 1;

/** STRIDED_SLICE: begin, end and strides for the first dimensions, changed by five masks with a bit for each. */
export function translateStridedSlice(call: Call): Value {
  const { shape } = call.inputTensor(0) ?? call.fail("input 0 is missing", "a tensor");
  const masks = call.options(optionsTables.stridedSlice);
  const [begins, ends, strides] = ["begin", "end", "strides"].map((role, i) => call.integers(1 + i, role));
  const count = begins.length;
  if (ends.length !== count || strides.length !== count)
    call.fail("begin, end and strides of different lengths", "one number each");
  const taken: Part[] = [];
  const isNew = (i: number) => bit(masks.newAxisMask, i) && !bit(masks.ellipsisMask, i);
  const specified = begins.filter((_, i) => !isNew(i) && !bit(masks.ellipsisMask, i)).length;
  for (let i = 0; i < count; i++) {
    if (isNew(i)) continue;
    if (bit(masks.ellipsisMask, i)) {
      const left = Math.max(0, shape.length - specified);
      taken.push(...shape.slice(taken.length, taken.length + left).map(all));
      continue;
    }
    const total =
      shape[taken.length] ?? call.fail(`a slice of ${specified} dimensions`, `at most ${shape.length}`);
    const end = masks.offset !== 0 ? begins[i] + ends[i] : ends[i];
    if (bit(masks.shrinkAxisMask, i)) {
      taken.push({ begin: begins[i] < 0 ? begins[i] + total : begins[i], size: 1, stride: 1 });
    } else {
      const from = bit(masks.beginMask, i) ? undefined : begins[i];
      taken.push(range(call, total, from, bit(masks.endMask, i) ? undefined : end, strides[i]));
    }
  }
  taken.push(...shape.slice(taken.length).map(all));
  return take(call, 0, taken);
}

/** As Python's slices. undefined: from the first, to the last. */
function range(
  call: Call,
  total: number,
  from: number | undefined,
  to: number | undefined,
  stride: number,
): Part {
  if (stride === 0) call.fail("a stride of 0", "another");
  const [least, most] = stride > 0 ? [0, total] : [-1, total - 1];
  const inside = (at: number) => Math.max(least, Math.min(most, at < 0 ? at + total : at));
  const begin = from === undefined ? (stride > 0 ? 0 : total - 1) : inside(from);
  const end = to === undefined ? (stride > 0 ? total : -1) : inside(to);
  return { begin, size: Math.max(0, Math.ceil((end - begin) / stride)), stride };
}
