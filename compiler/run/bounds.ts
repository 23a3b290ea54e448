/** What a piece of code spends its cycles on. */

import { cyclesIn, type Timing } from "./measurement.js";
import type { MemoryName } from "./memories.js";

export interface Bound {
  /** The busiest resource, or `latencies` where none is busy half of the time. */
  readonly by:
    | "MAC issue"
    | "loads"
    | "stores"
    | "unpacking"
    | "issue slots"
    | "memory stalls"
    | "mispredictions"
    | "latencies";
  /** Of the cycles, 0 to 1; of `latencies`: those that the busiest resource idles. */
  readonly share: number;
}

/** Of a mispredicted branch; 6 of some (runtime-c/emulator/plugin/timing.c). */
const mispredictionCycles = 8;

/** MACs are what the layer is for: where they are nearly the busiest, they are the bound. */
const nearly = 0.9;

/** The core issues two instructions a cycle, one of them a MAC, one of the DSP class; nearly always one load, and one store. */
export function boundOf(instructions: number, timing: Timing, memory: MemoryName): Bound {
  const { classes, mispredictions } = timing;
  const total = cyclesIn(timing, memory);
  const macs = classes.mul + classes.dualmac;
  const busy: readonly (readonly [Bound["by"], number])[] = [
    ["MAC issue", macs],
    ["issue slots", instructions / 2],
    ["loads", classes.ldw + classes.ldb_h + classes.ldm_d],
    ["stores", classes.st + classes.stm_d],
    ["unpacking", classes.dsp],
    ["memory stalls", total - timing.cycles],
    ["mispredictions", mispredictions * mispredictionCycles],
  ];
  const [by, cycles] = busy.reduce((most, one) => (one[1] > most[1] ? one : most));
  if (macs >= nearly * cycles && macs >= total / 2) return { by: "MAC issue", share: macs / total };
  // Two loads of different banks take one cycle.
  const share = Math.min(1, cycles / total);
  return share >= 0.5 ? { by, share } : { by: "latencies", share: 1 - share };
}
