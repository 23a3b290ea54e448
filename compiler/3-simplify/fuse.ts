/** What the rules are made of: comparisons and edits that several of them need. */

import type { Operation, Value, ValueId } from "../ir/graph.js";
import type { Edit, Wired } from "../ir/rewrite.js";
import { sameQuantization } from "../ops/arithmetic/quantization.js";
import type { OperatorAttributes, OperatorKind } from "../ops/attributes.js";

export function isA<K extends OperatorKind>(
  operation: Operation | undefined,
  ...kinds: readonly K[]
): operation is Operation<K> {
  return operation !== undefined && (kinds as readonly OperatorKind[]).includes(operation.kind);
}

/**
 * `earlier`, with new attributes, takes over the work of `later`, the only reader of its result. The result keeps the name it had
 * and gets the quantisation of `later`'s.
 */
export function absorb<K extends OperatorKind>(
  earlier: Operation<K>,
  later: Operation,
  attributes: OperatorAttributes[K],
  { graph }: Wired,
): Edit {
  const from = [...(earlier.from ?? []), originOf(later), ...(later.from ?? [])];
  const result: Value = { ...graph.values[later.output], name: graph.values[earlier.output].name };
  return {
    remove: [earlier, later],
    insert: [{ ...earlier, attributes, from } as Operation],
    values: new Map([[earlier.output, result]]),
    forward: [later.output, earlier.output],
  };
}

/** `later` reads `earlier`'s input itself and does its work too; others may still read `earlier`'s result. */
export function lookThrough<K extends OperatorKind>(
  earlier: Operation,
  later: Operation<K>,
  attributes: OperatorAttributes[K],
): Edit {
  const from = [...(later.from ?? []), originOf(earlier), ...(earlier.from ?? [])];
  const inputs = [earlier.inputs[0], ...later.inputs.slice(1)];
  return { remove: [later], insert: [{ ...later, inputs, attributes, from } as Operation] };
}

function originOf({ name, kind, site }: Operation): { name: string; kind: string; site?: Operation["site"] } {
  return { name, kind, site };
}

/** The operation goes; whoever read its result reads its input. undefined where an input would become an output of the network. */
export function bypass(operation: Operation, wired: Wired): Edit | undefined {
  const [input] = operation.inputs;
  const source = wired.graph.values[input];
  const result = wired.graph.values[operation.output];
  if (!sameQuantization(source.quantization, result.quantization)) return undefined;
  if (wired.isOutput(operation.output) && (wired.isInput(input) || source.constant)) return undefined;
  return { remove: [operation], insert: [], forward: [operation.output, input] };
}

/** The operation becomes another one with the same inputs and result. */
export function become<K extends OperatorKind>(
  operation: Operation,
  kind: K,
  attributes: OperatorAttributes[K],
): Edit {
  return { remove: [operation], insert: [{ ...operation, kind, attributes } as Operation] };
}

/** Both ends of a one-input operation. */
export function endsOf(
  operation: Operation,
  { graph }: Wired,
): { readonly input: Value; readonly output: Value; readonly id: ValueId } {
  const [id] = operation.inputs;
  return { id, input: graph.values[id], output: graph.values[operation.output] };
}

/** The result has its input's quantisation, or both are unknown. */
export function keepsQuantization(operation: Operation, wired: Wired): boolean {
  const { input, output } = endsOf(operation, wired);
  return sameQuantization(input.quantization, output.quantization);
}
