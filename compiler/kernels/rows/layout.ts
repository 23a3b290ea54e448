/**
 * The memory of a segment: rings and lines, which last from row to row, and what is needed only while a row is computed: rows at
 * hand and the kernels' own scratch, which take each other's place.
 */

import { lineBytes } from "../../ir/encoding.js";
import { flowOf, type Flow, type Flows, type Reader, type Segment } from "./flow.js";
import { placeAll, type Need, type Piece } from "./memory.js";
import type { Schedule, Timing } from "./schedule.js";

export interface StagePieces {
  /** Lines that it reads: `rows` of each channel. */
  readonly lines: Piece | undefined;
  readonly scratch: Piece | undefined;
  readonly total: Piece | undefined;
}

export interface Layout {
  readonly schedule: Schedule;
  /** Rows of a flow between the stages; undefined where they lie in a tensor or in the caller's row, or are written into lines. */
  readonly flows: readonly (Piece | undefined)[];
  /** Of flows whose rows take the place of rows that a window lets go: the flow of these. */
  readonly replaced: readonly (number | undefined)[];
  readonly stages: readonly StagePieces[];
  readonly pieces: readonly Piece[];
  readonly bytes: number;
}

/** What happens in a tick, in order: rows of flow 0 arrive, those of flow k are computed; after each, lines get theirs. */
const computing = (flow: number): number => 2 * flow;
const unpacking = (flow: number): number => 2 * flow + 1;

export function layOut(segment: Segment, flows: Flows, schedule: Schedule): Layout {
  return layOutAll([{ segment, flows, schedule }])[0];
}

/** A segment, or a part of one, at its pace. */
export interface Paced {
  readonly segment: Segment;
  readonly flows: Flows;
  readonly schedule: Schedule;
}

/** Of parts that run one after the other, of the same stages: each piece is in one place, as large as the largest part needs it. */
export function layOutAll(parts: readonly Paced[]): readonly Layout[] {
  const needs = parts.map(needsOf);
  const slots = needs[0].map((_, slot) => largest(needs, slot));
  const placed = slots.filter((one) => one !== undefined);
  const { pieces, bytes } = placeAll(placed);
  const bySlot = slots.map((one) => (one ? pieces[placed.indexOf(one)] : undefined));
  return parts.map(({ segment, flows, schedule }, part) => {
    const own = bySlot.map((piece, slot) => (needs[part][slot] ? piece : undefined));
    return {
      schedule,
      flows: flows.flows.map((_, flow) => own[SLOTS * flow]),
      replaced: flows.flows.map((_, flow) => replacedBy(segment, flows, schedule, flow)),
      stages: flows.stages.map((_, stage) => {
        const at = SLOTS * (stage + 1);
        return { lines: own[at + 1], scratch: own[at + 2], total: own[at + 3] };
      }),
      pieces: own.filter((one) => one !== undefined),
      bytes,
    };
  });
}

/** Needs of a flow and of the stage that computes it: its rows between stages; lines, scratch and total. */
const SLOTS = 4;

function needsOf({ segment, flows, schedule }: Paced): (Need | undefined)[] {
  const needs: (Need | undefined)[] = [];
  for (let flow = 0; flow < flows.flows.length; flow++) {
    needs.push(needOf(segment, flows, schedule, flow));
    if (flow === 0) needs.push(undefined, undefined, undefined);
    else needs.push(...stageNeeds(segment, flows, schedule, flow - 1));
  }
  return needs;
}

function largest(needs: readonly (readonly (Need | undefined)[])[], slot: number): Need | undefined {
  let most: Need | undefined;
  for (const part of needs) {
    const need = part[slot];
    if (need && need.bytes > (most?.bytes ?? 0)) most = need;
  }
  return most;
}

function stageNeeds(segment: Segment, flows: Flows, { timings }: Schedule, stage: number): Need[] {
  const { name } = segment.stages[stage].layer.operation;
  const { window, lines, image, inputs, streamed, total, scratch } = flows.stages[stage];
  const at = timings[stage + 1].rows;
  const now = computing(stage + 1);
  const work = scratch(at);
  const lineRows = (at - 1) * window.stride + window.size;
  const bytes = lines ? lineBytes(lines, image.channels, lineRows) : 0;
  const source = inputs[streamed].name;
  const always = Infinity;
  return [
    { name: source, kind: "lines", bytes, rows: lineRows, from: 0, to: always },
    { name, kind: "work", bytes: work, rows: undefined, from: now, to: now },
    { name, kind: "work", bytes: total ?? 0, rows: undefined, from: 0, to: always },
  ];
}

