/** The code of one kernel with its price: what 5-lower emits, and what 4-plan chooses by. */

import { elementBytes, type KernelFunction } from "../ir/loop.js";
import type { StepKernel } from "../ir/plan.js";
import { costOf } from "./cost.js";
import { withoutUnused } from "./unused.js";

export interface Generated {
  readonly code: KernelFunction;
  /** Predicted, of one call. */
  readonly cycles: number;
  /** Bytes of constants in flash. */
  readonly constantBytes: number;
  /** Estimated machine code, bytes. */
  readonly codeBytes: number;
}

/** Thumb-2 mixes two- and four-byte instructions. */
const BYTES_PER_INSTRUCTION = 3.6;

export function generate(kernel: StepKernel, granted: Parameters<StepKernel["lower"]>[0]): Generated {
  const generated = kernel.lower(granted);
  const code = { ...generated, body: withoutUnused(generated.body) };
  const { cycles, instructions } = costOf(code);
  return {
    code,
    cycles: Math.round(cycles),
    constantBytes: constantBytes(code),
    codeBytes: Math.round(instructions * BYTES_PER_INSTRUCTION),
  };
}

function constantBytes(code: KernelFunction): number {
  return code.constants.reduce((sum, { element, data }) => sum + elementBytes[element] * data.length, 0);
}
