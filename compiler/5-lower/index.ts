/** 5-lower: every planned step becomes a function in loop IR, with its cost. */

import type { Lowered, LoweredStep, Place, StateRange } from "../ir/lowered.js";
import { bytes, rowBytes } from "../ir/graph.js";
import type { KernelFunction } from "../ir/loop.js";
import { grantOf, type BufferId, type Planned, type Step } from "../ir/plan.js";
import { layerOf } from "../4-plan/units.js";
import { occupiedBytes } from "../4-plan/bound.js";
import { operatorOf } from "../ops/index.js";
import { generate, type Generated } from "./generate.js";
import { argumentCount, callBytes, sharedFunctions } from "./sharing.js";
import { estimateStack } from "./stack.js";

export function lower(net: Planned): Lowered {
  const live = occupiedBytes(net.buffers, net.steps.length);
  const lowered = share(net.steps.map((step, index) => lowerStep(net, step, live[index])));
  const sum = (of: (one: LoweredStep) => number) => lowered.reduce((total, one) => total + of(one), 0);
  const cycles = sum((one) => one.cycles);
  return {
    ...net,
    state: net.steps.flatMap((step) => stateOf(net, step)),
    lowered,
    totals: {
      macs: sum((one) => one.macs),
      cycles,
      coreCycles: sum((one) => one.coreCycles),
      seconds: cycles / net.board.clockHz,
      constantBytes: sum((one) => one.constantBytes),
      codeBytes: sum((one) => one.codeBytes),
      stackBytes: Math.max(8, ...lowered.map((one) => one.stackBytes)),
    },
  };
}

/** The code of a step of a plan, priced where its data are. */
export function generateStep(net: Planned, step: Step): Generated {
  return generate(step.kernel, grantOf(net, step), (code) => {
    const parameters = memoryOf(net, step, code).map(({ place, bytes }) => ({
      region: place?.memory,
      bytes,
    }));
    return { board: net.board, parameters };
  });
}

function lowerStep(net: Planned, step: Step, liveBytes: number): LoweredStep {
  const { name } = step.operations[step.operations.length - 1];
  const generated = generateStep(net, step);
  const places = memoryOf(net, step, generated.code).map(({ place }) => place);
  if (places.length !== generated.code.parameters.length)
    throw new Error(`${name}: the kernel's parameters do not match its step`);
  return {
    ...generated,
    step,
    name,
    places,
    macs: macsOf(net, step),
    liveBytes,
    scratchBytes: grantOf(net, step).scratch,
  };
}

/** Layers with the same code: all but the first are charged with their calls. The frame of the network's run fits its longest call. */
function share(steps: readonly LoweredStep[]): LoweredStep[] {
  const functions = sharedFunctions(steps.map(({ code, step }) => ({ code, inPlace: step.inPlace })));
  const most = Math.max(0, ...functions.map((one) => argumentCount(steps[one.members[0]].code, one)));
  const shared = new Map(
    functions.flatMap((one) => one.members.slice(1).map((index) => [index, one] as const)),
  );
  return steps.map((step, index) => {
    const { code, codeBytes, stackBytes } = step;
    const frame = estimateStack(0, most) - estimateStack(0, code.parameters.length);
    const of = shared.get(index);
    return {
      ...step,
      codeBytes: of ? callBytes(code, of.numbers.length) : codeBytes,
      stackBytes: stackBytes + frame,
    };
  });
}

/** What the parameters point to, in order: where it begins, and how much is there. */
function memoryOf(
  net: Planned,
  step: Step,
  { scratch = [0] }: KernelFunction,
): { place: Place | undefined; bytes: number }[] {
  const inside = (buffer: BufferId, start: number, end?: number) => {
    const { memory, offset, bytes } = net.buffers[buffer];
    return { place: { memory, offset: offset + start }, bytes: (end ?? bytes) - start };
  };
  const values = [...step.inputs, ...step.outputs].map((value) => {
    if (value === step.feeds) return { place: undefined, bytes: rowBytes(net.values[value]) };
    const { buffer, offset } = net.storage.get(value)!;
    return inside(buffer, offset, offset + bytes(net.values[value]));
  });
  const state = step.state.map((id) => inside(id, 0));
  if (step.scratch === undefined) return [...values, ...state];
  const parts = scratch.map((start) => {
    const end = scratch.filter((other) => other > start).reduce((a, b) => Math.min(a, b), Infinity);
    return inside(step.scratch!, start, end === Infinity ? undefined : end);
  });
  return [...values, ...state, ...parts];
}

function stateOf(net: Planned, step: Step): StateRange[] {
  const types = step.operations.flatMap((operation) => {
    const { inputs, output, operator } = layerOf(net, operation);
    return operator.state?.(operation, inputs, output) ?? [];
  });
  // The last one of a fed step is the number of its next row: 0.
  return step.state.map((id, i) => {
    const { offset, bytes } = net.buffers[id];
    return { offset, bytes, fill: types[i]?.dtype === "int8" ? types[i].initial : 0 };
  });
}

function macsOf(net: Planned, step: Step): number {
  return step.operations.reduce((sum, operation) => {
    const { inputs, output } = layerOf(net, operation);
    return sum + operatorOf(operation).macs(operation, inputs, output);
  }, 0);
}
