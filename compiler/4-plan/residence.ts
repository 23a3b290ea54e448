/** What is in memory besides a stretch of the order's operations while it runs. */

import { bytes, type Operation, type Simplified, type ValueId } from "../ir/graph.js";
import { roundUp } from "./bound.js";
import { Homes, placeViews } from "./homes.js";
import { BUFFER_ALIGN } from "./storage.js";
import { layerOf, unitOf } from "./units.js";

/** Around operations `first` .. `end` - 1 of the order. */
export interface Surroundings {
  /** Bytes of what is neither theirs nor read for the last time by them. */
  readonly across: number;
  /** Tensors that they read for the last time, each with memory of its own, and not the network's outputs. */
  readonly dying: readonly ValueId[];
  /** Bytes of those, and of what they leave behind; fed inputs have none. */
  readonly read: number;
  readonly written: number;
}

interface Root {
  readonly value: ValueId;
  readonly bytes: number;
  /** Positions of the operations that write it first and need it last; -1: written before the run, Infinity: read after it. */
  readonly born: number;
  readonly dies: number;
  readonly isView: boolean;
}

/** Lifetimes of the tensors for an order of all operations. A query takes as long as there are tensors. */
export class Residence {
  readonly #roots: readonly Root[];
  readonly #state: number;
  /** Operations that are computed, rather than views or concatenations in place. */
  readonly computed: ReadonlySet<Operation>;

  constructor(
    private readonly net: Simplified,
    readonly order: readonly Operation[],
  ) {
    const homes = new Homes();
    const units = order.map((operation) => unitOf(operation));
    this.computed = new Set(placeViews(net, units, homes).map(({ operations }) => operations[0]));
    const born = new Map<ValueId, number>();
    const dies = new Map<ValueId, number>();
    const shared = new Set<ValueId>();
    for (const value of net.inputs) if (!net.values[value].feed) born.set(value, -1);
    order.forEach(({ inputs, output }, position) => {
      const result = homes.rootOf(output);
      if (result !== output) shared.add(result);
      const isFed = net.values[result].feed !== undefined;
      if (!isFed) born.set(result, Math.min(born.get(result) ?? position, position));
      for (const input of [...inputs, output]) dies.set(homes.rootOf(input), position);
    });
    for (const { value } of net.outputs) dies.set(homes.rootOf(value), Infinity);
    this.#roots = [...born].map(([value, at]) => ({
      value,
      bytes: roundUp(bytes(net.values[value]), BUFFER_ALIGN),
      born: at,
      dies: dies.get(value) ?? at,
      isView: shared.has(value),
    }));
    this.#state = order.reduce((sum, operation) => sum + stateBytes(net, operation), 0);
  }

  around(first: number, end: number): Surroundings {
    let [across, read, written] = [this.#state, 0, 0];
    const dying: ValueId[] = [];
    for (const root of this.#roots) {
      if (root.born >= end || root.dies < first) continue;
      if (root.born >= first) {
        if (root.dies >= end || end === first + 1) written += root.bytes;
      } else if (root.dies >= end) across += root.bytes;
      else {
        read += root.bytes;
        if (!root.isView) dying.push(root.value);
      }
    }
    return { across, dying, read, written };
  }

  /** Bytes of a tensor; fed inputs have none. */
  bytesOf(value: ValueId): number {
    const { feed, ...type } = this.net.values[value];
    return feed ? 0 : roundUp(bytes(type), BUFFER_ALIGN);
  }
}

function stateBytes(net: Simplified, operation: Operation): number {
  const { inputs, output, operator } = layerOf(net, operation);
  return (operator.state?.(operation, inputs, output) ?? []).reduce((sum, type) => sum + bytes(type), 0);
}
