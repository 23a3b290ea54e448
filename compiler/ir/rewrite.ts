/** Editing immutable graphs: an `Edit` describes a change, `applyEdit` returns the changed graph. */

import type { Graph, Operation, Value, ValueId } from "./graph.js";

export interface Edit {
  /** Operations to take out; at least one. */
  readonly remove: readonly Operation[];
  /** Operations to put where the last removed one stood. They may read what any operation before that place computes. */
  readonly insert: readonly Operation[];
  /** Values to set: known ids are replaced, `graph.values.length` and up are new. */
  readonly values?: ReadonlyMap<ValueId, Value>;
  /** Uses of the first value, outputs of the network included, become uses of the second. */
  readonly forward?: readonly [from: ValueId, to: ValueId];
}

export function applyEdit<G extends Graph>(graph: G, edit: Edit): G {
  const values = [...graph.values];
  for (const [id, value] of edit.values ?? []) values[id] = value;
  const removed = new Set(edit.remove);
  const last = edit.remove[edit.remove.length - 1];
  const redirect = redirection(edit.forward);
  const operations = graph.operations
    .flatMap((operation) => [
      ...(removed.has(operation) ? [] : [operation]),
      ...(operation === last ? edit.insert : []),
    ])
    .map((operation) => withInputs(operation, redirect));
  const outputs = graph.outputs.map((output) => ({ ...output, value: redirect(output.value) }));
  return { ...graph, values, operations, outputs };
}

function redirection(forward: Edit["forward"]): (id: ValueId) => ValueId {
  return (id) => (forward && id === forward[0] ? forward[1] : id);
}

function withInputs(operation: Operation, redirect: (id: ValueId) => ValueId): Operation {
  const inputs = operation.inputs.map(redirect);
  return inputs.every((id, i) => id === operation.inputs[i]) ? operation : { ...operation, inputs };
}

/** The graph without operations whose result nothing needs. Value ids stay. */
export function dropDead<G extends Graph>(graph: G): G {
  const needed = new Set(graph.outputs.map((output) => output.value));
  const kept: Operation[] = [];
  for (const operation of [...graph.operations].reverse()) {
    if (!needed.has(operation.output)) continue;
    operation.inputs.forEach((id) => needed.add(id));
    kept.unshift(operation);
  }
  return kept.length === graph.operations.length ? graph : { ...graph, operations: kept };
}

/** The graph without values that nothing mentions; the rest are numbered anew, in order. */
export function compact<G extends Graph>(graph: G): G {
  const mentioned = new Set([
    ...graph.inputs,
    ...graph.outputs.map((output) => output.value),
    ...graph.operations.flatMap((operation) => [...operation.inputs, operation.output]),
  ]);
  const kept = graph.values.map((_, id) => id).filter((id) => mentioned.has(id));
  const renumbered = new Map(kept.map((id, index) => [id, index]));
  const number = (id: ValueId) => renumbered.get(id)!;
  return {
    ...graph,
    values: kept.map((id) => graph.values[id]),
    operations: graph.operations.map((operation) => ({
      ...operation,
      inputs: operation.inputs.map(number),
      output: number(operation.output),
    })),
    inputs: graph.inputs.map(number),
    outputs: graph.outputs.map((output) => ({ ...output, value: number(output.value) })),
  };
}

/** A graph with its edges followed in both directions. */
export interface Wired<G extends Graph = Graph> {
  readonly graph: G;
  /** The operation that computes a value; undefined for inputs and constants. */
  producer(value: ValueId): Operation | undefined;
  /** true: exactly one operation reads the value, once, and it is no output of the network. */
  usedOnce(value: ValueId): boolean;
  isInput(value: ValueId): boolean;
  isOutput(value: ValueId): boolean;
  /** An identifier no operation or value has yet: `wanted`, or with a number behind it. */
  freeName(wanted: string): string;
}

export function wire<G extends Graph>(graph: G): Wired<G> {
  const producers = new Map(graph.operations.map((operation) => [operation.output, operation]));
  const uses = new Map<ValueId, number>();
  for (const id of graph.operations.flatMap((operation) => operation.inputs))
    uses.set(id, (uses.get(id) ?? 0) + 1);
  const inputs = new Set(graph.inputs);
  const outputs = new Set(graph.outputs.map((output) => output.value));
  return {
    graph,
    producer: (value) => producers.get(value),
    usedOnce: (value) => uses.get(value) === 1 && !outputs.has(value),
    isInput: (value) => inputs.has(value),
    isOutput: (value) => outputs.has(value),
    freeName(wanted) {
      const taken = new Set([...graph.operations, ...graph.values].map(({ name }) => name));
      let name = wanted;
      for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
      return name;
    },
  };
}
