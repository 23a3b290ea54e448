/** The order of execution with the least peak: dynamic programming over the sets of units that may have run. */

import { bytes, type Simplified, type ValueId } from "../ir/graph.js";
import { Homes, placeViews } from "./homes.js";
import type { Unit } from "./units.js";

/** Sets kept per count of operations; beyond it the author's order stands (wide graphs of many equal branches). */
const MOST_SETS = 4000;

interface State {
  readonly done: ReadonlySet<number>;
  readonly peak: number;
  readonly last: number;
  readonly before?: State;
}

/**
 * An order of the units whose peak of live bytes (results, inputs, least scratch) is the smallest, as in Serenity
 * (Ahn et al., MLSys 2020): states are the sets of executed operations, the best way into each is kept. Among equals the
 * author's order wins. Exact unless more than MOST_SETS sets are reachable at once.
 */
export function orderUnits(net: Simplified, units: readonly Unit[]): readonly Unit[] {
  const graph = dependencies(net, units);
  let states = new Map<string, State>([["", { done: new Set(), peak: 0, last: -1 }]]);
  for (let count = 0; count < units.length; count++) {
    const next = new Map<string, State>();
    for (const state of states.values()) {
      for (const index of graph.ready(state.done)) {
        const done = new Set(state.done).add(index);
        const peak = Math.max(state.peak, graph.liveWhile(index, state.done));
        const key = [...done].sort((a, b) => a - b).join();
        const known = next.get(key);
        if (!known || peak < known.peak) next.set(key, { done, peak, last: index, before: state });
      }
    }
    if (next.size > MOST_SETS) return units;
    states = next;
  }
  const order: Unit[] = [];
  for (let state = [...states.values()][0] as State | undefined; state?.before; state = state.before) {
    order.unshift(units[state.last]);
  }
  return order;
}

/** Memory of a set of executed operations. Views and joins count with the values they are made of. */
function dependencies(net: Simplified, units: readonly Unit[]) {
  const { values } = net;
  const producer = new Map(units.map(({ output }, index) => [output, index]));
  const inside = new Set(
    units.flatMap(({ operations, output }) =>
      operations.map((one) => one.output).filter((id) => id !== output),
    ),
  );
  const computed = new Set(placeViews(net, units, new Homes()));
  const isShared = units.map((unit) => !computed.has(unit));
  const sources = new Map<ValueId, readonly ValueId[]>();
  units.forEach(({ inputs, output }, index) => {
    if (isShared[index]) sources.set(output, inputs.flatMap(sourcesOf));
  });
  /** The computed values (or inputs) whose memory a value is in. */
  function sourcesOf(value: ValueId): readonly ValueId[] {
    return sources.get(value) ?? [value];
  }
  const users = new Map<ValueId, number[]>();
  units.forEach(({ inputs }, index) => {
    if (isShared[index]) return;
    for (const value of inputs.flatMap(sourcesOf)) users.set(value, [...(users.get(value) ?? []), index]);
  });
  const isOutput = new Set(net.outputs.flatMap(({ value }) => sourcesOf(value)));
  const needed = (value: ValueId, done: ReadonlySet<number>) =>
    isOutput.has(value) || (users.get(value) ?? []).some((user) => !done.has(user));
  const scratch = units.map(({ kernel }, index) => (isShared[index] ? 0 : kernel!.scratch(false).least));
  const sizes = values.map((value, id) => {
    const index = producer.get(id);
    return value.constant || inside.has(id) || (index !== undefined && isShared[index]) ? 0 : bytes(value);
  });

  return {
    /** Units whose inputs exist, in the author's order. */
    ready: (done: ReadonlySet<number>): number[] =>
      units.flatMap(({ inputs }, index) => {
        const exist = inputs.every((value) => !producer.has(value) || done.has(producer.get(value)!));
        return !done.has(index) && exist ? [index] : [];
      }),
    /** Bytes live while unit `index` runs after `done`. */
    liveWhile(index: number, done: ReadonlySet<number>): number {
      let live = sizes[units[index].output] + scratch[index];
      for (const value of net.inputs) if (needed(value, done)) live += sizes[value];
      for (const one of done) if (needed(units[one].output, done)) live += sizes[units[one].output];
      return live;
    },
  };
}
