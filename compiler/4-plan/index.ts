/**
 * 4-plan: with which kernel and when each layer runs, and where each tensor lives. Kernels, then order, then sharing
 * (views, in place), then lifetimes, then arenas and offsets; what stays free below the peak is offered to kernels as
 * scratch. Every plan is checked by verify.ts.
 */

import { generate } from "../5-lower/generate.js";
import type { Simplified } from "../ir/graph.js";
import type { Planned } from "../ir/plan.js";
import { arrange } from "./arrange.js";
import { Choices } from "./choose.js";
import { excessOf } from "./excess.js";
import type { Unit } from "./units.js";

/** Scratch beyond the peak that is tried, bytes. */
const SLACK = 4096;

/** A plan is better if cycles * arena^this is less: half the memory is worth a fiftieth of the speed. */
const WORTH_OF_MEMORY = 0.03;

/**
 * The best plan within the limits on memory.
 * @param units what computes the net's operations, in a topological order; default: the best choice
 */
export function plan(net: Simplified, units?: readonly Unit[]): Planned {
  if (units) return arrange(net, units);
  const plans = candidates(net).map((found) => ({ found, excess: excessOf(found) }));
  const least = Math.min(...plans.map(({ excess }) => excess));
  const allowed = plans.filter(({ excess }) => excess === least);
  // What is too large anyway is as small as can be: the diagnostics say how far it is off.
  if (least > 0) return allowed[0].found;
  const priced = allowed.map(({ found }) => ({ found, cost: costOf(found) }));
  return priced.reduce((best, one) => (one.cost < best.cost ? one : best)).found;
}

/**
 * From the fastest choice on: while the arena is larger than that of the leanest one, what stands at the peak gives way to a
 * kernel with less scratch, or a segment to its layers. The leanest one comes last.
 */
function candidates(net: Simplified): Planned[] {
  const choices = new Choices(net);
  const lean = arrange(net, choices.leanest());
  const found: Planned[] = [];
  for (;;) {
    const units = choices.fastest();
    const tight = arrange(net, units);
    found.push(tight, arrange(net, units, SLACK));
    const peak = tight.steps[tight.arena.peakStep];
    if (tight.arena.bytes <= lean.arena.bytes || !peak || !choices.forbid(peak.kernel))
      return [...found, lean];
  }
}

function costOf({ steps, buffers, biased, arena }: Planned): number {
  const cycles = steps.reduce((sum, { kernel, scratch, inPlace }) => {
    const granted = { scratch: scratch === undefined ? 0 : buffers[scratch].bytes, inPlace, biased };
    return sum + generate(kernel, granted).cycles;
  }, 0);
  return cycles * arena.bytes ** WORTH_OF_MEMORY;
}
