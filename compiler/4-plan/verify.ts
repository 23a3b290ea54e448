/** Checks a plan from its steps alone, without the planner's lifetimes: nothing that is still needed is ever overwritten. */

import { bytes, type ValueId } from "../ir/graph.js";
import type { Planned } from "../ir/plan.js";

interface Range {
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

/** Throws on any fault; every build runs it. A fault is a bug of the planner. */
export function verifyPlan(net: Planned): void {
  const range = (value: ValueId): Range => {
    const storage = net.storage.get(value);
    if (!storage) throw new Error(`plan: ${net.values[value].name} has no place`);
    const start = net.buffers[storage.buffer].offset + storage.offset;
    return { what: net.values[value].name, start, end: start + bytes(net.values[value]) };
  };
  const inputs = net.values.map((_, value) => viewedValue(net, value));
  const neededAfter = (value: ValueId, step: number) =>
    net.outputs.some((output) => inputs[output.value] === value) ||
    net.steps.some((later, index) => index > step && later.inputs.some((one) => inputs[one] === value));
  const live = new Set<ValueId>(net.inputs);

  net.steps.forEach((step, index) => {
    const name = step.operations[0].name;
    for (const value of step.inputs) {
      if (!live.has(inputs[value]))
        throw new Error(`plan: ${name} reads ${net.values[value].name} before it exists`);
    }
    const scratch = step.scratch === undefined ? undefined : { ...net.buffers[step.scratch] };
    const written: Range[] = step.outputs.map(range);
    if (scratch)
      written.push({ what: scratch.name, start: scratch.offset, end: scratch.offset + scratch.bytes });
    written.forEach((one, i) => written.slice(i + 1).forEach((other) => apart(one, other)));
    for (const one of written) {
      if (one.start < 0 || one.end > net.arena.bytes)
        throw new Error(`plan: ${one.what} lies outside of the arena`);
      if (one.start % 4 !== 0) throw new Error(`plan: ${one.what} is not aligned`);
      for (const value of live) {
        const reads = step.inputs.some((input) => inputs[input] === value);
        const isResult = one !== written[step.outputs.length];
        // In place: the result takes exactly the place of an input that nobody needs any more.
        const takesOver =
          step.inPlace && isResult && reads && !neededAfter(value, index) && range(value).start === one.start;
        if ((reads || neededAfter(value, index)) && !takesOver) apart(one, range(value));
      }
    }
    step.outputs.forEach((value) => live.add(value));
    for (const value of live) if (!neededAfter(value, index)) live.delete(value);
  });
  for (const { value } of net.outputs) {
    if (!live.has(inputs[value])) throw new Error(`plan: output ${net.values[value].name} is never computed`);
  }
}

/** The computed value (or input) that a view looks at; itself where it is none. */
function viewedValue(net: Planned, value: ValueId): ValueId {
  const computed = new Set(net.steps.flatMap(({ outputs }) => outputs));
  let at = value;
  for (;;) {
    const view = net.operations.find(({ output }) => output === at && !computed.has(output));
    if (!view) return at;
    at = view.inputs[0];
  }
}

function apart(one: Range, other: Range): void {
  if (one.start < other.end && other.start < one.end)
    throw new Error(`plan: ${one.what} overlaps ${other.what}`);
}
