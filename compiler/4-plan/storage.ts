/** Which values share memory, and how long each piece is needed. */

import {
  bytes,
  bytesPerElement,
  type Operation,
  type Simplified,
  type TensorType,
  type ValueId,
} from "../ir/graph.js";
import type { Buffer, Step, Storage } from "../ir/plan.js";
import type { Overlap } from "./conflicts.js";
import { fedInput, nextRow } from "./feeds.js";
import { Homes, placeViews } from "./homes.js";
import { isBetterOver, leastScratch, reachesOf, type Reach } from "./overlaps.js";
import { layerOf, type Unit } from "./units.js";

/** Word alignment: word loads are fastest there, and scratch holds int16 and floats. */
export const BUFFER_ALIGN = 4;

export type UnplacedBuffer = Omit<Buffer, "memory" | "offset">;

export interface Sharing {
  readonly steps: readonly Step[];
  readonly buffers: readonly UnplacedBuffer[];
  readonly storage: ReadonlyMap<ValueId, Storage>;
  readonly overlaps: readonly Overlap[];
}

/**
 * Views look at their input's buffer; a kernel that can works in place, or writes over its input, where nobody needs that
 * afterwards.
 * @param shrinks also if its result is smaller and lives on, where it may be in the way of others
 */
export function shareStorage(net: Simplified, order: readonly Unit[], shrinks: boolean): Sharing {
  const homes = new Homes();
  const computed = placeViews(net, order, homes);
  const lastFed = computed.filter((unit) => fedInput(net, unit) !== undefined).length - 1;
  const lastUse = lastUses(net, computed, homes, lastFed);
  const extra: UnplacedBuffer[] = [];
  const add = (buffer: Omit<UnplacedBuffer, "id">): number => extra.push({ id: 0, ...buffer }) - 1;
  const reaches: Reach[] = [];
  const steps = computed.map((unit, index): Step => {
    const { operations, inputs, output } = unit;
    const kernel = unit.kernel!;
    const { name } = operations[operations.length - 1];
    const feeds = fedInput(net, unit);
    const dying = dyingInputs(net, unit, index, homes, lastUse, lastFed);
    const target = inPlaceInput(net, unit, index, dying, homes, lastUse, shrinks);
    if (target === undefined) reaches.push(...reachesOf(unit, index, dying, homes));
    else if (homes.of(target).offset > 0) takePlace(output, target, homes, lastUse);
    else reaches.push({ step: index, input: target, output, most: 0, inPlace: true });
    const least = leastScratch(kernel, target !== undefined);
    return {
      operations,
      kernel,
      inputs: inputs.filter((value) => !net.values[value].constant),
      outputs: [output],
      state: [
        ...operations.flatMap((operation) => statesOf(net, operation)),
        ...(feeds === undefined ? [] : [nextRow]),
      ].map((type) => add(stateBuffer(name, type, computed.length))),
      scratch: least > 0 ? add(scratchBuffer(name, least, index, lastFed)) : undefined,
      inPlace: target !== undefined,
      ...(feeds === undefined ? {} : { feeds }),
    };
  });
  return collect(net, steps, extra, homes, lastUse, reaches);
}

function statesOf(net: Simplified, operation: Operation): readonly TensorType[] {
  const { inputs, output, operator } = layerOf(net, operation);
  return operator.state?.(operation, inputs, output) ?? [];
}

/** Last step that reads or writes each root; network outputs are needed to the end. Fed steps last until the last of them. */
function lastUses(
  net: Simplified,
  steps: readonly Unit[],
  homes: Homes,
  lastFed: number,
): Map<ValueId, number> {
  const last = new Map<ValueId, number>();
  const use = (value: ValueId, step: number) => {
    const root = homes.rootOf(value);
    last.set(root, Math.max(last.get(root) ?? 0, step));
  };
  steps.forEach(({ inputs, output }, step) =>
    [...inputs, output].forEach((value) => use(value, Math.max(step, lastFed))),
  );
  for (const { value } of net.outputs) use(value, steps.length - 1);
  return last;
}

/** The result becomes a part of the buffer of `target`, a slice of something larger, and that lives on for it. */
function takePlace(output: ValueId, target: ValueId, homes: Homes, lastUse: Map<ValueId, number>): void {
  const root = homes.rootOf(target);
  lastUse.set(root, Math.max(lastUse.get(root)!, lastUse.get(output) ?? 0));
  homes.place(output, target, 0);
}

