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
import { Homes, placeViews } from "./homes.js";
import { layerOf, type Unit } from "./units.js";

/** Word alignment: word loads are fastest there, and scratch holds int16 and floats. */
const BUFFER_ALIGN = 4;

export type UnplacedBuffer = Omit<Buffer, "memory" | "offset">;

export interface Sharing {
  readonly steps: readonly Step[];
  readonly buffers: readonly UnplacedBuffer[];
  readonly storage: ReadonlyMap<ValueId, Storage>;
}

/**
 * Views look at their input's buffer; a kernel that can works in place where nobody needs its input afterwards.
 * @param shrinks also if its result is smaller and lives on: the buffer keeps its size for as long
 */
export function shareStorage(net: Simplified, order: readonly Unit[], shrinks: boolean): Sharing {
  const homes = new Homes();
  const computed = placeViews(net, order, homes);
  const lastUse = lastUses(net, computed, homes);
  const extra: UnplacedBuffer[] = [];
  const add = (buffer: Omit<UnplacedBuffer, "id">): number => extra.push({ id: 0, ...buffer }) - 1;
  const steps = computed.map((unit, index): Step => {
    const { operations, inputs, output } = unit;
    const kernel = unit.kernel!;
    const { name } = operations[operations.length - 1];
    const target = inPlaceInput(net, unit, index, homes, lastUse, shrinks);
    if (target !== undefined) takePlace(output, target, homes, lastUse);
    const { least } = kernel.scratch(target !== undefined);
    return {
      operations,
      kernel,
      inputs: inputs.filter((value) => !net.values[value].constant),
      outputs: [output],
      state: operations
        .flatMap((operation) => statesOf(net, operation))
        .map((type) => add(stateBuffer(name, type, computed.length))),
      scratch: least > 0 ? add(scratchBuffer(name, least, index)) : undefined,
      inPlace: target !== undefined,
    };
  });
  return collect(net, steps, extra, homes, lastUse);
}

function statesOf(net: Simplified, operation: Operation): readonly TensorType[] {
  const { inputs, output, operator } = layerOf(net, operation);
  return operator.state?.(operation, inputs, output) ?? [];
}

/** Last step that reads or writes each root; network outputs are needed to the end. */
function lastUses(net: Simplified, steps: readonly Unit[], homes: Homes): Map<ValueId, number> {
  const last = new Map<ValueId, number>();
  const use = (value: ValueId, step: number) => {
    const root = homes.rootOf(value);
    last.set(root, Math.max(last.get(root) ?? 0, step));
  };
  steps.forEach(({ inputs, output }, step) => [...inputs, output].forEach((value) => use(value, step)));
  for (const { value } of net.outputs) use(value, steps.length - 1);
  return last;
}

/** The result lives where `target` does; what was said of its own memory holds of that. */
function takePlace(output: ValueId, target: ValueId, homes: Homes, lastUse: Map<ValueId, number>): void {
  const root = homes.rootOf(target);
  lastUse.set(root, Math.max(lastUse.get(root)!, lastUse.get(output) ?? 0));
  homes.place(output, target, 0);
}

/** The input whose memory the result takes, if the kernel can and it pays. */
function inPlaceInput(
  net: Simplified,
  { inputs, output, kernel }: Unit,
  step: number,
  homes: Homes,
  lastUse: ReadonlyMap<ValueId, number>,
  shrinks: boolean,
): ValueId | undefined {
  const size = bytes(net.values[output]);
  const apart = size + kernel!.scratch(false).least;
  if (homes.isPlaced(output) || kernel!.scratch(true).least >= apart) return undefined;
  const livesOn = (lastUse.get(output) ?? 0) > step + 1;
  const outputs = new Set(net.outputs.map(({ value }) => homes.rootOf(value)));
  /** Another operand is a different view of the same memory: it would change under the kernel's eyes. */
  const isSeenTwice = (value: ValueId) =>
    inputs.some((other) => other !== value && homes.rootOf(other) === homes.rootOf(value));
  return kernel!.inPlace.find((value) => {
    const root = homes.rootOf(value);
    const isFree = !net.values[value].constant && !outputs.has(root) && lastUse.get(root) === step;
    const isLarger = bytes(net.values[root]) > size;
    return (
      isFree && !isSeenTwice(value) && bytes(net.values[value]) >= size && (shrinks || !isLarger || !livesOn)
    );
  });
}

function scratchBuffer(layer: string, size: number, step: number): Omit<UnplacedBuffer, "id"> {
  return {
    name: `${layer} scratch`,
    bytes: size,
    align: BUFFER_ALIGN,
    first: step,
    last: step,
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
): Sharing {
  /** First step that writes each root; inputs are written before the run. */
  const born = new Map<ValueId, number>(net.inputs.map((value) => [value, 0]));
  steps.forEach(({ outputs }, step) => {
    for (const root of outputs.map((value) => homes.rootOf(value)))
      born.set(root, Math.min(born.get(root) ?? step, step));
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
  return { steps: placed, buffers: [...buffers, ...extra].map((buffer, id) => ({ ...buffer, id })), storage };
}
