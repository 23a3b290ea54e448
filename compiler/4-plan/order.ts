/** The order of execution with the least peak: dynamic programming over the sets of operations that may have run. */

import { bytes, type Operation, type Simplified, type ValueId } from "../ir/graph.js";
import { Homes, placeViews } from "./homes.js";
import { kernelFor, layerOf } from "./step.js";

/** Sets kept per count of operations; beyond it the author's order stands (wide graphs of many equal branches). */
const MOST_SETS = 4000;

interface State {
  readonly done: ReadonlySet<number>;
  readonly peak: number;
  readonly last: number;
  readonly before?: State;
}

/**
 * An order of `net.operations` whose peak of live bytes (results, inputs, least scratch) is the smallest, as in Serenity
 * (Ahn et al., MLSys 2020): states are the sets of executed operations, the best way into each is kept. Among equals the
 * author's order wins. Exact unless more than MOST_SETS sets are reachable at once.
 */
export function orderOperations(net: Simplified): readonly Operation[] {
  const graph = dependencies(net);
  let states = new Map<string, State>([["", { done: new Set(), peak: 0, last: -1 }]]);
  for (let count = 0; count < net.operations.length; count++) {
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
    if (next.size > MOST_SETS) return net.operations;
    states = next;
  }
  const order: Operation[] = [];
  for (let state = [...states.values()][0] as State | undefined; state?.before; state = state.before) {
    order.unshift(net.operations[state.last]);
  }
  return order;
}

/** Memory of a set of executed operations. Views and joins count with the values they are made of. */
function dependencies(net: Simplified) {
  const { operations, values } = net;
  const producer = new Map(operations.map((operation, index) => [operation.output, index]));
  const computed = new Set(placeViews(net, operations, new Homes()));
  const isShared = operations.map((operation) => !computed.has(operation));
  const sources = new Map<ValueId, readonly ValueId[]>();
  operations.forEach(({ inputs, output }, index) => {
    if (isShared[index]) sources.set(output, inputs.flatMap(sourcesOf));
  });
  /** The computed values (or inputs) whose memory a value is in. */
  function sourcesOf(value: ValueId): readonly ValueId[] {
    return sources.get(value) ?? [value];
  }
  const users = new Map<ValueId, number[]>();
  operations.forEach(({ inputs }, index) => {
    if (isShared[index]) return;
    for (const value of inputs.flatMap(sourcesOf)) users.set(value, [...(users.get(value) ?? []), index]);
  });
  const isOutput = new Set(net.outputs.flatMap(({ value }) => sourcesOf(value)));
  const needed = (value: ValueId, done: ReadonlySet<number>) =>
    isOutput.has(value) || (users.get(value) ?? []).some((user) => !done.has(user));
  const scratch = operations.map((operation, index) => {
    if (isShared[index]) return 0;
    const layer = layerOf(net, operation);
    return kernelFor(layer).scratch?.(layer, false).least ?? 0;
  });
  const sizes = values.map((value, id) => {
    const index = producer.get(id);
    return value.constant || (index !== undefined && isShared[index]) ? 0 : bytes(value);
  });

  return {
    /** Operations whose inputs exist, in the author's order. */
    ready: (done: ReadonlySet<number>): number[] =>
      operations.flatMap(({ inputs }, index) => {
        const exist = inputs.every((value) => !producer.has(value) || done.has(producer.get(value)!));
        return !done.has(index) && exist ? [index] : [];
      }),
    /** Bytes live while operation `index` runs after `done`. */
    liveWhile(index: number, done: ReadonlySet<number>): number {
      let live = sizes[operations[index].output] + scratch[index];
      for (const value of net.inputs) if (needed(value, done)) live += sizes[value];
      for (const one of done) if (needed(operations[one].output, done)) live += sizes[operations[one].output];
      return live;
    },
  };
}
