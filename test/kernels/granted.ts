/** One kernel of a single-layer network, lowered with given grants and run here: guards around its memory must not change. */

import type { Simplified } from "../../compiler/ir/graph.js";
import { bytes } from "../../compiler/ir/graph.js";
import type { Lowered } from "../../compiler/ir/lowered.js";
import type { KernelFunction } from "../../compiler/ir/loop.js";
import { withoutUnused } from "../../compiler/5-lower/unused.js";
import type { Granted } from "../../compiler/ir/plan.js";
import { kernelsOf, layerOf } from "../../compiler/4-plan/units.js";
import { prepare } from "../../compiler/run/javascript.js";

const GUARD = 64;
const PATTERN = 0x55;

export interface GrantedRun {
  readonly code: KernelFunction;
  readonly run: (input: Int8Array) => Int8Array;
}

/** @param name of the kernel, which must fit the network's only layer */
export function lowerGranted(net: Simplified, name: string, granted: Granted): GrantedRun {
  const [operation] = net.operations;
  const kernel = kernelsOf(net, operation).find((one) => one.name === name);
  if (!kernel) throw new Error(`${name} does not fit`);
  const generated = kernel.lower(granted);
  const code = { ...generated, body: withoutUnused(generated.body) };
  const layer = layerOf(net, operation);
  const [input, output] = [bytes(layer.inputs[0]), bytes(layer.output)];
  const align = (at: number) => (at + 3) & ~3;
  const places: number[] = [GUARD];
  let end = align(GUARD + input) + GUARD;
  const outputAt = granted.inPlace ? GUARD : end;
  if (!granted.inPlace) end = align(end + output) + GUARD;
  places.push(outputAt);
  const scratchAt = end;
  if (code.parameters.length > 2) {
    places.push(scratchAt);
    end = align(end + granted.scratch) + GUARD;
  }
  const memory = "RAM";
  const fake = {
    arena: { bytes: end, memory },
    lowered: [{ code, step: {}, places: places.map((offset) => ({ memory, offset })) }],
    values: net.values,
    inputs: [0],
    outputs: [{ value: 1 }],
    storage: new Map(places.slice(0, 2).map((_, i) => [i, { buffer: i, offset: 0 }])),
    buffers: places.slice(0, 2).map((offset) => ({ offset, memory })),
    state: [],
  } as unknown as Lowered;
  const prepared = prepare(fake);
  const used = [
    [GUARD, GUARD + Math.max(input, granted.inPlace ? output : 0)],
    [outputAt, outputAt + output],
    [scratchAt, scratchAt + granted.scratch],
  ];
  const isGuard = (at: number) => !used.some(([from, to]) => from <= at && at < to);
  return {
    code,
    run(data) {
      prepared.memory.int8.fill(PATTERN, 0, end);
      const [result] = prepared.run([data]);
      for (let at = 0; at < end; at++) {
        if (isGuard(at) && prepared.memory.int8[at] !== PATTERN) throw new Error(`${name} wrote at ${at}`);
      }
      return result as Int8Array;
    },
  };
}
