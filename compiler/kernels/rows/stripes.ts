/**
 * A segment in stripes of columns, one after the other (patches, MCUNetV2, NeurIPS 2021; rows stream, so only columns are left to
 * divide): its rings and lines hold the columns of one stripe. Columns that windows of two stripes read are computed twice.
 */

import type { Operation, Value } from "../../ir/graph.js";
import type { Layer } from "../kernel.js";
import { withPadding } from "../padded-anew.js";
import { flowOf, type Segment, type SegmentStage, type StageInput, type Within } from "./flow.js";

/** Columns `from` .. `to` - 1 of a tensor. */
interface Columns {
  readonly from: number;
  readonly to: number;
}

/** What a stage computes in a stripe, and what it reads of each input. */
interface Stripe {
  readonly output: Columns;
  readonly inputs: readonly Columns[];
}

interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
}

/** undefined: there are fewer columns, or a layer or its kernel cannot compute some alone. */
export function stripesOf(segment: Segment, count: number): readonly Segment[] | undefined {
  const { stages, fed } = segment;
  const { shape } = stages[stages.length - 1].layer.output;
  const width = shape[1];
  if (fed || segment.within || shape.length !== 3 || width < count) return undefined;
  const values = valuesOf(segment);
  if (!values) return undefined;
  const stripes: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const from = Math.round((index * width) / count);
    const to = Math.round(((index + 1) * width) / count);
    const within = { values, row: width * shape[2], pixel: shape[2], offset: from * shape[2] };
    const stripe = stripeOf(segment, within, { from, to });
    if (!stripe) return undefined;
    stripes.push(stripe);
  }
  return stripes;
}

/** The tensors that a segment reads; undefined where one is read as two shapes. */
export function valuesOf({ stages, values }: Segment): readonly Value[] | undefined {
  const found: Value[] = [];
  for (const { inputs, layer } of stages) {
    const moving = layer.inputs.filter(({ constant }) => !constant);
    for (const [index, input] of inputs.entries()) {
      if (!("tensor" in input)) continue;
      const known = found[input.tensor];
      if (known && known.shape.join() !== moving[index].shape.join()) return undefined;
      found[input.tensor] = moving[index];
    }
  }
  return found.length === values.length ? found : undefined;
}

function stripeOf(segment: Segment, within: Within, columns: Columns): Segment | undefined {
  const stripes = columnsOf(segment, columns);
  if (!stripes) return undefined;
  const stages: SegmentStage[] = [];
  for (const [index, stage] of segment.stages.entries()) {
    const narrow = narrowed(stage, stripes, index);
    if (!narrow || !stage.kernel.fits(narrow.layer)) return undefined;
    stages.push(narrow);
  }
  return { ...segment, stages, within };
}

/** From the result backwards: what each stage computes is all that its readers need. */
function columnsOf({ stages }: Segment, columns: Columns): readonly Stripe[] | undefined {
  const needed: (Columns | undefined)[] = stages.map(() => undefined);
  needed[stages.length - 1] = columns;
  const stripes: Stripe[] = [];
  for (let index = stages.length - 1; index >= 0; index--) {
    const { layer, inputs, kernel } = stages[index];
    const output = needed[index];
    const moving = layer.inputs.filter(({ constant }) => !constant);
    if (!output || kernel.total) return undefined;
    const reads: Columns[] = [];
    for (const [i, input] of inputs.entries()) {
      const read = readColumns(layer, moving[i], output);
      if (!read) return undefined;
      reads.push(read);
      if ("stage" in input) needed[input.stage] = union(needed[input.stage], read);
    }
    stripes[index] = { output, inputs: reads };
  }
  return stripes;
}

function union(a: Columns | undefined, b: Columns): Columns {
  return a ? { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) } : b;
}

export function windowOf({ operation }: Layer): Window | undefined {
  const window = operation.attributes as Partial<Window>;
  return window.kernel && window.stride && window.dilation && window.padding ? (window as Window) : undefined;
}

/** Columns of an input inside of the image; undefined: there are none, or it is not known which. */
function readColumns(layer: Layer, { shape }: Value, { from, to }: Columns): Columns | undefined {
  const [, width] = shape;
  const window = windowOf(layer);
  if (!window) return shape.length === 3 && width === layer.output.shape[1] ? { from, to } : undefined;
  const { kernel, stride, dilation, padding } = window;
  if (dilation[1] !== 1) return undefined;
  const first = Math.max(0, from * stride[1] - padding.left);
  const end = Math.min(width, (to - 1) * stride[1] - padding.left + kernel[1]);
  return end > first ? { from: first, to: end } : undefined;
}

/** The stage on the columns alone: its image has sides only where the whole one has. */
function narrowed(stage: SegmentStage, stripes: readonly Stripe[], index: number): SegmentStage | undefined {
  const { layer, inputs } = stage;
  const { output, inputs: reads } = stripes[index];
  let moving = 0;
  const values = layer.inputs.map((value) => (value.constant ? value : narrow(value, reads[moving++])));
  const offsets = inputs.map((input, i) => {
    const channels = values.filter(({ constant }) => !constant)[i].shape[2];
    return channels * (reads[i].from - startOf(input, stripes));
  });
  const operation = paddedAnew(layer, output);
  return {
    ...stage,
    layer: { ...layer, operation, inputs: values, output: narrow(layer.output, output) },
    offsets,
  };
}

/** The first column that exists of what a stage reads. */
function startOf(input: StageInput, stripes: readonly Stripe[]): number {
  const flow = flowOf(input);
  return flow === undefined || flow === 0 ? 0 : stripes[flow - 1].output.from;
}

function narrow(value: Value, { from, to }: Columns): Value {
  const [height, , ...others] = value.shape;
  return { ...value, shape: [height, to - from, ...others] };
}

/** By padding: stripes between the first and the last have the same, and what is known of one holds for all. */
const padded = new WeakMap<Operation, Map<string, Operation>>();

/** The operation, with the columns beside the image that the result's columns see. */
function paddedAnew(layer: Layer, { from, to }: Columns): Operation {
  const { operation } = layer;
  const window = windowOf(layer);
  if (!window) return operation;
  const { kernel, stride, padding } = window;
  const left = Math.max(0, padding.left - from * stride[1]);
  const end = (to - 1) * stride[1] - padding.left + kernel[1];
  const right = Math.max(0, end - layer.inputs[0].shape[1]);
  if (left === padding.left && right === padding.right) return operation;
  const known = padded.get(operation) ?? new Map<string, Operation>();
  padded.set(operation, known);
  const key = `${left} ${right}`;
  const found = known.get(key) ?? withPadding(operation, { ...padding, left, right });
  known.set(key, found);
  return found;
}
