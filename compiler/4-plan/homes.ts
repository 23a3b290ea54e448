/** Whose memory each value is in: its own, or a stretch of another value's. */

import { bytes, bytesPerElement, type Operation, type Simplified, type ValueId } from "../ir/graph.js";
import { operatorOf } from "../ops/index.js";
import type { Unit } from "./units.js";

export interface Home {
  /** A value with memory of its own. */
  readonly root: ValueId;
  /** Bytes into it. */
  readonly offset: number;
}

export class Homes {
  readonly #placed = new Map<ValueId, Home>();

  of(value: ValueId): Home {
    const placed = this.#placed.get(value);
    if (!placed) return { root: value, offset: 0 };
    const outer = this.of(placed.root);
    return { root: outer.root, offset: outer.offset + placed.offset };
  }

  rootOf(value: ValueId): ValueId {
    return this.of(value).root;
  }

  /** Puts a value that has memory of its own into another's. */
  place(value: ValueId, inside: ValueId, offset: number): void {
    if (this.#placed.has(value)) throw new Error(`value ${value} has a home already`);
    this.#placed.set(value, { root: inside, offset });
  }

  /** The value's memory is part of another's. */
  isPlaced(value: ValueId): boolean {
    return this.#placed.has(value);
  }
}

/**
 * Views get a home in their input; the inputs of a concatenation get theirs in its result, if all of them can: their
 * producers then write straight into their slices. What is left is to be computed.
 */
export function placeViews(net: Simplified, order: readonly Unit[], homes: Homes): Unit[] {
  return order.filter(({ operations }) => {
    if (operations.length > 1) return true;
    const [operation] = operations;
    const operator = operatorOf(operation);
    const inputs = operation.inputs.map((id) => net.values[id]);
    const output = net.values[operation.output];
    const offset = inputs[0].constant ? undefined : operator.view?.(operation, inputs[0], output);
    if (offset !== undefined) {
      homes.place(operation.output, operation.inputs[0], offset);
      return false;
    }
    const offsets = operator.join?.(operation, inputs, output);
    if (!offsets || !canJoin(net, operation, offsets, homes)) return true;
    operation.inputs.forEach((input, i) => homes.place(homes.rootOf(input), operation.output, offsets[i]));
    return false;
  });
}

/** Every input has memory of its own, which is neither the caller's nor anybody else's slice, and stays aligned. */
function canJoin(net: Simplified, { inputs }: Operation, offsets: readonly number[], homes: Homes): boolean {
  const roots = inputs.map((input) => homes.of(input));
  const apart = new Set(roots.map(({ root }) => root)).size === inputs.length;
  return (
    apart &&
    inputs.every((input, i) => {
      const { root } = roots[i];
      const value = net.values[root];
      const isWhole = bytes(value) === bytes(net.values[input]);
      const aligned = offsets[i] % bytesPerElement[value.dtype] === 0;
      return isWhole && aligned && !value.constant && !net.inputs.includes(root);
    })
  );
}
