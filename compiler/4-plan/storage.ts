/** Which values share memory, and how long each piece is needed. */

import { bytes, type Operation, type Simplified, type ValueId } from "../ir/graph.js";
import type { Buffer, Step, Storage } from "../ir/plan.js";
import type { Kernel } from "../kernels/kernel.js";
import { operatorOf } from "../ops/index.js";
import { kernelFor, layerOf } from "./step.js";

/** Word alignment: word loads are fastest there, and scratch holds int16 and floats. */
const BUFFER_ALIGN = 4;

export type UnplacedBuffer = Omit<Buffer, "offset">;

export interface Sharing {
  readonly steps: readonly Step[];
  readonly buffers: readonly UnplacedBuffer[];
  readonly storage: ReadonlyMap<ValueId, Storage>;
}

/** Views look at their input's buffer; a kernel that can works in place where nobody needs its input afterwards. */
export function shareStorage(net: Simplified, order: readonly Operation[]): Sharing {
  const root = new Map<ValueId, ValueId>();
  /** The value whose buffer a value is in, through views and results in place. */
  const rootOf = (value: ValueId): ValueId => {
    const next = root.get(value);
    return next === undefined ? value : rootOf(next);
  };
  const computed = order.filter((operation) => {
    if (!operatorOf(operation).isView) return true;
    root.set(operation.output, rootOf(operation.inputs[0]));
    return false;
  });
  // Views may stand anywhere in the order: roots are complete only now.
  const lastUse = lastUses(net, computed, rootOf);
  const steps: Step[] = [];
  const scratch: UnplacedBuffer[] = [];
  computed.forEach((operation, index) => {
    const layer = layerOf(net, operation);
    const kernel = kernelFor(layer);
    const target = inPlaceInput(net, operation, kernel, index, rootOf, lastUse);
    if (target !== undefined) {
      root.set(operation.output, target);
      lastUse.set(target, Math.max(lastUse.get(target)!, lastUse.get(operation.output) ?? index));
    }
    const least = kernel.scratch?.(layer, target !== undefined).least ?? 0;
    const inputs = operation.inputs.filter((value) => !net.values[value].constant);
    const step = {
      operations: [operation],
      kernel: kernel as unknown as Kernel,
      inputs,
      outputs: [operation.output],
    };
    steps.push({ ...step, inPlace: target !== undefined, scratch: least > 0 ? scratch.length : undefined });
    if (least > 0) scratch.push(scratchBuffer(operation.name, least, index));
  });
  return collect(net, steps, scratch, rootOf, lastUse);
}

/** Last step that reads each root; network outputs are needed to the end. */
function lastUses(
  net: Simplified,
  steps: readonly Operation[],
  rootOf: (value: ValueId) => ValueId,
): Map<ValueId, number> {
  const last = new Map<ValueId, number>();
  const use = (value: ValueId, step: number) =>
    last.set(rootOf(value), Math.max(last.get(rootOf(value)) ?? 0, step));
  steps.forEach(({ inputs, output }, step) => [...inputs, output].forEach((value) => use(value, step)));
  for (const { value } of net.outputs) use(value, steps.length - 1);
  return last;
}

/** The root whose memory the result takes, if the kernel can and it pays. */
function inPlaceInput(
  net: Simplified,
  operation: Operation,
  kernel: Kernel<any>,
  step: number,
  rootOf: (value: ValueId) => ValueId,
  lastUse: ReadonlyMap<ValueId, number>,
): ValueId | undefined {
  const layer = layerOf(net, operation);
  const size = bytes(layer.output);
  const outputs = new Set(net.outputs.map(({ value }) => rootOf(value)));
  const apart = size + (kernel.scratch?.(layer, false).least ?? 0);
  if ((kernel.scratch?.(layer, true).least ?? 0) >= apart) return undefined;
  for (const candidate of kernel.inPlace?.(layer) ?? []) {
    const value = operation.inputs[candidate];
    const rootValue = rootOf(value);
    if (net.values[value].constant || outputs.has(rootValue)) continue;
    if (lastUse.get(rootValue) === step && bytes(net.values[rootValue]) >= size) return rootValue;
  }
  return undefined;
}

function scratchBuffer(layer: string, size: number, step: number): UnplacedBuffer {
  return {
    id: 0,
    name: `${layer} scratch`,
    bytes: size,
    align: BUFFER_ALIGN,
    first: step,
    last: step,
    kind: "scratch",
  };
}

function collect(
  net: Simplified,
  steps: readonly Step[],
  scratch: readonly UnplacedBuffer[],
  rootOf: (value: ValueId) => ValueId,
  lastUse: ReadonlyMap<ValueId, number>,
): Sharing {
  const born = new Map<ValueId, number>(net.inputs.map((value) => [value, 0]));
  steps.forEach(({ outputs }, step) => outputs.forEach((value) => born.set(value, step)));
  const isInput = new Set(net.inputs);
  const isOutput = new Set(net.outputs.map(({ value }) => rootOf(value)));
  const ids = new Map<ValueId, number>();
  const buffers: UnplacedBuffer[] = [];
  for (const [value, first] of born) {
    if (rootOf(value) !== value) continue;
    const kind = isInput.has(value) ? "input" : isOutput.has(value) ? "output" : "activation";
    const { name } = net.values[value];
    ids.set(value, buffers.length);
    const last = Math.max(first, lastUse.get(value) ?? first);
    buffers.push({
      id: buffers.length,
      name,
      bytes: bytes(net.values[value]),
      align: BUFFER_ALIGN,
      first,
      last,
      kind,
    });
  }
  const storage = new Map<ValueId, Storage>();
  net.values.forEach((value, id) => {
    const buffer = ids.get(rootOf(id));
    if (!value.constant && buffer !== undefined) storage.set(id, { buffer, offset: 0 });
  });
  const placed = steps.map((step) =>
    step.scratch === undefined ? step : { ...step, scratch: buffers.length + step.scratch },
  );
  return {
    steps: placed,
    buffers: [...buffers, ...scratch].map((buffer, id) => ({ ...buffer, id })),
    storage,
  };
}