/** Inputs that nobody needs after the step, and which no other operand shows: memory that the result may take. */
function dyingInputs(
  net: Simplified,
  { inputs }: Unit,
  step: number,
  homes: Homes,
  lastUse: ReadonlyMap<ValueId, number>,
  lastFed: number,
): ValueId[] {
  // Rows of several inputs come in any order: what one of their steps has read, another may read later.
  if (step <= lastFed && lastFed > 0) return [];
  const outputs = new Set(net.outputs.map(({ value }) => homes.rootOf(value)));
  return inputs.filter((value) => {
    const { constant, feed } = net.values[value];
    const root = homes.rootOf(value);
    // A different view of the same memory would change under the kernel's eyes.
    const isSeenTwice = inputs.some((other) => other !== value && homes.rootOf(other) === root);
    return !constant && !feed && !outputs.has(root) && lastUse.get(root) === step && !isSeenTwice;
  });
}

/** The input whose memory the result takes, if the kernel can and it pays. */
function inPlaceInput(
  net: Simplified,
  unit: Unit,
  step: number,
  dying: readonly ValueId[],
  homes: Homes,
  lastUse: ReadonlyMap<ValueId, number>,
  shrinks: boolean,
): ValueId | undefined {
  const { output } = unit;
  const kernel = unit.kernel!;
  const size = bytes(net.values[output]);
  const apart = size + leastScratch(kernel, false);
  if (homes.isPlaced(output) || leastScratch(kernel, true) >= apart) return undefined;
  const livesOn = (lastUse.get(output) ?? 0) > step + 1;
  return kernel.inPlace.find((value) => {
    const isLarger = bytes(net.values[homes.rootOf(value)]) > size;
    return (
      dying.includes(value) &&
      bytes(net.values[value]) >= size &&
      (shrinks || !isLarger || !livesOn) &&
      !isBetterOver(net, unit, value)
    );
  });
}

/** Fed steps keep theirs from row to row. */
function scratchBuffer(
  layer: string,
  size: number,
  step: number,
  lastFed: number,
): Omit<UnplacedBuffer, "id"> {
  const isFed = step <= lastFed;
  return {
    name: `${layer} scratch`,
    bytes: size,
    align: BUFFER_ALIGN,
    first: isFed ? 0 : step,
    last: isFed ? lastFed : step,
    kind: "scratch",
  };
}

/** Alive all the time, between runs too. */
function stateBuffer(layer: string, type: TensorType, steps: number): Omit<UnplacedBuffer, "id"> {
  return {
    name: `${layer} state`,
    bytes: bytes(type),
    align: BUFFER_ALIGN,
    first: 0,
    last: steps - 1,
    kind: "state",
  };
}

function collect(
  net: Simplified,
  steps: readonly Step[],
  extra: readonly UnplacedBuffer[],
  homes: Homes,
  lastUse: ReadonlyMap<ValueId, number>,
  reaches: readonly Reach[],
): Sharing {
  /** First step that writes each root; inputs are written before the run. */
  const whole = net.inputs.filter((value) => net.values[value].feed === undefined);
  const born = new Map<ValueId, number>(whole.map((value) => [value, 0]));
  steps.forEach(({ outputs, feeds }, step) => {
    const from = feeds === undefined ? step : 0;
    for (const root of outputs.map((value) => homes.rootOf(value)))
      born.set(root, Math.min(born.get(root) ?? from, from));
  });
  const isOutput = new Set(net.outputs.map(({ value }) => homes.rootOf(value)));
  const ids = new Map<ValueId, number>();
  const buffers: UnplacedBuffer[] = [];
  for (const [value, first] of born) {
    const kind = net.inputs.includes(value) ? "input" : isOutput.has(value) ? "output" : "activation";
    const { name, dtype } = net.values[value];
    ids.set(value, buffers.length);
    const last = Math.max(first, lastUse.get(value) ?? first);
    const align = Math.max(BUFFER_ALIGN, bytesPerElement[dtype]);
    buffers.push({ id: 0, name, bytes: bytes(net.values[value]), align, first, last, kind });
  }
  const storage = new Map<ValueId, Storage>();
  net.values.forEach((value, id) => {
    const { root, offset } = homes.of(id);
    const buffer = ids.get(root);
    if (!value.constant && buffer !== undefined) storage.set(id, { buffer, offset });
  });
  const place = (id: number) => buffers.length + id;
  const placed = steps.map((step) => ({
    ...step,
    state: step.state.map(place),
    scratch: step.scratch === undefined ? undefined : place(step.scratch),
  }));
  const overlaps = reaches.map(({ step, input, output, most, inPlace }): Overlap => {
    const { buffer, offset } = storage.get(input)!;
    const end = offset + bytes(net.values[input]);
    return { step, input: buffer, output: storage.get(output)!.buffer, most: offset + most, end, inPlace };
  });
  return {
    steps: placed,
    buffers: [...buffers, ...extra].map((buffer, id) => ({ ...buffer, id })),
    storage,
    overlaps,
  };
}
