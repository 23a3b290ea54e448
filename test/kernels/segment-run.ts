/** Runs a segment's function by itself, on memory where its tensors are placed by hand, with guards around them. */

import { elements } from "../../compiler/ir/graph.js";
import { elementBytes } from "../../compiler/ir/loop.js";
import { withoutUnused } from "../../compiler/5-lower/unused.js";
import { compileFunction } from "../../compiler/run/javascript-function.js";
import { segmentKernel, type Segment } from "../../compiler/kernels/rows/segment.js";

const GUARD = 64;
const PATTERN = 0x55;
const align = (at: number) => (at + 7) & ~7;

export interface SegmentPlaces {
  /** Scratch, bytes. */
  readonly scratch: number;
  /** Where the result begins, in bytes from the begin of one of the values; left out: apart from all. */
  readonly over?: { readonly value: number; readonly distance: number };
}

/** Called with the data of the segment's values; returns the result. Several calls run in the same memory. */
export function prepareSegment(
  segment: Segment,
  { scratch, over }: SegmentPlaces,
  kernel = segmentKernel(segment),
): (inputs: readonly Int8Array[]) => Int8Array {
  const generated = kernel.lower({ scratch, inPlace: false });
  const code = { ...generated, body: withoutUnused(generated.body) };
  const sizes = segment.values.map((_, index) => sizeOf(segment, index));
  const output = elements(segment.stages[segment.stages.length - 1].layer.output.shape);
  let end = GUARD;
  const used: [number, number][] = [];
  const take = (size: number, before = 0): number => {
    const at = align(end + before);
    used.push([at, at + size]);
    end = align(at + size) + GUARD;
    return at;
  };
  const reach = over ? Math.max(0, -over.distance) : 0;
  const rowBytes = segment.fed ? sizes[0] / height(segment) : sizes[0];
  const values = sizes.map((size, index) => {
    const isOver = over?.value === index;
    const at = take(segment.fed && index === 0 ? rowBytes : size, isOver ? reach : 0);
    if (isOver) {
      used.push([at + over.distance, at + over.distance + output]);
      end = Math.max(end, align(at + over.distance + output) + GUARD);
    }
    return at;
  });
  const result = over ? values[over.value] + over.distance : take(output);
  const state = segment.fed ? [take(4)] : [];
  const scratchAt = take(scratch);
  const parts = (generated.scratch ?? []).map((offset) => scratchAt + offset);
  const addresses = new Map<string, number>();
  for (const { name, element, data } of code.constants) {
    addresses.set(name, take(data.length * elementBytes[element]));
  }
  const buffer = new ArrayBuffer(align(end + GUARD));
  const memory = { int8: new Int8Array(buffer), view: new DataView(buffer) };
  memory.int8.fill(PATTERN);
  state.forEach((at) => memory.view.setInt32(at, 0, true));
  for (const { name, element, data } of code.constants)
    writeConstant(memory.view, addresses.get(name)!, element, data);
  const call = compileFunction(code, addresses, memory);
  const run = () => call(...values, result, ...state, ...parts);
  const checkGuards = () => {
    const isUsed = new Uint8Array(buffer.byteLength);
    for (const [from, to] of used) isUsed.fill(1, from, to);
    isUsed.forEach((one, at) => {
      if (!one && memory.int8[at] !== PATTERN) throw new Error(`written at ${at}`);
    });
  };
  return (inputs) => {
    memory.int8.fill(PATTERN, scratchAt, scratchAt + (segment.fed ? 0 : scratch));
    inputs.forEach((data, index) => {
      if (!segment.fed || index > 0) memory.int8.set(data, values[index]);
    });
    if (!segment.fed) run();
    for (let row = 0; segment.fed && row < height(segment); row++) {
      memory.int8.set(inputs[0].subarray(row * rowBytes, (row + 1) * rowBytes), values[0]);
      run();
    }
    checkGuards();
    return memory.int8.slice(result, result + output);
  };
}

function typeOf({ stages }: Segment, tensor: number) {
  for (const { inputs, layer } of stages) {
    const index = inputs.findIndex((input) => "tensor" in input && input.tensor === tensor);
    if (index >= 0) return layer.inputs.filter(({ constant }) => !constant)[index];
  }
  throw new Error("a value that nobody reads");
}

const sizeOf = (segment: Segment, tensor: number) => elements(typeOf(segment, tensor).shape);
const height = (segment: Segment) => typeOf(segment, 0).shape[0];

function writeConstant(view: DataView, at: number, element: string, data: ArrayLike<number>): void {
  for (let i = 0; i < data.length; i++) {
    if (element === "int8" || element === "uint8") view.setInt8(at + i, data[i]);
    else if (element === "int16") view.setInt16(at + 2 * i, data[i], true);
    else if (element === "int32") view.setInt32(at + 4 * i, data[i], true);
    else throw new Error(`constants of ${element}`);
  }
}
