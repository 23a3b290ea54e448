/** What a network uses of each quantity, and who uses most of it. */

import type { Span } from "../../dsl/graph.js";
import type { Operation } from "../ir/graph.js";
import type { Lowered, LoweredStep } from "../ir/lowered.js";
import { arenasOf, type Buffer } from "../ir/plan.js";
import type { Limit, Quantity } from "./limits.js";

/** In bytes, seconds, joules or counts; undefined: the board does not state its power. */
export function usageOf(
  net: Lowered,
  { quantity, region }: Pick<Limit, "quantity" | "region">,
): number | undefined {
  const { totals, board } = net;
  switch (quantity) {
    case "sram":
      return arenasOf(net)
        .filter(({ memory }) => region === undefined || region === memory)
        .reduce((sum, { bytes }) => sum + bytes, 0);
    case "flash":
      return totals.constantBytes + totals.codeBytes;
    case "stack":
      return totals.stackBytes;
    case "macs":
      return totals.macs;
    case "latency":
      return totals.seconds;
    case "energy":
      return board.activePower && totals.seconds * board.activePower.watts;
  }
}

/** A step's part of a quantity; undefined where steps have no part of their own. */
export const shareOf: Record<Quantity, ((step: LoweredStep) => number) | undefined> = {
  sram: (step) => step.liveBytes,
  flash: (step) => step.constantBytes,
  stack: undefined,
  macs: (step) => step.macs,
  latency: (step) => step.cycles,
  energy: (step) => step.cycles,
};

/** The layer's name: of its operation, or of the function where several are one step. */
export function layerName({ step, name }: LoweredStep): string {
  return step.operations.length === 1 ? step.operations[0].name : name;
}

/** Where a step's layer is in the model file. */
export function layerPlace({ step }: LoweredStep): Span | undefined {
  return step.operations.map(operationPlace).find((place) => place !== undefined);
}

function operationPlace({ site, from }: Operation): Span | undefined {
  return site?.at ?? from?.find((one) => one.site !== undefined)?.site?.at;
}

/** A buffer that is alive during a step, and the layer that filled it last. */
export interface Tenant {
  readonly buffer: Buffer;
  readonly name: string;
  readonly shape?: readonly number[];
  readonly place?: Span;
}

/** Who is live in a memory during step `index`, largest first. */
export function tenantsAt(net: Lowered, index: number, memory: string): Tenant[] {
  const live = net.buffers.filter(
    (buffer) => buffer.first <= index && index <= buffer.last && buffer.memory === memory,
  );
  return live.map((buffer) => tenantOf(net, buffer, index)).sort((a, b) => b.buffer.bytes - a.buffer.bytes);
}

function tenantOf(net: Lowered, buffer: Buffer, index: number): Tenant {
  const user = net.lowered.find(({ step }) => step.scratch === buffer.id);
  if (user !== undefined) return { buffer, name: buffer.name, place: layerPlace(user) };
  // A buffer may hold several values in turn (in-place results, views); the one written last before the step is there now.
  let latest: { readonly value: number; readonly written: number } | undefined;
  for (const [value, storage] of net.storage) {
    if (storage.buffer !== buffer.id) continue;
    const written = net.steps.findIndex((step) => step.outputs.includes(value));
    if (written <= index && (latest === undefined || written > latest.written)) latest = { value, written };
  }
  if (latest === undefined) return { buffer, name: buffer.name };
  const value = net.values[latest.value];
  const place = latest.written < 0 ? undefined : layerPlace(net.lowered[latest.written]);
  return { buffer, name: value.name, shape: value.shape, place: place ?? value.site?.at };
}
