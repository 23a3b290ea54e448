/** When the words of a group are loaded: beside its products, one a cycle, as late as their latency allows. */

import { groupSteps, type Step } from "./taps.js";
import type { Axes } from "./axes.js";
import type { Part } from "./padding.js";

export const lineKey = ({ row, product }: Step): string => `x${row}_${product.word}`;
export const weightKey = ({ row, product }: Step): string => `w${row}_${product.pair}`;
export const sumKey = ({ product }: Step): string => `acc${product.output}`;

/** Products between a load and the multiplication of what it loads. */
const LATENCY = 2;
/** How much earlier than that, where other loads are in the way; less takes fewer registers. */
const EARLY = [3, 1, 0];

/** The constants of requantisation are loaded before the last products. */
export const PREPARED = 2;
const CONSTANTS = 2;

export interface Plan {
  readonly steps: readonly Step[];
  /** Keys by the product beside which they are loaded. */
  readonly beside: ReadonlyMap<number, readonly string[]>;
  /** Keys that are loaded before the first product. */
  readonly before: readonly string[];
  /** Most registers for words and sums at a time. */
  readonly registers: number;
}

const known = new Map<string, readonly Plan[]>();

/** The first plan with no more than `most` registers, else the one with the fewest. */
export function planGroup(
  { along, across }: Axes,
  outputs: number,
  most: number,
  part: Part = { row: 0, rows: across.taps, low: 0, high: Infinity },
): Plan {
  const key = [part.rows, part.low, part.high, along.taps, along.stride, outputs].join();
  let plans = known.get(key);
  if (!plans) {
    const steps = groupSteps(along.taps, along.stride, outputs, part);
    known.set(key, (plans = EARLY.map((early) => planOf(steps, early))));
  }
  const fewest = plans.reduce((best, one) => (one.registers < best.registers ? one : best));
  return plans.find(({ registers }) => registers <= most) ?? fewest;
}

function planOf(steps: readonly Step[], early: number): Plan {
  const deadlines = new Map<string, number>();
  const last = new Map<string, number>();
  steps.forEach((step, at) => {
    for (const key of [lineKey(step), weightKey(step)]) {
      if (!deadlines.has(key)) deadlines.set(key, at - LATENCY);
      last.set(key, at);
    }
    // The addend is needed late.
    if (!deadlines.has(sumKey(step))) deadlines.set(sumKey(step), at);
    last.set(sumKey(step), steps.length);
  });
  const cycles = new Map<string, number>();
  const taken = new Set<number>();
  for (const [key, deadline] of [...deadlines].sort((a, b) => b[1] - a[1])) {
    let cycle = deadline;
    while (cycle > deadline - early && taken.has(cycle)) cycle--;
    if (taken.has(cycle)) cycle = deadline;
    taken.add(cycle);
    cycles.set(key, cycle);
  }
  const beside = new Map<number, string[]>();
  const before: string[] = [];
  for (const [key, cycle] of [...cycles].sort((a, b) => a[1] - b[1])) {
    if (cycle < 0) before.push(key);
    else beside.set(cycle, [...(beside.get(cycle) ?? []), key]);
  }
  const held = steps.map((_, at) => {
    const words = [...cycles].filter(([key, from]) => from <= at && at <= last.get(key)!).length;
    return at >= steps.length - PREPARED ? words + CONSTANTS : words;
  });
  return { steps, beside, before, registers: held.reduce((most, one) => Math.max(most, one), 0) };
}
