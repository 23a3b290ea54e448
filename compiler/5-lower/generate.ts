/** The code of one kernel with its price: what 5-lower emits, and what 4-plan chooses by. */

import { elementBytes, type KernelFunction } from "../ir/loop.js";
import type { Granted, StepKernel } from "../ir/plan.js";
import { CALL_CYCLES, costOf } from "./cost.js";
import { assembleFunction } from "./machine/index.js";
import { estimateStack } from "./stack.js";
import { stallsOf, type Placement } from "./stalls.js";
import { withoutUnused } from "./unused.js";

export interface Generated {
  readonly code: KernelFunction;
  /** Predicted, of one inference: on the board where it is known, else of the core. */
  readonly cycles: number;
  /** Predicted, with memory as fast as the core. */
  readonly coreCycles: number;
  /** Bytes of constants in flash. */
  readonly constantBytes: number;
  /** Estimated machine code, bytes. */
  readonly codeBytes: number;
  /** Of a run of the network, as far as this function goes: bytes. */
  readonly stackBytes: number;
}

/** @param placementOf where the function's data are; absent: cycles are the core's */
export function generate(
  kernel: StepKernel,
  granted: Granted,
  placementOf?: (code: KernelFunction) => Placement,
): Generated {
  const { code, cost } = priced(kernel, granted);
  const stalls = placementOf ? stallsOf(code, cost, placementOf(code)) : 0;
  return {
    code,
    cycles: Math.round(cost.cycles + stalls),
    coreCycles: Math.round(cost.cycles),
    constantBytes: constantBytes(code),
    codeBytes: Math.round(cost.bytes),
    stackBytes: estimateStack(cost.spilled, code.parameters.length),
  };
}

/** What a candidate costs, by its code. */
export interface Estimate {
  /** Of the core, one call. */
  readonly cycles: number;
  readonly constantBytes: number;
  readonly codeBytes: number;
}

/** What a candidate would cost. Its code is not kept: most are never chosen. */
export function estimate(kernel: StepKernel, granted: Granted): Estimate {
  return estimateFunction(kernel.lower(granted), granted.inPlace);
}

/** The same of a function of its own. @param inPlace whether its parameters may overlap */
export function estimateFunction(generated: KernelFunction, inPlace = false): Estimate {
  const { code, cost } = assemble(generated, inPlace);
  return {
    cycles: Math.round(cost.cycles),
    constantBytes: constantBytes(code),
    codeBytes: Math.round(cost.bytes),
  };
}

interface Priced {
  readonly code: KernelFunction;
  readonly cost: ReturnType<typeof costOf>;
}

/** The planner tries kernels with the same grants again and again. */
const known = new WeakMap<StepKernel, Map<string, Priced>>();

function priced(kernel: StepKernel, granted: Granted): Priced {
  const results = known.get(kernel) ?? new Map<string, Priced>();
  known.set(kernel, results);
  const { scratch, inPlace, biased } = granted;
  const key = [scratch, inPlace, ...kernel.values.map((value) => biased?.has(value) ?? false)].join();
  let found = results.get(key);
  if (!found) results.set(key, (found = price(kernel, granted)));
  return found;
}

function price(kernel: StepKernel, granted: Granted): Priced {
  return assemble(kernel.lower(granted), granted.inPlace);
}

function assemble({ whole, ...generated }: KernelFunction, inPlace: boolean): Priced {
  const used = { ...generated, body: withoutUnused(generated.body) };
  const code = assembleFunction(used, inPlace);
  const cost = costOf(code);
  if (!whole) return { code, cost };
  // In all calls the same happens as in one loop, which says how often.
  const { cycles, nodes, accesses } = assemble(whole.code, inPlace).cost;
  return { code, cost: { ...cost, cycles: cycles + whole.calls * CALL_CYCLES, nodes, accesses } };
}

function constantBytes(code: KernelFunction): number {
  return code.constants.reduce((sum, { element, data }) => sum + elementBytes[element] * data.length, 0);
}
