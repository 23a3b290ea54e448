/**
 * A segment: layers that run row by row, together, through a few rows of each tensor between them, none of which exists as a whole.
 * Nothing is computed twice. Between two stages stand rows at hand (the next stage takes them as they come), int16 lines that
 * move up as a window slides, or a ring of int8 rows, in which rows wait for a window or for a slower branch.
 */

import type { KernelFunction } from "../../ir/loop.js";
import type { StepKernel } from "../../ir/plan.js";
import { Emitter } from "./emitter.js";
import { flowsOf, type Flows, type Segment } from "./flow.js";
import { layOut, type Layout } from "./layout.js";
import { overlapsOf } from "./overlap.js";
import { schedule } from "./schedule.js";
import { lineWorkOf, type LineWork } from "./line-work.js";

export type { Segment, SegmentStage, StageInput } from "./flow.js";
export type { Piece } from "./memory.js";

/** Rows of the result at a time, at most; more of them move lines less often and take more memory. */
const MOST_ROWS = 4;

/** What a stage does in a run of its segment. */
export interface StageRuns {
  /** Rows at a time, and how many times. */
  readonly rows: number;
  readonly count: number;
}

/** A segment with its rows at a time, without code. */
export interface SegmentLayout {
  /** Scratch. */
  readonly bytes: number;
  /** For each of the segment's values what `StepKernel.overlap` says. */
  readonly overlaps: readonly (number | undefined)[];
  readonly runs: readonly StageRuns[];
  /** What is done for lines besides computing. */
  readonly lineWork: LineWork;
}

export interface SegmentSketch extends SegmentLayout {
  /** One row at a time first; every further one is faster and takes more scratch. The sketch itself is the first, its overlaps hold for all. */
  readonly layouts: readonly SegmentLayout[];
}

/** Whether the stages can run together: every result is written as its readers want it, and branches keep pace. */
export function fits(segment: Segment): boolean {
  const flows = flowsOf(segment);
  return flows !== undefined && schedule(segment, flows, 1) !== undefined;
}

/** undefined: `fits` is false. */
export function sketchOf(segment: Segment): SegmentSketch | undefined {
  const flows = flowsOf(segment);
  const layouts = (flows ? layoutsOf(segment, flows) : []).map((layout) => sketch(segment, flows!, layout));
  if (layouts.length === 0) return undefined;
  return { ...layouts[0], overlaps: leastOverlaps(layouts), layouts };
}

/** Throws where the segment does not fit. */
export function segmentKernel(segment: Segment): StepKernel {
  const flows = flowsOf(segment);
  const layouts = flows ? layoutsOf(segment, flows) : [];
  if (!flows || layouts.length === 0) throw new Error("these layers are no segment");
  const overlaps = leastOverlaps(layouts.map((layout) => sketch(segment, flows, layout)));
  return {
    name: `rows of ${segment.stages.map(({ kernel }) => kernel.name).join(", ")}`,
    scratch: () => ({ least: layouts[0].bytes, most: layouts[layouts.length - 1].bytes }),
    inPlace: [],
    overlap: (input) => overlaps[segment.values.indexOf(input)],
    values: [],
    readsBiased: [],
    writesBiased: false,
    lower({ scratch }): KernelFunction {
      const layout = layouts.filter(({ bytes }) => bytes <= scratch).pop();
      if (!layout) throw new Error("a segment was granted less scratch than it needs");
      return new Emitter(segment, flows, layout).code();
    },
  };
}

/** Of more and more rows at a time; those that take no more scratch than a later one are left out. */
function layoutsOf(segment: Segment, flows: Flows): readonly Layout[] {
  const { height } = flows.stages[flows.stages.length - 1];
  const layouts: Layout[] = [];
  for (let rows = 1; rows <= Math.min(segment.within ? 1 : MOST_ROWS, height); rows++) {
    const times = height % rows === 0 ? schedule(segment, flows, rows) : undefined;
    if (!times) continue;
    const layout = layOut(segment, flows, times);
    while (layouts.length > 0 && layouts[layouts.length - 1].bytes >= layout.bytes) layouts.pop();
    layouts.push(layout);
  }
  return layouts;
}

export function sketch(segment: Segment, flows: Flows, layout: Layout): SegmentLayout {
  const runs = segment.stages.map((_, stage) => {
    const { rows, count } = layout.schedule.timings[stage + 1];
    return { rows, count };
  });
  return {
    bytes: layout.bytes,
    overlaps: overlapsOf(segment, flows, layout.schedule),
    runs,
    lineWork: lineWorkOf(flows, layout),
  };
}

function leastOverlaps(layouts: readonly SegmentLayout[]): (number | undefined)[] {
  return layouts[0].overlaps.map((overlap, index) =>
    overlap === undefined ? undefined : Math.min(...layouts.map(({ overlaps }) => overlaps[index]!)),
  );
}
