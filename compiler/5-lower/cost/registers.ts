/** Values that a sketch has no registers for: they are kept on the stack. */

import type { Operation } from "../machine/operation.js";
import { ordered } from "./issue.js";
import type { Node } from "./sketch.js";

/** r0 to r12 and lr, but for one that reloads go through. */
const REGISTERS = 13;
/** Without r0 to r3, ip and lr, which a called function may change. */
const SAVED = 8;

/** Operations that are scheduled together. */
const WINDOW = 256;

/** Of longer stretches the compiler moves more loads ahead than registers hold, by so many values. */
const LONG = { operations: 120, ahead: 12 } as const;

/** From where to where a value is needed, as places in the text. */
interface Interval {
  first: number;
  last: number;
}

/** Words of the stack that hold values, at the worst place; below 0: registers that are left there. */
export function spilledWords(nodes: readonly Node[]): number {
  const intervals = new Map<number, Interval>();
  const places: { readonly at: number; readonly room: number }[] = [];
  measure(nodes, 0, intervals, places);
  // Of every place: values alive before and behind it.
  const changes = new Map<number, number>();
  const change = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by);
  for (const { first, last } of intervals.values()) {
    change(first + 1, 1);
    change(last + 1, -1);
  }
  const rooms = new Map(places.map(({ at, room }) => [at, room]));
  let [alive, most] = [0, -REGISTERS];
  for (const at of [...new Set([...changes.keys(), ...rooms.keys()])].sort((a, b) => a - b)) {
    alive += changes.get(at) ?? 0;
    most = Math.max(most, alive - (rooms.get(at) ?? REGISTERS));
  }
  return most;
}

/** @returns the place behind the nodes */
function measure(
  nodes: readonly Node[],
  start: number,
  intervals: Map<number, Interval>,
  places: { at: number; room: number }[],
): number {
  let at = start;
  const touch = (index: number) => {
    const known = intervals.get(index);
    if (known) known.last = Math.max(known.last, at);
    else intervals.set(index, { first: at, last: at });
  };
  let stretch: Operation[] = [];
  // The compiler schedules before it gives out registers.
  const flush = () => {
    for (const { sources, result } of ordered(stretch, WINDOW)) {
      at++;
      sources.forEach(({ index }) => touch(index));
      if (result) touch(result.index);
    }
    if (stretch.length > LONG.operations) places.push({ at, room: REGISTERS - LONG.ahead });
    stretch = [];
  };
  for (const one of nodes) {
    if (one.kind === "operation") {
      stretch.push(one.operation);
      continue;
    }
    flush();
    at++;
    if (one.kind === "fixed") {
      one.reads.forEach(({ index }) => touch(index));
      places.push({ at, room: one.takes === "call" ? SAVED : Math.max(0, REGISTERS + 1 - one.takes) });
    } else if (one.kind === "branch") {
      at = measure(one.then, at, intervals, places);
      at = measure(one.otherwise, at, intervals, places);
    } else {
      const before = new Set(intervals.keys());
      const begin = at;
      at = measure(one.body, at, intervals, places);
      // What comes from outside is needed in every turn.
      for (const [index, interval] of intervals)
        if (before.has(index) && interval.last > begin) interval.last = at + 1;
      at++;
    }
  }
  flush();
  return at;
}
