/** Which pointers of a function may point into one array. */

import type { KernelFunction, Pointer, Statement } from "../../ir/loop.js";
import type { AliasClass } from "./emitter.js";

/** Parameters and constants are arrays of their own, but for results in place: those are bytes, as is what they overwrite. */
export function aliasClasses(
  { parameters, body, overlapping = [] }: KernelFunction,
  inPlace: boolean,
): AliasClass {
  const parent = new Map<Pointer, Pointer>();
  const root = (one: Pointer): Pointer => {
    const above = parent.get(one);
    return above === undefined ? one : root(above);
  };
  const join = (a: Pointer, b: Pointer): void => {
    const [first, second] = [root(a), root(b)];
    if (first !== second) parent.set(first, second);
  };
  const shared = inPlace ? parameters.filter(({ element }) => element === "int8" || element === "uint8") : [];
  shared.slice(1).forEach((one) => join(one, shared[0]));
  overlapping.slice(1).forEach((one) => join(one, overlapping[0]));
  visit(body, join);
  const numbers = new Map<Pointer, number>();
  return (pointer) => {
    const array = root(pointer);
    if (!numbers.has(array)) numbers.set(array, numbers.size);
    return numbers.get(array)!;
  };
}

function visit(body: readonly Statement[], join: (a: Pointer, b: Pointer) => void): void {
  for (const one of body) {
    if (one.kind === "point" || one.kind === "repoint") join(one.pointer, one.to.pointer);
    else if (one.kind === "for" || one.kind === "scope" || one.kind === "scheduled") visit(one.body, join);
    else if (one.kind === "if") {
      visit(one.then, join);
      visit(one.otherwise, join);
    }
  }
}
