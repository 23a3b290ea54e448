/** How a row of results is cut into groups that are computed together: as many as registers allow share the loads of their window. */

import { planGroup } from "./loads.js";
import type { Part } from "./padding.js";
import { rowProducts } from "./taps.js";
import type { Axes, Axis } from "./axes.js";

export interface Group {
  readonly outputs: number;
  /** Times it is repeated, side by side. */
  readonly turns: number;
}

export const REGISTERS = 14;
/** Of a group, besides what grows with its results; of a loop, its mispredicted exit. */
const GROUP_CYCLES = 5;
const LOOP_CYCLES = 9;
/** What the code of a product is worth in cycles a row: about six bytes, with its loads. */
const CODE_CYCLES = 0.1;

/** @param finish registers that requantisation takes beside the sums */
export function groupsOf(axes: Axes, finish: number): readonly Group[] {
  const { along } = axes;
  let most = 1;
  while (most < 8 && freeRegisters(axes, most + 1) >= 0 && FIXED + most + 1 + finish <= REGISTERS) most++;
  const candidates = [...unrolled(along, most), ...looped(along, most)];
  return candidates.reduce((best, one) => (cost(axes, one) < cost(axes, best) ? one : best));
}

/** The pointers to line and weights, and the counter of the innermost loop; that of a loop around it is kept in memory. */
export const FIXED = 3;

/** Registers for a group's words and sums. */
export const MOST_WORDS = REGISTERS - FIXED;

/** Registers that a group of as many results leaves. */
export function freeRegisters(axes: Axes, outputs: number, part?: Part): number {
  return MOST_WORDS - planGroup(axes, outputs, MOST_WORDS, part).registers;
}

/** All groups but the last one leave the next at an even column. */
function sizes({ stride }: Axis, most: number): number[] {
  const all = Array.from({ length: most }, (_, i) => most - i);
  return stride % 2 === 1 && most > 1 ? all.filter((one) => one % 2 === 0) : all;
}

function unrolled(along: Axis, most: number): Group[][] {
  const { output } = along;
  if (output <= most) return [[{ outputs: output, turns: 1 }]];
  return sizes(along, most)
    .filter((first) => output - first > 0 && output - first <= most)
    .map((first) => [
      { outputs: first, turns: 1 },
      { outputs: output - first, turns: 1 },
    ]);
}

function looped(along: Axis, most: number): Group[][] {
  const { output } = along;
  return sizes(along, most).flatMap((outputs) => {
    const all = Math.floor(output / outputs);
    return [all, all - 1]
      .filter((turns) => turns >= 1)
      .flatMap((turns): Group[][] => {
        const loop = { outputs, turns };
        const rest = output - turns * outputs;
        if (rest === 0) return [[loop]];
        if (rest <= most) return [[loop, { outputs: rest, turns: 1 }]];
        return sizes(along, most)
          .filter((next) => next < rest && rest - next <= most)
          .map((next) => [loop, { outputs: next, turns: 1 }, { outputs: rest - next, turns: 1 }]);
      });
  });
}

/** Of a row, besides its products. */
function cost(axes: Axes, groups: readonly Group[]): number {
  return groups.reduce((sum, { outputs, turns }) => {
    // More loads than products.
    const narrow = outputs < 3 ? axes.across.taps * (3 - outputs) : 0;
    // Every result has words of its own, and nothing to load them to.
    const crowded = axes.along.stride > 1 && freeRegisters(axes, outputs) < 1 ? 4 : 0;
    const loop = turns > 1 ? LOOP_CYCLES : 0;
    return sum + turns * (GROUP_CYCLES + narrow + crowded) + loop + CODE_CYCLES * productsOf(axes, outputs);
  }, 0);
}

function productsOf({ along, across }: Axes, outputs: number): number {
  return across.taps * rowProducts(along.taps, along.stride, outputs).length;
}

/** Of a row of results in a loop over rows. */
export function rowCycles(axes: Axes): number {
  const groups = groupsOf(axes, 3);
  const products = groups.reduce((sum, { outputs, turns }) => sum + turns * productsOf(axes, outputs), 0);
  return cost(axes, groups) + products + 1.5 * axes.along.output;
}
