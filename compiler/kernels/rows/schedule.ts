/**
 * When which rows of a segment are computed. Time passes in ticks: at tick t row t of the tensor that drives the segment arrives, and
 * after its last row time goes on until the last row below every image has been waited for. Everything is then affine: a stage
 * computes the same number of rows every so many ticks, as soon as the last row under its windows is there, inside of the
 * image or below it. So the code needs no more than the tick's number, and the same code serves rows that are fed.
 */

import { flowOf, type Flows, type Segment } from "./flow.js";

/** Rows `i * rows` .. `(i + 1) * rows - 1` are made at tick `first + i * every`, 0 <= i < count. */
export interface Timing {
  readonly first: number;
  readonly every: number;
  readonly rows: number;
  readonly count: number;
}

export interface Schedule {
  /** Of flows: [0] of the rows that drive, [k + 1] of stage k. Reductions: of the rows that they add. */
  readonly timings: readonly Timing[];
  /** Ticks until everything is done. */
  readonly end: number;
}

/** @param rows of the result at a time; undefined: the segment cannot run so */
export function schedule(segment: Segment, flows: Flows, rows: number): Schedule | undefined {
  const atOnce = rowsAtOnce(flows, rows);
  const needed = neededRows(segment, flows);
  const timings: Timing[] = [{ first: 0, every: 1, rows: 1, count: needed[0] }];
  for (const [stage, { inputs }] of segment.stages.entries()) {
    const { window, streamed, lines } = flows.stages[stage];
    const at = atOnce[stage + 1];
    if (needed[stage + 1] % at !== 0) return undefined;
    const step = at * window.stride;
    const source = timings[flowOf(inputs[streamed])!];
    if (step % source.rows !== 0) return undefined;
    const reach = (at - 1) * window.stride + window.size - 1 - window.before;
    const arrival = source.first + source.every * Math.floor(reach / source.rows);
    const every = (source.every * step) / source.rows;
    let first = Math.max(0, arrival);
    for (const [index, input] of inputs.entries()) {
      const flow = flowOf(input);
      if (index === streamed || flow === undefined) continue;
      const beside = segment.fed || flow > 0 ? timings[flow] : undefined;
      if (!beside) continue;
      if (at % beside.rows !== 0) return undefined;
      // Its rows keep pace.
      if ((beside.every * at) / beside.rows !== every) return undefined;
      first = Math.max(first, beside.first + beside.every * Math.floor((at - 1) / beside.rows));
    }
    // Lines move up when their rows are computed, not later.
    if (lines && first !== arrival) return undefined;
    timings.push({ first, every, rows: at, count: needed[stage + 1] / at });
  }
  const end = Math.max(...timings.map(lastTick)) + 1;
  return { timings, end };
}

export const lastTick = ({ first, every, count }: Timing): number => first + every * (count - 1);

/**
 * Only what is between the last window and the result is computed several rows at a time: the window's stage, and those that take its
 * rows as they come. Of others a window needs few rows at a time, and they would need more memory.
 */
function rowsAtOnce({ flows }: Flows, rows: number): readonly number[] {
  const result = flows.map(() => 1);
  result[flows.length - 1] = rows;
  for (let flow = flows.length - 2; flow > 0; flow--) {
    const isTaken = flows[flow].readers.every(
      ({ stage, form, window }) => form === "rows" && window.stride === 1 && result[stage + 1] === rows,
    );
    if (isTaken) result[flow] = rows;
  }
  return result;
}

/** Rows of each flow that somebody needs: the last ones may be under no window. At least one. */
function neededRows({ fed }: Segment, { flows, stages }: Flows): readonly number[] {
  const needed = flows.map(() => 1);
  needed[flows.length - 1] = stages[stages.length - 1].height;
  for (let flow = flows.length - 2; flow >= 0; flow--) {
    const { tensor, readers } = flows[flow];
    for (const { stage, window } of readers) {
      const end = (needed[stage + 1] - 1) * window.stride + window.size - window.before;
      needed[flow] = Math.max(needed[flow], Math.min(tensor.height, end));
    }
  }
  return fed ? [flows[0].tensor.height, ...needed.slice(1)] : needed;
}
