/** Names of a segment's parameters and constants. */

import { Pointer, type Element } from "../../ir/loop.js";

/** Parts of a segment that share a function have them in common. */
export class Names {
  readonly #pointers = new Map<string, Pointer>();

  /** @param prefixOf of the constants of a stage */
  constructor(readonly prefixOf: (stage: number) => string = (stage) => `stage${stage}_`) {}

  /** A parameter: one object a name. */
  pointer(name: string, element: Element, writable: boolean): Pointer {
    const known = this.#pointers.get(name) ?? new Pointer(name, element, writable);
    this.#pointers.set(name, known);
    return known;
  }

  /** The same parameters, other constants. */
  withPrefixes(prefixOf: (stage: number) => string): Names {
    const other = new Names(prefixOf);
    for (const [name, pointer] of this.#pointers) other.#pointers.set(name, pointer);
    return other;
  }
}
