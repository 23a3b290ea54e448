/** What a stage of a segment is, whatever the segment and the number of rows at a time: found once, planners ask again and again. */

import type { DType, Value } from "../../ir/graph.js";
import { bytesPerElement, elements } from "../../ir/graph.js";
import type { LineGeometry } from "../../ir/encoding.js";
import type { SegmentStage } from "./flow.js";
import type { Layer } from "../kernel.js";
import type { RowKernel, RowWindow } from "./row-kernel.js";

/** A tensor, by rows of its first dimension. */
export interface Rows {
  readonly name: string;
  readonly dtype: DType;
  readonly height: number;
  /** Elements of a row, and of its last dimension. */
  readonly row: number;
  readonly channels: number;
  /** Of a row. */
  readonly bytes: number;
}

export interface StageFacts {
  readonly window: RowWindow;
  /** Rows of its result, or of its input where it is a reduction. */
  readonly height: number;
  /** Where it reads lines; and what they hold. */
  readonly lines: LineGeometry | undefined;
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  /** Bytes that a reduction keeps; undefined: it is none. */
  readonly total: number | undefined;
  /** Its inputs, as `SegmentStage.inputs` names them. */
  readonly inputs: readonly Rows[];
  /** Index of the streamed one of them. */
  readonly streamed: number;
  readonly output: Rows;
  /** Bytes of the kernel's scratch for so many rows at a time. */
  scratch(rows: number): number;
}

export const ONE_ROW: RowWindow = { size: 1, stride: 1, before: 0 };

/** By layer, kernel and streamed input. */
const known = new WeakMap<Layer, Map<RowKernel, (StageFacts | "none")[]>>();

/** undefined: the layer is no stage of a segment. */
export function factsOf(stage: SegmentStage): StageFacts | undefined {
  const { layer, kernel, streamed } = stage;
  let ofLayer = known.get(layer);
  if (!ofLayer) known.set(layer, (ofLayer = new Map()));
  let ofKernel = ofLayer.get(kernel);
  if (!ofKernel) ofLayer.set(kernel, (ofKernel = []));
  const found = (ofKernel[streamed] ??= find(stage) ?? "none");
  return found === "none" ? undefined : found;
}

function find({ layer, kernel, streamed }: SegmentStage): StageFacts | undefined {
  const input = layer.inputs[streamed];
  const isTotal = kernel.total !== undefined;
  if (input.shape.length < 2 || (layer.output.shape.length < 2 && !isTotal)) return undefined;
  const window = isTotal ? ONE_ROW : kernel.window(layer);
  const height = isTotal ? input.shape[0] : layer.output.shape[0];
  const lines = kernel.reads === "lines" ? kernel.lines!(layer) : undefined;
  const isInside = window.before === 0 && (height - 1) * window.stride < input.shape[0];
  if (window.size === 1 && !lines && !isInside) return undefined;
  // Rows that no window covers have no line; and the first line is there before the first result.
  if (lines && (window.size < window.stride || window.before >= window.size)) return undefined;
  const places = layer.inputs.flatMap(({ constant }, index) => (constant ? [] : [index]));
  const scratch: number[] = [];
  const [, width = 1, channels = 1] = input.shape;
  return {
    window,
    height,
    lines,
    image: { height: input.shape[0], width, channels },
    total: kernel.total?.(layer),
    inputs: places.map((index) => rowsOf(layer.inputs[index])),
    streamed: places.indexOf(streamed),
    output: rowsOf(layer.output),
    scratch: (rows) => (scratch[rows] ??= kernel.scratch(layer, rows)),
  };
}

export function rowsOf({ name, dtype, shape }: Value): Rows {
  const row = elements(shape.slice(1));
  const channels = shape[shape.length - 1] ?? 1;
  return { name, dtype, height: shape[0] ?? 1, row, channels, bytes: row * bytesPerElement[dtype] };
}
