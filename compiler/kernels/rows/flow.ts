/**
 * What flows through a segment: tensors whose rows are made one after the other and read by further stages, each with how its rows
 * lie in between. Says nothing yet about when a row is made, or where it is.
 */

import type { Value, ValueId } from "../../ir/graph.js";
import type { Encoding } from "../../ir/encoding.js";
import type { Layer } from "../kernel.js";
import { factsOf, ONE_ROW, rowsOf, type Rows, type StageFacts } from "./facts.js";
import type { RowKernel, RowWindow } from "./row-kernel.js";

/** Of every input of the operation that is no constant, in order. */
export type StageInput =
  /** Rows of a stage before. */
  | { readonly stage: number }
  /** `Segment.values[tensor]` */
  | { readonly tensor: number };

export interface SegmentStage {
  readonly layer: Layer;
  readonly kernel: RowKernel;
  readonly inputs: readonly StageInput[];
  /** Which of the operation's inputs arrives by rows: a stage's, or values[0]; its kernel reads the others plain, one row for a row. */
  readonly streamed: number;
  /** Of every input: elements from a row's begin to what the stage reads of it. Left out: all 0. */
  readonly offsets?: readonly number[];
}

/** Where a part of a segment is: its tensors are parts of larger ones. */
export interface Within {
  /** Of `values`, as they exist. */
  readonly values: readonly Value[];
  /** Elements from row to row of the result and from pixel to pixel, and to where the part begins in a row. */
  readonly row: number;
  readonly pixel: number;
  readonly offset: number;
}

/** Layers that run row by row together, in a topological order. The last one's result is the segment's. */
export interface Segment {
  readonly stages: readonly SegmentStage[];
  /** Tensors that it reads. The rows of the first one, in their order, drive everything; the others exist as a whole. */
  readonly values: readonly ValueId[];
  /** values[0] never exists as a whole: the caller gives one row a call. */
  readonly fed: boolean;
  /** Set where it is a part: it runs one row at a time then, and its result is apart from what it reads. */
  readonly within?: Within;
}

/** A stage that reads rows of a tensor. */
export interface Reader {
  readonly stage: number;
  readonly window: RowWindow;
  /** lines: its rows of int16, filled as rows arrive. window: rows wherever they lie. rows: one after the other. */
  readonly form: "lines" | "window" | "rows";
  readonly reads: Encoding;
}

export interface Flow {
  readonly tensor: Rows;
  readonly readers: readonly Reader[];
  /** How rows lie between the stages; undefined: nobody reads rows, they are written into the lines of the only reader. */
  readonly encoding: Encoding | undefined;
}

export interface Flows {
  /** [0]: values[0]; [k + 1]: the result of stage k. */
  readonly flows: readonly Flow[];
  readonly stages: readonly StageFacts[];
  /** Of `values`; [0] is undefined where it is fed. */
  readonly tensors: readonly (Rows | undefined)[];
}

/** The index of the flow that an input is; undefined: a whole tensor beside the rows. */
export function flowOf(input: StageInput): number | undefined {
  if ("stage" in input) return input.stage + 1;
  return input.tensor === 0 ? 0 : undefined;
}

/** undefined: the stages do not fit together. */
export function flowsOf(segment: Segment): Flows | undefined {
  const stages: StageFacts[] = [];
  const readers: Reader[][] = [[]];
  const tensors = new Array<Rows | undefined>(segment.values.length).fill(undefined);
  for (const [index, stage] of segment.stages.entries()) {
    const facts = factsOf(stage);
    if (!facts || flowOf(stage.inputs[facts.streamed]) === undefined) return undefined;
    stages.push(facts);
    for (let i = 0; i < stage.inputs.length; i++) {
      const input = stage.inputs[i];
      if ("tensor" in input) tensors[input.tensor] = wholeOf(segment, input.tensor) ?? facts.inputs[i];
      const flow = flowOf(input);
      if (flow === undefined) continue;
      if (flow > index) return undefined;
      readers[flow].push(readerOf(index, stage.kernel, facts, i === facts.streamed));
    }
    readers.push([]);
  }
  const source = tensors[0];
  if (!source) return undefined;
  const flows: Flow[] = [];
  for (const [index, list] of readers.entries()) {
    const isLast = index === stages.length;
    const encoding = isLast ? resultOf(segment, list) : encodingOf(segment, index, list);
    if (encoding === "none") return undefined;
    const tensor = index === 0 ? source : stages[index - 1].output;
    flows.push({ tensor, readers: list, encoding: encoding === "lines" ? undefined : encoding });
  }
  if (segment.fed) tensors[0] = undefined;
  return { flows, stages, tensors };
}

function wholeOf({ within }: Segment, tensor: number): Rows | undefined {
  return within && rowsOf(within.values[tensor]);
}

function readerOf(stage: number, { reads }: RowKernel, facts: StageFacts, isStreamed: boolean): Reader {
  if (!isStreamed) return { stage, window: ONE_ROW, form: "rows", reads: "plain" };
  const { window } = facts;
  if (reads === "lines") return { stage, window, form: "lines", reads: "plain" };
  return { stage, window, form: window.size > 1 ? "window" : "rows", reads };
}

/** The result is plain, and nobody inside reads it. */
function resultOf({ stages }: Segment, readers: readonly Reader[]): Encoding | "none" {
  const { total, writes } = stages[stages.length - 1].kernel;
  return readers.length === 0 && (total !== undefined || writes.includes("plain")) ? "plain" : "none";
}

/** The one encoding that all readers take and the producer writes; "none": there is none. */
function encodingOf(
  { stages }: Segment,
  flow: number,
  readers: readonly Reader[],
): Encoding | "lines" | "none" {
  const producer = flow === 0 ? undefined : stages[flow - 1].kernel;
  // Even a source may have no reader but as a whole: then nothing drives.
  if (readers.length === 0 || producer?.total !== undefined) return "none";
  if (readers.length === 1 && readers[0].form === "lines" && producer?.writes.includes("lines"))
    return "lines";
  const [{ reads }] = readers;
  const isAlike = readers.every(
    (one) => one.reads === reads && (one.form !== "lines" || stages[one.stage].kernel.unpack !== undefined),
  );
  const isWritten = producer ? producer.writes.includes(reads) : reads === "plain";
  return isAlike && isWritten ? reads : "none";
}
