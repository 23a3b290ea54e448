/**
 * How far a segment's result may reach into a tensor that it reads (vMCU, MLSys 2024, section 4): when rows of the result are
 * written, what of the tensor is still to be read lies behind them.
 */

import { flowOf, type Flows, type Segment } from "./flow.js";
import type { Schedule, Timing } from "./schedule.js";

/** Reads of a tensor: from row max(0, i * step - before) on at tick first + i * every, 0 <= i < count. */
interface Reading {
  readonly first: number;
  readonly every: number;
  readonly count: number;
  readonly step: number;
  readonly before: number;
  /** By the stage that writes the result. */
  readonly isLast: boolean;
}

/**
 * The most bytes by which the result may begin behind the tensor's begin, for each of `values`; undefined: the tensor is not there, or is read again.
 * As many as the tensor has: it has been read when the result is written.
 */
export function overlapsOf(segment: Segment, flows: Flows, schedule: Schedule): (number | undefined)[] {
  return flows.tensors.map((tensor, index) => {
    if (!tensor || segment.within) return undefined;
    const whole = tensor.height * tensor.bytes;
    const readings = readingsOf(segment, flows, schedule, index);
    return readings.reduce(
      (least, one) => Math.min(least, distance(segment, flows, schedule, one, tensor.bytes)),
      whole,
    );
  });
}

function readingsOf(segment: Segment, flows: Flows, { timings }: Schedule, tensor: number): Reading[] {
  const last = segment.stages.length - 1;
  const found: Reading[] = [];
  for (const [stage, { inputs }] of segment.stages.entries()) {
    const { window, streamed, lines } = flows.stages[stage];
    const { first, every, count, rows } = timings[stage + 1];
    for (const [index, input] of inputs.entries()) {
      if (!("tensor" in input) || input.tensor !== tensor) continue;
      const isStreamed = index === streamed && flowOf(input) !== undefined;
      if (isStreamed && lines) {
        const end = (count * rows - 1) * window.stride + window.size - window.before;
        const unpacked = Math.min(end, flows.flows[0].tensor.height);
        found.push({ first: 0, every: 1, count: unpacked, step: 1, before: 0, isLast: false });
        continue;
      }
      const { stride, before } = isStreamed ? window : { stride: 1, before: 0 };
      found.push({ first, every, count, step: rows * stride, before, isLast: stage === last });
    }
  }
  return found;
}

function distance(
  { stages }: Segment,
  flows: Flows,
  { timings }: Schedule,
  reading: Reading,
  rowBytes: number,
): number {
  const last = stages.length - 1;
  if (flows.stages[last].total !== undefined) return Infinity;
  const result = timings[last + 1];
  const written = result.rows * flows.flows[last + 1].tensor.bytes;
  if (!reading.isLast) {
    const skipped = Math.floor((result.first - reading.first) / reading.every) + 1;
    return behind(result, reading, rowBytes, written, skipped, written);
  }
  const { kernel } = stages[last];
  if (kernel.reading === "before") return behind(result, reading, rowBytes, written, 1, written);
  // Value for value, in rows that are as long: each row may take its own place.
  const isAlong = rowBytes * reading.step === written && reading.before === 0 && kernel.reading === "along";
  return behind(result, reading, rowBytes, written, 0, isAlong ? 0 : written);
}

/**
 * The least of (the lowest byte that is still to be read) - (the end of what is written) over the result's events j. Reading
 * `j * ratio + skipped` is the first one after it.
 * @param written bytes at an event; `ends` bytes behind the begin of an event's rows nothing is written yet
 */
function behind(
  result: Timing,
  { every, count, step, before }: Reading,
  rowBytes: number,
  written: number,
  skipped: number,
  ends: number,
): number {
  // Every stage leads to the result: its events are a multiple apart.
  const ratio = result.every / every;
  const lastEvent = Math.min(result.count - 1, Math.ceil((count - skipped) / ratio) - 1);
  const at = (j: number): number => {
    const lowest = Math.max(0, Math.max(0, j * ratio + skipped) * step - before);
    return lowest * rowBytes - (j * written + ends);
  };
  if (lastEvent < 0) return Infinity;
  // Convex in j: least at an end, or where the first row is let go.
  const turn = (before / step - skipped) / ratio;
  const events = [0, Math.floor(turn), Math.ceil(turn), lastEvent];
  return Math.min(...events.map((j) => at(Math.min(lastEvent, Math.max(0, j)))));
}