/**
 * The flow whose lowest row under the window is replaced by the row of results, which is taken as it comes; undefined: those have
 * memory of their own.
 */
function replacedBy(segment: Segment, { flows, stages }: Flows, { timings }: Schedule, index: number) {
  if (index === 0 || index === flows.length - 1 || segment.within) return undefined;
  const { inputs, kernel } = segment.stages[index - 1];
  const { window, streamed } = stages[index - 1];
  const source = flowOf(inputs[streamed])!;
  if (!kernel.replaces || window.size === 1 || window.stride !== 1) return undefined;
  if (source === 0 && !segment.fed) return undefined;
  const { readers, tensor, encoding } = flows[source];
  const [made, read] = [timings[source], timings[index]];
  if (made.rows !== 1 || read.rows !== 1 || readers.length !== 1 || encoding === undefined) return undefined;
  // Above the image there is no row to let go; its place is free as long as no row below the window has arrived.
  const newest = Math.floor((read.first - made.first) / made.every);
  if (newest !== window.size - 1 - window.before) return undefined;
  const rows = capacityOf(readers, made, timings);
  const result = flows[index];
  if (rows < window.size || rows >= tensor.height || result.tensor.row !== tensor.row) return undefined;
  if (result.encoding === undefined || result.tensor.dtype !== tensor.dtype) return undefined;
  return result.readers.every((one) => isAtOnce(one, read, timings[one.stage + 1])) ? source : undefined;
}

/** The rows of a flow between its stages. */
function needOf(segment: Segment, all: Flows, schedule: Schedule, index: number): Need | undefined {
  if (replacedBy(segment, all, schedule, index) !== undefined) return undefined;
  const { fed } = segment;
  const { flows } = all;
  const { timings } = schedule;
  const { encoding, readers, tensor } = flows[index];
  const made = timings[index];
  const isResult = index === flows.length - 1;
  if (isResult || encoding === undefined || (index === 0 && !fed)) return undefined;
  const { name } = tensor;
  const isShort = readers.every((reader) => isAtOnce(reader, made, timings[reader.stage + 1]));
  if (!isShort) {
    const rows = capacityOf(readers, made, timings);
    return { name, kind: "ring", rows, bytes: rows * tensor.bytes, from: 0, to: Infinity };
  }
  // The caller's row is at hand by itself.
  if (index === 0) return undefined;
  let last = unpacking(index);
  for (const { form, stage } of readers) if (form !== "lines") last = Math.max(last, computing(stage + 1));
  const { rows } = made;
  return { name, kind: "rows", rows, bytes: rows * tensor.bytes, from: computing(index), to: last };
}

/** Whether rows are read in the tick that they are made in, and never again. */
function isAtOnce({ form, window }: Reader, made: Timing, read: Timing): boolean {
  if (form === "lines") return true;
  return form === "rows" && read.first === made.first && (read.rows - 1) * window.stride < made.rows;
}

/** Rows of a ring: neither those that are written at once nor those that are read as a block pass its end. */
function capacityOf(readers: Flow["readers"], made: Timing, timings: readonly Timing[]): number {
  let rows = made.rows;
  let multiple = made.rows;
  for (const { form, window, stage } of readers) {
    if (form === "lines") continue;
    const read = timings[stage + 1];
    rows = Math.max(rows, rowsBetween(made, read, window.stride, window.before));
    if (form === "rows" && read.rows > 1) multiple = leastCommonMultiple(multiple, read.rows * window.stride);
  }
  return Math.ceil(rows / multiple) * multiple;
}

/** Most rows from the lowest one that a reader still needs, when rows are made, to the last of these. */
function rowsBetween(made: Timing, read: Timing, stride: number, before: number): number {
  let most = 0;
  // It repeats itself with every reading once a row has been let go.
  let left = 2 * Math.ceil(read.every / made.every);
  for (let i = 0; i < made.count && left > 0; i++) {
    const next = Math.max(0, Math.ceil((made.first + i * made.every - read.first) / read.every));
    if (next >= read.count) break;
    const lowest = next * read.rows * stride - before;
    most = Math.max(most, (i + 1) * made.rows - Math.max(0, lowest));
    if (lowest > 0) left--;
  }
  return most;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
