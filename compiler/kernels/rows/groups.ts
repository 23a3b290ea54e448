/**
 * A segment in groups of channels, one after the other: a convolution, and layers after it that compute each channel by itself. Its
 * rings and lines hold one group's channels; nothing but the rows that the convolution reads is read again.
 */

import { elements, type Constant, type Operation, type Value } from "../../ir/graph.js";
import type { Layer } from "../kernel.js";
import type { Segment, SegmentStage, Within } from "./flow.js";
import { valuesOf, windowOf } from "./stripes.js";

/** Channels `from` .. `to` - 1. */
interface Channels {
  readonly from: number;
  readonly to: number;
}

/** Groups are of as many channels: kernels take so many together. */
const TOGETHER = 4;

/** undefined: there are fewer channels, or the layers are others than these. */
export function groupsOf(segment: Segment, count: number): readonly Segment[] | undefined {
  const { stages, fed } = segment;
  const { output } = stages[stages.length - 1].layer;
  const [, width, channels] = output.shape;
  const values = valuesOf(segment);
  if (fed || segment.within || !values || output.shape.length !== 3 || stages.length < 2) return undefined;
  if (channels % TOGETHER !== 0 || channels / TOGETHER < count || !isChannelwise(segment)) return undefined;
  const groups: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const end = (i: number) => TOGETHER * Math.round((i * channels) / (TOGETHER * count));
    const part = { from: end(index), to: end(index + 1) };
    const within = { values, row: width * channels, pixel: channels, offset: part.from };
    const group = groupOf(segment, within, part);
    if (!group) return undefined;
    groups.push(group);
  }
  return groups;
}

/** A chain, of whose result a channel depends on one channel of all results but the first. */
function isChannelwise({ stages }: Segment): boolean {
  const [{ layer, inputs }] = stages;
  if (layer.operation.kind !== "conv2d" || inputs.length > 1) return false;
  const { weights } = (layer as Layer<"conv2d">).operation.attributes;
  if (weights.shape[3] !== layer.inputs[0].shape[2]) return false;
  // Of kernels those with windows leave what is between pixels of their results.
  if (!windowOf(stages[stages.length - 1].layer)) return false;
  return stages.slice(1).every(({ layer: { operation, inputs: values, output }, inputs: [input] }, index) => {
    const attributes = operation.attributes as {
      readonly weights?: Constant;
      readonly depthMultiplier?: number;
    };
    const isOwn = attributes.weights === undefined || attributes.depthMultiplier === 1;
    const isAlone = values.length === 1 && "stage" in input && input.stage === index;
    return (
      isOwn &&
      isAlone &&
      values[0].shape.length === 3 &&
      output.shape.length === 3 &&
      isAlike(values[0], output)
    );
  });
}

const isAlike = (a: Value, b: Value): boolean => a.shape[2] === b.shape[2];

function groupOf(segment: Segment, within: Within, part: Channels): Segment | undefined {
  const stages: SegmentStage[] = [];
  for (const [index, stage] of segment.stages.entries()) {
    const { layer, kernel } = stage;
    const inputs = index === 0 ? layer.inputs : layer.inputs.map((value) => some(value, part));
    const operation = someOf(layer, part, index === 0);
    const narrow: Layer = { ...layer, operation, inputs, output: some(layer.output, part) };
    if (!kernel.fits(narrow)) return undefined;
    stages.push({ ...stage, layer: narrow });
  }
  return { ...segment, stages, within };
}

function some(value: Value, { from, to }: Channels): Value {
  const [height, width] = value.shape;
  return { ...value, shape: [height, width, to - from] };
}

/** By channels: many segments have the same layers. */
const known = new WeakMap<Operation, Map<string, Operation>>();

function someOf({ operation }: Layer, part: Channels, isFirst: boolean): Operation {
  const { weights, bias } = operation.attributes as { readonly weights?: Constant; readonly bias?: Constant };
  if (!weights) return operation;
  const ofOperation = known.get(operation) ?? new Map<string, Operation>();
  known.set(operation, ofOperation);
  const key = `${part.from} ${part.to}`;
  const found = ofOperation.get(key);
  if (found) return found;
  const attributes = {
    ...operation.attributes,
    weights: sliceOf(weights, isFirst ? 0 : weights.shape.length - 1, part),
    ...(bias ? { bias: sliceOf(bias, 0, part) } : {}),
  };
  const made = { ...operation, attributes } as Operation;
  ofOperation.set(key, made);
  return made;
}

/** @param axis of the channels, which the scales are of where they are several */
function sliceOf(constant: Constant, axis: number, { from, to }: Channels): Constant {
  const { shape, data, scales } = constant;
  const inner = elements(shape.slice(axis + 1));
  const pitch = inner * shape[axis];
  const length = (to - from) * inner;
  const sliced = data?.slice(0, (data.length / shape[axis]) * (to - from));
  for (let outer = 0; sliced && outer * length < sliced.length; outer++) {
    const begin = outer * pitch + from * inner;
    sliced.set(data!.subarray(begin, begin + length), outer * length);
  }
  return {
    ...constant,
    shape: shape.map((size, i) => (i === axis ? to - from : size)),
    data: sliced,
    scales: scales && scales.length > 1 ? scales.slice(from, to) : scales,
  };
}
