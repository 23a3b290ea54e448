/** 5-lower: every planned step becomes a function in loop IR, with its cost. */

import type { Lowered, LoweredStep, StateRange } from "../ir/lowered.js";
import type { Planned, Step } from "../ir/plan.js";
import { layerOf } from "../4-plan/units.js";
import { liveBytes } from "../4-plan/placement.js";
import { operatorOf } from "../ops/index.js";
import { generate } from "./generate.js";
import { estimateStack } from "./stack.js";

export function lower(net: Planned): Lowered {
  const live = liveBytes(net.buffers, net.steps.length);
  const lowered = net.steps.map((step, index) => lowerStep(net, step, live[index]));
  const sum = (of: (one: LoweredStep) => number) => lowered.reduce((total, one) => total + of(one), 0);
  const cycles = sum((one) => one.cycles);
  return {
    ...net,
    state: net.steps.flatMap((step) => stateOf(net, step)),
    lowered,
    totals: {
      macs: sum((one) => one.macs),
      cycles,
      seconds: cycles / net.board.clockHz,
      constantBytes: sum((one) => one.constantBytes),
      codeBytes: sum((one) => one.codeBytes),
      stackBytes: Math.max(0, ...lowered.map((one) => estimateStack(one.code))),
    },
  };
}

function lowerStep(net: Planned, step: Step, liveBytes: number): LoweredStep {
  const scratch = step.scratch === undefined ? undefined : net.buffers[step.scratch];
  const { name } = step.operations[step.operations.length - 1];
  const generated = generate(step.kernel, { scratch: scratch?.bytes ?? 0, inPlace: step.inPlace });
  const offsets = [...step.inputs, ...step.outputs].map((value) => {
    const { buffer, offset } = net.storage.get(value)!;
    return net.buffers[buffer].offset + offset;
  });
  offsets.push(...step.state.map((id) => net.buffers[id].offset));
  if (scratch) offsets.push(scratch.offset);
  if (offsets.length !== generated.code.parameters.length)
    throw new Error(`${name}: the kernel's parameters do not match its step`);
  return {
    ...generated,
    step,
    name,
    offsets,
    macs: macsOf(net, step),
    liveBytes,
    scratchBytes: scratch?.bytes ?? 0,
  };
}

function stateOf(net: Planned, step: Step): StateRange[] {
  const types = step.operations.flatMap((operation) => {
    const { inputs, output, operator } = layerOf(net, operation);
    return operator.state?.(operation, inputs, output) ?? [];
  });
  return types.map((type, i) => {
    const { offset, bytes } = net.buffers[step.state[i]];
    return { offset, bytes, fill: type.dtype === "int8" ? type.initial : 0 };
  });
}

function macsOf(net: Planned, step: Step): number {
  return step.operations.reduce((sum, operation) => {
    const { inputs, output } = layerOf(net, operation);
    return sum + operatorOf(operation).macs(operation, inputs, output);
  }, 0);
}
